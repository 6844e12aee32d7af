"""sesync usage counts a folder that is one thing as `sesync where` judges it."""

import os
from pathlib import Path

import pytest

from tests.put.test_unreadable import AS_ANYBODY
from tests.usage.test_advice import belongs_elsewhere, filled
from tests.usage.test_usage import Run, du, part

pytestmark = pytest.mark.usefixtures("site")
SMALL, LARGE = 100_000, 1_200_000  # bytes of one of ten files; the site's limit is 5 MB
STORES = {
    "x.zarr": ["{n}.0"],
    "heat": [".zgroup", "t/{n}.0"],
    "v3": ["zarr.json", "t/zarr.json", "t/c/{n}"],
    "land.gdb": ["a0000000{n}.gdbtable"],
    "land": ["a0000000{n}.gdbtable", "gdb"],
    "trips": ["part-0000{n}.snappy.parquet"],
    "spark": ["_SUCCESS", "part-0000{n}.parquet"],
    "delta": ["_delta_log/0.json", "{n}.parquet"],
    "hive": ["year={n}/a.parquet"],
    "grass": ["PERMANENT/DEFAULT_WIND", "jsmith/cell/{n}"],
    "tiles.tif": ["{n}.txt"],
    "proj": ["part-0.parquet", "load.py", "{n}.txt"],
    "deep": [".zgroup", "t/load.py", "t/{n}.bin"],
}


def alike(sesync: Run, folder: Path, **options: object) -> set[str]:
    """The folders that both say belong elsewhere, once both have said the same."""
    kinds = {one["kind"]: one for one in sesync("usage", "--json", **options).json["parts"]}
    told = {one["path"] for one in kinds["data"]["parts"]} if "data" in kinds else set()
    moved = belongs_elsewhere(sesync("where", "--json", **options).json)
    assert told == moved
    return told


@pytest.mark.parametrize("name", STORES)
def test_usage_and_where_judge_a_folder_that_is_one_thing_alike(sesync: Run, home: Path, name: str):
    is_one = name not in ("tiles.tif", "proj", "deep")
    for size in (SMALL, LARGE):
        for pattern in STORES[name]:
            for number in range(10 if "{n}" in pattern else 1):
                filled(home / "work" / name / pattern.format(n=number), b"x", size if "{n}" in pattern else 10)
        told = alike(sesync, home)
        assert told == ({str(home / "work" / name)} if is_one and size == LARGE else set())
    if is_one:
        document = sesync("usage", "--json").json
        assert part(document, "data")[""]["bytes"] == du(home / "work" / name)
        assert document["bytes"] == du(home)


def test_its_mark_may_be_the_last_of_many_files(sesync: Run, home: Path):
    for number in range(2_500):
        filled(home / f"heat/{number}.0", b"x", 4_000)
    assert alike(sesync, home) == set()
    filled(home / "heat/.zarray", b"{}", 0)
    assert alike(sesync, home) == {str(home / "heat")}
    assert part(sesync("usage", "--json").json, "data")[""]["bytes"] == du(home / "heat")


def test_neither_the_home_nor_software_is_one_thing(sesync: Run, home: Path):
    for folder in (home, home / ".hidden", home / "env"):
        for name in (".zgroup", *(f"t/{number}.0" for number in range(10))):
            filled(folder / name, b"x", LARGE)
    filled(home / "env/pyvenv.cfg", b"home = /usr\n", 10)
    assert alike(sesync, home) == set()


def test_what_nobody_has_seen_whole_stays(sesync: Run, home: Path):
    for number in range(10):
        filled(home / f"x.zarr/t/{number}.0", b"x", LARGE)
    (home / "x.zarr/closed").mkdir(mode=0)
    assert alike(sesync, home, prefix=AS_ANYBODY) == set()
    os.rmdir(home / "x.zarr/closed")
    assert alike(sesync, home, prefix=AS_ANYBODY) == {str(home / "x.zarr")}
