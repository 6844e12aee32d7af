"""Where sesync put brings things, named as people name it."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.put.ground import Run, write
from tests.services.fuse import hang, hangs, served

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


@pytest.mark.parametrize("words", [("put", "dem.tif"), ("put", "--check"), ("put", "--manifest")])
@pytest.mark.parametrize(
    "target", ["away/x/y", "{home}/away/x/y", "work/../away/x", "mnt/x/y", "{tmp}/server/x", "{tmp}/link/mnt/x", "on/x"]
)
def test_no_server_is_asked_what_a_path_means(sesync: Run, home: Path, tmp_path: Path, target: str, words, monkeypatch):
    """What is behind a link to another server, or is mounted in one's home, may hang."""
    (home / "away").symlink_to(tmp_path / "server")
    (home / "on").symlink_to("away/further")
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "link"))
    (tmp_path / "export/x").mkdir(parents=True)
    with served(tmp_path / "export", tmp_path / "server") as one, served(tmp_path / "export", home / "mnt") as two:
        hang(one)
        hang(two)
        done = sesync(*words, target.format(home=home, tmp=tmp_path))
        assert (done.code in (1, 2), "Error: " in done.err, hangs(one), hangs(two)) == (True, True, True, True)


@pytest.mark.parametrize("away", ["../other/away", "/nonexistent/away"])
def test_links_in_a_home_that_is_a_link_itself(sesync: Run, home: Path, data: Path, tmp_path: Path, away, monkeypatch):
    """Spelt by either name; another link on the way does no harm."""
    (tmp_path / "people").symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "people/home"))
    (home / "away").symlink_to(away)
    (home / "chain").symlink_to(tmp_path / "people/home/work/trees")
    for number, top in enumerate((home, tmp_path / "people/home", "~", ".")):
        assert sesync("put", "dem.tif", f"{top}/chain/{number}").code == 0
        assert (data / f"{number}/dem.tif").exists()
