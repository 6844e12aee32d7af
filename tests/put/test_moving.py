"""sesync put --move: nothing of a source goes before its copy is proven."""

import os
from pathlib import Path

import pytest

from tests.put.ground import Run, leftovers, sums, tree, write
from tests.services.btrfs import fill, limited

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def raw(home: Path) -> Path:
    return tree(home / "raw")


def test_a_folder_is_moved_and_a_link_is_in_its_place(sesync: Run, raw: Path, data: Path):
    before = sums(raw)
    plan = sesync("put", "raw", "cooltrees", "--move", "-n").out.splitlines()
    assert plan[1:] == [f"rm -r {raw}", f"ln -s {data}/raw {raw}"]
    result = sesync("put", "raw", "cooltrees", "--move", "--json")
    assert (result.code, result.json["result"]["links"]) == (0, [str(raw)])
    assert os.readlink(raw) == f"{data}/raw"
    assert sums(data / "raw") == before
    again = sesync("put", "raw", "cooltrees", "--move")
    assert (again.code, again.out) == (0, f"{data}/raw is there already.\n")
    assert leftovers(data, raw.parent) == []


def test_files_are_moved_each_to_a_link(sesync: Run, home: Path, data: Path):
    one, two = write(home / "a.tif", 100), write(home / "b.tif", 50_000_000)
    before = sums(home)
    assert sesync("put", "a.tif", "b.tif", "cooltrees:maps", "--move").code == 0
    assert [os.readlink(path) for path in (one, two)] == [f"{data}/maps/a.tif", f"{data}/maps/b.tif"]
    assert sums(data / "maps") == before


def test_no_link_is_left_when_none_is_wanted(sesync: Run, raw: Path, data: Path):
    assert sesync("put", "raw", "cooltrees", "--move", "--no-link").code == 0
    assert not os.path.lexists(raw) and (data / "raw/raster.tif").exists()
    assert sesync("put", "raw", "cooltrees", "--move", "--no-link").code == 0


def test_what_is_there_is_compared_byte_by_byte_before_its_source_goes(sesync: Run, raw: Path, data: Path):
    assert sesync("put", "raw", "cooltrees").code == 0
    bad = data / "raw/plot1/tree1.csv"
    facts = bad.stat()
    bad.write_bytes(os.urandom(facts.st_size))
    os.utime(bad, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    before = sums(raw)
    result = sesync("put", "raw", "cooltrees", "--move")
    assert (
        result.code,
        f"{bad} is there already, and has other contents than {raw}/plot1/tree1.csv" in result.err,
    ) == (1, True)
    assert "42 of 43 files are in place and checked; nothing of yours was removed." in result.err
    assert sums(raw) == before


def test_what_cannot_be_moved_whole_stays_whole(sesync: Run, raw: Path, data: Path):
    os.mkfifo(raw / "pipe")
    before = sums(raw)
    result = sesync("put", "raw", "cooltrees", "--move")
    assert (result.code, f"{raw}/pipe is a FIFO" in result.err) == (1, True)
    assert (sums(raw), os.listdir(data)) == (before, [])


def test_home_itself_is_not_moved(sesync: Run, home: Path, data: Path):
    write(home / "x", 1)
    assert "holds your home, which stays" in sesync("put", home, "cooltrees", "--move").err
    assert (home / "x").exists() and os.listdir(data) == []


def test_folders_without_the_right_to_write_are_moved(sesync: Run, raw: Path, data: Path):
    (raw / "plot1").chmod(0o555)
    before = sums(raw)
    powerless = "-dac_override,-dac_read_search"
    result = sesync(
        "put",
        "raw",
        "cooltrees",
        "--move",
        prefix=("setpriv", f"--bounding-set={powerless}", f"--inh-caps={powerless}"),
    )
    assert (result.code, raw.is_symlink(), sums(data / "raw")) == (0, True, before)
    assert (data / "raw/plot1").stat().st_mode & 0o777 == 0o555


def test_the_rest_of_a_killed_removal_is_moved_by_the_next_run(sesync: Run, raw: Path, data: Path):
    before = sums(raw)
    assert sesync("put", "raw", "cooltrees").code == 0
    for path in (raw / "plot1").iterdir():
        path.unlink()
    (raw / "plot1").rmdir()
    assert sesync("put", "raw", "cooltrees", "--move").code == 0
    assert (raw.is_symlink(), sums(data / "raw")) == (True, before)
    raw.unlink()
    result = sesync("put", "raw", "cooltrees", "--move")
    assert (result.code, os.readlink(raw)) == (0, f"{data}/raw")


def test_a_home_over_quota_is_freed(sesync: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with limited(tmp_path / "image", tmp_path / "disk", "16M") as home:
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.chdir(home)
        monkeypatch.setenv("PWD", str(home))
        write(home / "raw/a.tif", 5_000_000)
        write(home / "b.tif", 1_000_000)
        before = sums(home)
        fill(home)
        assert sesync("put", "raw", "b.tif", "cooltrees", "--move").code == 0
        assert (home / "raw").is_symlink() and (home / "b.tif").is_symlink()
        assert sums(data) == before
