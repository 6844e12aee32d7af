"""sesync usage: what may go by hand, whose files there are and how old, and data that belongs elsewhere."""

import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import needed_root, tilde
from tests.usage.test_usage import Run, du, part, write

pytestmark = pytest.mark.usefixtures("site")
BIG = 6_000_000  # bytes; the site's limit is 5 MB
ELF = b"\x7fELF\2\1\1" + bytes(9)
CORE, PROGRAM = ELF + b"\4\0", ELF + b"\2\0"  # how what was left of a crash begins, and how a program does


def filled(path: Path, begins: bytes, size: int = BIG) -> Path:
    """A file that begins so, and takes the room that it says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(begins + os.urandom(size))
    return path


CACHES = [
    (".cache/huggingface/hub", "models and data of Hugging Face", "rm -r {path}"),
    (".cache/torch/hub", "models of PyTorch", "rm -r {path}"),
    (".cache/something-new", "what a program fetches or makes again", "rm -r {path}"),
    ("miniconda3/pkgs", "packages that conda keeps", "{home}/miniconda3/bin/conda clean --all"),
    (".conda/pkgs", "packages that conda keeps", "conda clean --all"),
    (".apptainer/cache", "parts of containers", "rm -r {path}"),
    (".singularity/cache", "parts of containers", "rm -r {path}"),
    (".local/share/containers", "images of containers", "podman system prune --all"),
    ("work/site/node_modules", "packages of JavaScript", "rm -r {path}"),
    ("a folder/node_modules", "packages of JavaScript", "rm -r {path}"),
]


@pytest.mark.parametrize("folder, what, command", CACHES)
def test_what_may_go_by_hand_is_named_with_a_command(sesync: Run, home: Path, folder: str, what: str, command: str):
    path = filled(home / folder / "a/b/blob", b"x").parent.parent.parent
    [said] = sesync("usage", "--json").json["advice"]
    assert (said["path"], said["bytes"], what in said["what"]) == (str(path), du(path), True)
    typed = command.format(path=shlex.quote(str(path)), home=home)
    assert said["command"] == typed
    shown = sesync("usage", env={**os.environ, "COLUMNS": "300"}).out
    assert f"\nWhat else may go\n  what  6 MB  ~/{folder}: {what}" in shown and f"\n  do    {tilde(typed)}\n" in shown
    if typed.startswith("rm "):
        subprocess.run(shlex.split(typed), check=True)
        assert (path.exists(), sesync("usage", "--json").json["advice"]) == (False, [])


WHERE = [("HF_HOME", "hub"), ("TORCH_HOME", "hub"), ("APPTAINER_CACHEDIR", "cache")]


@pytest.mark.parametrize(("variable", "inside"), WHERE)
def test_a_cache_that_is_elsewhere_in_the_home(sesync: Run, home: Path, variable: str, inside: str):
    path = filled(home / "models" / inside / "blob", b"x").parent
    [said] = sesync("usage", "--json", env={**os.environ, variable: str(home / "models")}).json["advice"]
    assert said["path"] == str(path)
    assert sesync("usage", "--json").json["advice"] == []


@pytest.mark.parametrize(("variable", "inside"), WHERE)
@pytest.mark.parametrize("folder", ["", "project"])
def test_what_is_beside_a_cache_is_never_told_to_go(sesync: Run, home: Path, variable: str, inside: str, folder: str):
    filled(home / folder / "raw/trees.tif", b"II*\0")
    filled(home / folder / "fit.py", b"#")
    document = sesync("usage", "--json", env={**os.environ, variable: str(home / folder)}).json
    assert (document["advice"], part(document, "data")[""]["files"]) == ([], 2)


def test_the_token_beside_a_cache_stays(sesync: Run, home: Path):
    filled(home / ".cache/huggingface/hub/blob", b"x")
    write(home / ".cache/huggingface/token", 40)
    document = sesync("usage", "--json").json
    assert [one["path"] for one in document["advice"]] == [str(home / ".cache/huggingface/hub")]


@pytest.mark.parametrize("name", ["thesis.bak", "model.old", "trees.orig", "run.tmp", "video.part"])
def test_a_backup_is_never_told_to_go(sesync: Run, home: Path, name: str):
    filled(home / name, b"x")
    assert sesync("usage", "--json").json["advice"] == []


@pytest.mark.parametrize("name", ["core.12345", "core", "heat/python.core"])
def test_what_a_program_was_when_it_crashed(sesync: Run, home: Path, name: str):
    path = filled(home / name, CORE)
    document = sesync("usage", "--json").json
    [said] = document["advice"]
    assert (said["path"], said["command"]) == (str(path), f"rm {path}")
    assert part(document, "crashed")[""]["bytes"] == du(path)
    assert sesync("where", name, "--json").json["kinds"][0]["kind"] == "temporary"


def test_what_is_called_like_a_crash_and_is_none_stays(sesync: Run, home: Path):
    filled(home / "core.12345", b"II*\0")
    filled(home / "core", PROGRAM)
    document = sesync("usage", "--json").json
    assert document["advice"] == []
    assert part(document, "data")[""]["files"] == 1


FILES = {
    "unknown.bin": b"\0\1\2",
    "model.weights": b"x",
    "dem.tif": b"II*\0",
    "no suffix": b"II*\0",
    "book.pdf": b"%PDF-1.7",
    "photo.jpg": b"\xff\xd8\xff\xe0",
    "code.py": b"# a very long script\n",
    "run.log": b"started\n",
    "trees.csv": b"a,b\n1,2\n",
    "analysis.ipynb": b'{"cells": []}',
    "program": PROGRAM,
    "core.1": CORE,
    "x.tmp": b"x",
    ".hidden/x.tif": b"II*\0",
    "env/pyvenv.cfg": b"home = /usr\n",
    "env/lib/x.so": PROGRAM,
    "env/lib/x.tif": b"II*\0",
    "work/node_modules/x.bin": b"\0",
    "work/deep/er/and/deeper/x.bin": b"\0",
}


def belongs_elsewhere(document: dict) -> set[str]:
    """The folders of which `where` would have something moved into the data directory."""
    return {item["path"] for one in document["advice"] if one["should"] == "data directory" for item in one["items"]}


@pytest.mark.parametrize("name", FILES)
def test_usage_and_where_judge_a_large_file_alike(sesync: Run, home: Path, name: str):
    filled(home / name, FILES[name])
    moved = belongs_elsewhere(sesync("where", "--json").json)
    kinds = {one["kind"]: one for one in sesync("usage", "--json").json["parts"]}
    told = {one["path"] for one in kinds["data"]["parts"]} if "data" in kinds else set()
    assert bool(told) == bool(moved)
    if moved:
        assert told == {str((home / name).parent)}


def test_files_that_are_large_together_are_judged_alike(sesync: Run, site, home: Path):
    site(where={"large_folder_mb": 20})
    for number in range(12):
        filled(home / f"tiles/{number}.tif", b"II*\0", 2_000_000)
        filled(home / f"few/{number}.tif", b"II*\0", 500_000)
        filled(home / f"code/{number}.py", b"# code\n", 2_000_000)
        filled(home / f".hidden/{number}.tif", b"II*\0", 2_000_000)
    document = sesync("usage", "--json").json
    assert [one["path"] for one in part(document, "data")[""]["parts"]] == [str(home / "tiles")]
    assert part(document, "data")["tiles"]["files"] == 12
    assert belongs_elsewhere(sesync("where", "--json").json) == {f"{home}/tiles"}
    assert document["bytes"] == du(home)


def test_the_largest_are_data_sets(sesync: Run, home: Path):
    for name, size in (("dem.tif", 7_000_000), ("dem.tif.ovr", 9_000_000), ("dem.tfw", 10), ("other.tif", 8_000_000)):
        filled(home / name, b"II*\0", size)
    first, second = sesync("usage", "--json").json["largest"]
    assert (first["path"], first["companions"]) == (str(home / "dem.tif"), ["dem.tfw", "dem.tif.ovr"])
    assert first["bytes"] == du(home / "dem.tif", home / "dem.tif.ovr", home / "dem.tfw")
    assert (second["path"], second["companions"]) == (str(home / "other.tif"), [])
    assert "~/dem.tif  raster or array, with 2 files that belong to it\n" in sesync("usage").out


def test_the_part_that_has_many_files_says_so(sesync: Run, home: Path):
    for number in range(1_200):
        write(home / f"small/{number}", 100)
    write(home / "large/one", 4_900_000)
    out = sesync("usage").out
    assert "~/small  1,201 files\n" in out and "~/large\n" in out
    rest = part(sesync("usage", "--json").json, "rest")
    assert (rest["small"]["files"], rest["large"]["files"]) == (1_201, 2)
    assert rest[""]["files"] == sesync("usage", "--json").json["files"]


DAY = 86_400
AGES = (3, 100, 500, 1_000, 4_000)
NAMES = ("changed in the last 30 days", "changed in the last year", "not changed for a year")
OLD = ("not changed for 2 years", "not changed for 5 years")


def test_how_old_what_is_in_a_data_directory(sesync: Run, nfs: Path):
    data = nfs / "cooltrees-data"
    for number, days in enumerate(AGES):
        for count in range(number + 1):
            file = write(data / f"{number}/{count}/{days}.tif", 500_000)
            os.utime(file, (time.time() - days * DAY,) * 2)
            os.utime(file.parent, (time.time() - days * DAY,) * 2)
    os.link(data / "4/0/4000.tif", data / "4/again.tif")
    document = sesync("usage", data, "--by", "age", "--json").json
    [age] = document["parts"]
    assert (age["kind"], [one["name"] for one in age["parts"]]) == ("age", [*NAMES, *OLD])
    assert [one["bytes"] // 500_000 for one in age["parts"]] == [1, 2, 3, 4, 5]
    assert age["bytes"] == document["bytes"] == du(data)
    lines = sesync("usage", data, "--by", "age").out.splitlines()
    assert [line.partition("─ ")[2].partition("  ")[0] for line in lines if "─ " in line][:5] == [*NAMES, *OLD]


def test_whose_it_is(sesync: Run, nfs: Path):
    needed_root()
    data, other = nfs / "cooltrees-data", 54_321
    write(data / "mine.tif", 1_000_000)
    for number in range(3):
        os.chown(write(data / f"raw/{number}.tif", 1_000_000), other, -1)
    document = sesync("usage", data, "--by", "owner", "--json").json
    [owner] = document["parts"]
    first, second = owner["parts"]
    assert (first["name"], first["files"], first["bytes"]) == (f"user number {other}", 3, du(data / "raw") - 4096)
    assert (second["name"], document["bytes"]) == ("root", du(data))
    assert f"user number {other}  3 files\n" in sesync("usage", data, "--by", "owner").out
    assert "'--by owner' shows whose it is, '--by age' how old.\n" in sesync("usage", data).out


def test_what_is_asked_for_together_and_cannot_be(sesync: Run):
    said = sesync("usage", "--by", "age", "--clean")
    assert (said.code, said.err.startswith("Error: '--by' shows, and '--clean' asks")) == (2, True)
    assert sesync("usage", "--by", "colour").code == 2


def test_what_may_go_stays_where_nobody_removes_it(sesync: Run, home: Path):
    """`--clean` is for what is surely filled again: models that somebody waited a day for are not."""
    path = filled(home / ".cache/huggingface/hub/model", b"x")
    assert sesync("usage", "--clean", "--yes").code == 0
    assert path.exists()


def test_a_file_system_that_soon_takes_no_more_files(sesync: Run, home: Path):
    needed_root()
    small = home / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50M,nr_inodes=300", "tmpfs", small], check=True)
    try:
        for number in range(290):
            write(small / f"{number}", 10)
        document = sesync("usage", small, "--json").json
        assert (document["files"], document["free_files"]) == (290, 9)
        assert "290 files, room for 9 more on its disk" in sesync("usage", small).out.replace("\n", " ")
    finally:
        subprocess.run(["umount", "-l", small], check=True)
