"""Folders that are one thing are told and moved as one: only where nothing else is in them, and all has been seen."""

import os
import shlex
from pathlib import Path

import pytest

from tests.put.test_unreadable import AS_ANYBODY
from tests.where.conftest import BIG, TIFF

PARQUET, SECRET = b"PAR1", "machine x login jo password Sommerregen\n"
FOREIGN = {
    "load.py": "print(1)\n",
    "trips.ipynb": "{}",
    ".env": "TOKEN=4f6b2c8d1e9a7035\n",
    ".git/config": "[core]\n",
    "thesis.docx": "x",
    "src/load.py": "print(1)\n",
    "_old/load.py": "print(1)\n",
    "_old/deep/er/id_rsa": "x",
    "year=2020/work/.git/config": "[core]\n",
}
MARKS = {
    "part-0.parquet": PARQUET,
    "_SUCCESS": b"",
    "_metadata": PARQUET,
    ".zgroup": b"{}",
    "md.idx": b"x",
    "ept.json": b"{}",
    "a00000001.gdbtable": b"x",
    "hdr.adf": b"x",
    "__schema/x": b"x",
    "PERMANENT/DEFAULT_WIND": b"x",
}


@pytest.mark.parametrize("other", FOREIGN)
def test_one_name_does_not_make_a_table_of_a_folder_with_other_things(sesync, write, home, other):
    write(home / "proj/part-0.parquet", PARQUET, BIG)
    assert "sesync put --move proj cooltrees" in sesync("where").out
    write(home / "proj" / other, FOREIGN[other])
    for named in ("proj", "."):
        said = sesync("where", named, "--json").json
        commands = [shlex.split(one["command"] or "") for one in said["advice"]]
        assert ["sesync", "put", "--move", "proj/part-0.parquet", "cooltrees"] in commands
        assert not [words for words in commands if "proj" in words]


@pytest.mark.parametrize("mark", MARKS)
def test_code_and_secrets_beside_any_mark_are_looked_at(sesync, advised, write, home, mark):
    write(home / "proj" / mark, MARKS[mark])
    write(home / "proj/load.py", "print(1)\n")
    write(home / "proj/.netrc", SECRET).chmod(0o644)
    for number in range(2):
        write(home / f"proj/{number}.tif", TIFF, BIG)
    for named in ("proj", "."):
        said = advised(named)
        assert said["proj/.netrc"]["command"] == "chmod 600 proj/.netrc"
        assert (set(said) - {"proj/.netrc"}, "proj" in said) == ({"proj/0.tif", "proj/1.tif"}, False)
    assert "source code" in sesync("where", "proj").out


def test_what_stands_in_any_folder_goes_along(advised, write, home):
    write(home / "trips/part-0.parquet", PARQUET, BIG)
    for name in ("README.md", "LICENSE", ".DS_Store", "SHA256SUMS"):
        write(home / "trips" / name, "x")
    assert advised(".")["trips"]["files"] == 5


@pytest.mark.parametrize("mark", ["part-0.parquet", ".zgroup"])
def test_neither_home_nor_a_data_directory_is_one_thing(advised, write, home, linked, mark):
    (home / "cooltrees-data").unlink()
    for folder in (home, linked):
        write(folder / mark, PARQUET, BIG)
    for named, cwd in ((home, home), (".", home), ("..", home), (linked, home), (linked.parent, home), (".", linked)):
        for path, said in advised(named, cwd=cwd).items():
            assert os.path.basename(path) in (mark, "site.toml"), (named, path)
            assert said["command"].split()[3] == path or path == "../site.toml"


def test_what_somebody_is_in_is_not_torn_and_stays(sesync, write, home):
    write(home / "heat/.zgroup", "{}")
    write(home / "heat/t/0.0", b"x", BIG)
    for named, cwd in (("heat", home / "heat/t"), (".", home / "heat"), ("..", home / "heat/t")):
        result = sesync("where", home / named if named == "heat" else named, "--json", cwd=cwd)
        [said] = result.json["advice"]
        assert (said["command"], said["items"][0]["files"]) == (None, 2)
        assert "go to the folder above it" in said["why"]
    assert sesync("where", home, "--json", cwd=home / "heat").json["advice"] == []


def stores(write, home: Path) -> list[Path]:
    """A store that is called so, and one that is not."""
    for name in ("z.zarr", "z"):
        write(home / name / ".zgroup", "{}")
        write(home / name / "t/0.0", b"x", BIG)
        write(home / name / "u/0.0", b"x", 10)
    return [home / "z.zarr", home / "z"]


@pytest.mark.parametrize("mode, closed", [(0, "u"), (0o444, "u/0.0"), (0o111, "u")])
@pytest.mark.parametrize("which", [0, 1], ids=["called so", "not called so"])
def test_what_is_closed_in_one_thing_is_told_and_it_stays(sesync, write, home, mode, closed, which):
    one = stores(write, home)[which]
    other = stores(write, home)[1 - which]
    (one / "u").chmod(mode)
    for named in (".", one.name):
        result = sesync("where", named, "--json", prefix=AS_ANYBODY)
        assert result.code == 0
        [looked] = result.json["named"]
        assert looked["unreadable"] == [{"path": f"{one}/{closed}", "problem": "Permission denied"}]
        moved = {item["path"] for said in result.json["advice"] if said["command"] for item in said["items"]}
        assert moved == ({str(other)} if named == "." else set())
    shown = sesync("where", one.name, prefix=AS_ANYBODY).out
    assert f"closed  {one.name}/{closed}: Permission denied" in shown and "what nobody has seen stays" in shown


def test_one_thing_of_which_nothing_can_be_seen_is_not_called_empty(sesync, write, home):
    write(home / "z.zarr/closed/0.0", b"x", BIG)
    (home / "z.zarr/closed").chmod(0)
    result = sesync("where", "z.zarr", prefix=AS_ANYBODY)
    assert (result.code, "It is empty" in result.out) == (0, False)
    assert "closed  z.zarr/closed: Permission denied" in result.out


@pytest.mark.parametrize("name", ["t.zarr", "a b.zarr"])
@pytest.mark.parametrize("mark", [".zgroup", "0.1"])
@pytest.mark.parametrize("named, below", [((), ""), ((".",), ""), (("./",), ""), (("..",), "t"), (("../",), "t")])
def test_the_command_for_the_folder_that_one_is_in_works(sesync, write, home, linked, name, mark, named, below):
    write(home / name / mark, "{}")
    write(home / name / "t/0.0", b"x", BIG)
    [said] = sesync("where", *named, "--json", cwd=home / name / below).json["advice"]
    assert [item["path"] for item in said["items"]] == [str(home / name)]
    words = shlex.split(said["command"])
    assert words == ["sesync", "put", "--move", str(home / name), "cooltrees"]
    assert sesync(*words[1:], cwd=home / name / below).code == 0
    assert (home / name).is_symlink() and (linked / name / "t/0.0").stat().st_size == BIG


def test_a_link_to_one_thing_is_told_by_what_it_leads_to(advised, write, home):
    write(home / "real/t.zarr/t/0.0", b"x", BIG)
    (home / "door").symlink_to("real/t.zarr")
    (home / "door.zarr").symlink_to("real")
    assert advised("door/")["door"]["kind"] == "raster or array"
    assert set(advised("door.zarr/")) == {"door.zarr/t.zarr"}
