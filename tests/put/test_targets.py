"""Where sesync put brings things, named as people name it."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.put.ground import Run, write

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture(autouse=True)
def dem(home: Path, data: Path) -> Path:
    (home / "cooltrees-data").symlink_to(data)
    (home / "work").mkdir()
    (home / "work/trees").symlink_to("../cooltrees-data")
    return write(home / "dem.tif", 10)


ONE_PLACE = [
    "cooltrees:maps",
    "cooltrees-data:maps",
    "cooltrees:maps/",
    "cooltrees/maps",
    "cooltrees-data/maps",
    "cooltrees-data/maps/",
    "./cooltrees-data/maps",
    "{data}/maps",
    "{data}/maps/",
    "{data}/./maps/../maps",
    "~/cooltrees-data/maps",
    "{home}/cooltrees-data/maps",
    "work/trees/maps",
    "{home}/work/../work/trees//maps",
]


@pytest.mark.parametrize("target", ONE_PLACE)
def test_a_folder_of_a_data_directory(sesync: Run, home: Path, data: Path, target: str):
    done = sesync("put", "dem.tif", target.format(home=home, data=data))
    assert (done.code, done.out) == (0, f"1 file (10 bytes) copied to {data}/maps/dem.tif, and checked.\n")


COLONS = ["2021:01", "2021-01-01T12:30:00", "a: b's:"]


BEFORE = "cooltrees: cooltrees-data: cooltrees/: cooltrees/ cooltrees-data/ ./cooltrees-data/ work/trees/ {data}/"


@pytest.mark.parametrize("name", COLONS)
@pytest.mark.parametrize("before", [*BEFORE.split(), "~/cooltrees-data/"])
def test_a_name_with_colons(sesync: Run, data: Path, name: str, before: str):
    done = sesync("put", "dem.tif", before.format(data=data) + name)
    assert (done.code, (data / name / "dem.tif").exists()) == (0, True), done.err


@pytest.mark.parametrize("name", COLONS)
def test_a_hint_that_names_colons_can_be_typed(sesync: Run, data: Path, name: str):
    write(data / name / "a.tif", 10)
    said = sesync("put", "--check", f"cooltrees:{name}", "--json")
    typed = re.search("'sesync (.*)' keeps them", said.json["error"]["hint"])
    assert typed and sesync(*shlex.split(typed[1])).code == 0
    assert sesync("put", "--check", data / name).code == 0


@pytest.mark.parametrize("target", ["cooltrees", "cooltrees/", "cooltrees-data/", "{data}", "{data}/", "work/trees"])
def test_a_whole_data_directory(sesync: Run, home: Path, data: Path, target: str):
    done = sesync("put", "dem.tif", target.format(home=home, data=data), "--manifest")
    assert (done.code, (data / "dem.tif").exists()) == (0, True)
    assert sesync("put", "--check", target.format(home=home, data=data)).code == 0


def test_a_path_is_meant_from_where_the_shell_is(sesync: Run, home: Path, data: Path, monkeypatch):
    monkeypatch.chdir(home / "work")
    assert sesync("put", "../dem.tif", "trees/maps").code == 0
    monkeypatch.chdir(data)
    os.mkdir("raw")
    assert sesync("put", home / "dem.tif", "./raw").code == 0
    assert sesync("put", home / "dem.tif", "--as", "x.tif", ".").code == 2  # no slash: it would be a project's name
    assert sorted(str(path.relative_to(data)) for path in data.rglob("*.tif")) == ["maps/dem.tif", "raw/dem.tif"]


def test_a_link_that_put_left_is_a_place_too(sesync: Run, home: Path, data: Path):
    write(home / "raw/a.tif", 10)
    assert sesync("put", "raw", "cooltrees", "--move").code == 0
    assert sesync("put", "dem.tif", "raw/more").code == 0
    assert (data / "raw/more/dem.tif").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("{home}", "'{home}' is no place in a data directory"),
        ("/etc/x", "'/etc/x' is no place in a data directory"),
        ("work/", "there is no data directory {nfs}/work-data"),
        ("cooltrees:../oaks-data", "'../oaks-data' is no folder of a data directory"),
        ("cooltrees/../..", "'../..' is no folder of a data directory"),
        ("{nfs}", "'{nfs}' is no place in a data directory"),
        ("{nfs}/other/maps", "there is no data directory {nfs}/other-data"),
        ("", "'' is no place in a data directory"),
        ("[bold]x", "'[bold]x' is no place in a data directory"),
        ("~nobody/x", "'~nobody/x' is no place in a data directory"),
    ],
)
def test_what_is_no_place_there(sesync: Run, home: Path, nfs: Path, target: str, said: str):
    done = sesync("put", "dem.tif", target.format(home=home, nfs=nfs))
    assert (done.code in (1, 2), f"Error: {said.format(home=home, nfs=nfs)}\n" in done.err) == (True, True), done.err
    assert "Hint:" in done.err
