"""sesync put: what is copied, how, and where."""

import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.put.ground import Run, leftovers, sums, tree, write
from tests.services.fuse import served

pytestmark = pytest.mark.usefixtures("site")
NOBODY = 65534


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def raw(home: Path) -> Path:
    return tree(home / "raw")


def look(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Type and mode, time in ns, and where a link leads, of all below a folder."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        facts = path.lstat()
        text = os.readlink(path) if path.is_symlink() else ""
        found[str(path.relative_to(folder))] = (facts.st_mode, facts.st_mtime_ns, text)
    return found


def test_a_folder_arrives_as_it_was(sesync: Run, raw: Path, data: Path):
    os.chmod(raw / "plot2", 0o750)
    os.chmod(raw / "plot1/tree1.csv", 0o640)
    os.chmod(raw / "plot1/tree5.csv", 0o755)
    for number, path in enumerate(sorted(raw.rglob("*"), reverse=True)):
        os.utime(path, ns=(1_500_000_000_000_000_000, 1_500_000_000_123_456_789 + number), follow_symlinks=False)
    before, facts = sums(raw), look(raw)
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"43 files (3 MB) copied to {data}/raw, and checked.\n"
    assert (sums(data / "raw"), sums(raw)) == (before, before)
    assert look(data / "raw") == facts
    assert (data / "raw/raster.tif").samefile(data / "raw/plot0/same.tif")
    assert leftovers(data) == []


def test_the_dry_run_says_how_many_where_and_what_is_there(sesync: Run, raw: Path, data: Path):
    (data / "raw").mkdir()
    subprocess.run(["cp", "-a", raw / "plot1", data / "raw/"], check=True)
    result = sesync("put", "raw", "cooltrees", "-n")
    assert result.code == 0
    assert result.out.startswith(f"cp -a -n {raw} {data}/  # 33 files (3 MB) to copy, 10 files (")
    assert result.out.endswith(") there already\n")
    assert sorted(os.listdir(data / "raw")) == ["plot1"]
    assert sesync("put", "raw", "cooltrees:2021/field", "-n").out.startswith(f"mkdir -p {data}/2021/field\ncp -a -n ")
    assert not (data / "2021").exists()


def test_what_is_there_is_not_copied_again(sesync: Run, raw: Path, data: Path):
    assert sesync("put", "raw", "cooltrees").code == 0
    inodes = {path: path.lstat().st_ino for path in data.rglob("*")}
    again = sesync("put", "raw/", "cooltrees-data")
    assert (again.code, again.out) == (0, f"43 files (3 MB) are in {data}/raw already.\n")
    write(raw / "plot3/new.csv", 10)
    more = sesync("put", "raw", "cooltrees")
    assert more.out == f"1 file (10 bytes) copied to {data}/raw, and checked. 43 were there already.\n"
    assert all(path.lstat().st_ino == inode for path, inode in inodes.items())
    assert sums(data / "raw") == sums(raw)


def test_the_document(sesync: Run, raw: Path, data: Path):
    plan = sesync("put", "raw", "cooltrees:x", "-n", "--json").json
    assert (plan["done"], plan["result"]["files"], plan["result"]["bytes"]) == (False, 43, plan["result"]["bytes"])
    document = sesync("put", "raw", "cooltrees:x", "--json").json
    assert document["done"]
    assert document["result"] == {
        "project": "cooltrees",
        "folder": f"{data}/x",
        "paths": [f"{data}/x/raw"],
        "files": 43,
        "bytes": plan["result"]["bytes"],
        "there_files": 0,
        "there_bytes": 0,
        "together": [],
        "skipped": [],
        "astray": [],
        "access_lists": [],
        "bare": [],
        "secrets": [],
        "unreadable": [],
        "links": [],
        "manifest": None,
    }
    again = sesync("put", "raw", "cooltrees:x", "--json").json
    assert (again["done"], again["steps"], again["result"]["files"], again["result"]["there_files"]) == (
        True,
        [],
        0,
        43,
    )


def test_several_things_and_another_name(sesync: Run, home: Path, data: Path):
    one, two = write(home / "one two.csv", 10), write(home / "-x[bold].csv", 20)
    result = sesync("put", "--", one.name, two, "cooltrees:new/folder")
    assert (result.code, result.out) == (0, f"2 files (30 bytes) copied to {data}/new/folder, and checked.\n")
    assert sums(data / "new/folder") == sums(home)
    assert sesync("put", "one two.csv", "cooltrees", "--as", "ä b.csv").out.endswith(f"{data}/ä b.csv, and checked.\n")
    assert (data / "ä b.csv").read_bytes() == one.read_bytes()


def test_the_current_folder_has_a_name(sesync: Run, raw: Path, data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(raw / "plot1")
    monkeypatch.setenv("PWD", str(raw / "plot1"))
    assert sesync("put", ".", "cooltrees").code == 0
    assert sesync("put", "..", "cooltrees", "--as", "up").code == 0
    assert sums(data / "plot1") == sums(raw / "plot1") and sums(data / "up") == sums(raw)


def test_the_group_gets_the_rights_that_the_directory_calls_for(sesync: Run, raw: Path, data: Path):
    os.chown(data, -1, NOBODY)
    data.chmod(0o2770)
    os.chmod(raw / "plot1/tree1.csv", 0o600)
    os.chmod(raw / "plot1/tree5.csv", 0o700)
    assert sesync("put", "raw", "cooltrees:x/y", umask=0o077).code == 0
    for path in data.rglob("*"):
        mode = path.lstat().st_mode
        assert path.lstat().st_gid == NOBODY
        assert mode & 0o060 == 0o060 or path.is_symlink(), path
        assert not path.is_dir() or mode & 0o2070 == 0o2070, path
    modes = [stat.S_IMODE((data / "x/y/raw/plot1" / name).stat().st_mode) for name in ("tree1.csv", "tree5.csv")]
    assert modes == [0o660, 0o770]


def test_attributes_and_holes_are_kept(sesync: Run, home: Path, data: Path):
    with write(home / "map.tif", 10).open("r+b") as file:
        file.truncate(50_000_000)
        file.seek(40_000_000)
        file.write(b"x" * 5000)
    os.setxattr(home / "map.tif", "user.crs", b"EPSG:4326")
    assert sesync("put", "map.tif", "cooltrees").code == 0
    assert sums(data)["./map.tif"] == sums(home)["./map.tif"]
    assert os.getxattr(data / "map.tif", "user.crs") == b"EPSG:4326"
    assert (data / "map.tif").stat().st_blocks <= (home / "map.tif").stat().st_blocks + 16


def test_a_file_with_the_same_contents_and_another_time_is_the_same(sesync: Run, raw: Path, data: Path):
    assert sesync("put", "raw", "cooltrees").code == 0
    os.utime(data / "raw/plot1/tree1.csv", (1, 1))
    assert sesync("put", "raw", "cooltrees").out == f"43 files (3 MB) are in {data}/raw already.\n"


def test_a_different_file_stays_and_nothing_is_copied(sesync: Run, raw: Path, data: Path):
    theirs = write(data / "raw/plot1/tree1.csv", 2_001)
    kept = theirs.read_bytes()
    result = sesync("put", "raw", "cooltrees")
    assert result.code == 1
    assert f"Error: other files are there already, and stay: {theirs}\n" in result.err
    assert "'--replace' asks for each file" in result.err
    assert (theirs.read_bytes(), sorted(os.listdir(data / "raw"))) == (kept, ["plot1"])
    refused = sesync("put", "raw", "cooltrees", "--replace")
    assert (refused.code, "Add '--yes'" in refused.err, theirs.read_bytes() == kept) == (2, True, True)
    assert sesync("put", "raw", "cooltrees", "--replace", "--yes").code == 0
    assert sums(data / "raw") == sums(raw)
    assert leftovers(data) == []


def test_each_different_file_is_asked_about(terminal, raw: Path, data: Path):
    first, second = write(data / "raw/plot1/tree1.csv", 7), write(data / "raw/plot1/tree5.csv", 7)
    kept = second.read_bytes()
    screen = terminal("put", "raw", "cooltrees", "--replace")
    screen.wait_for("[y/N]")
    assert "Replace" in screen.screen
    screen.type("y\n")
    screen.wait_for("tree5.csv (")
    screen.type("n\n")
    assert screen.ended() == 0
    assert first.read_bytes() == (raw / "plot1/tree1.csv").read_bytes()
    assert second.read_bytes() == kept
    assert (data / "raw/plot2/tree2.csv").exists()


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_a_thing_of_another_kind_is_never_replaced(sesync: Run, raw: Path, data: Path, home: Path, there: str):
    (data / "raw").mkdir()
    at = data / "raw/plot1"
    if there == "folder":
        at = data / "raw/raster.tif"
        at.mkdir()
    elif there == "file":
        write(at, 3)
    else:
        (home / "elsewhere").mkdir()
        at.symlink_to(home / "elsewhere")
    result = sesync("put", "raw", "cooltrees", "--replace", "--yes")
    assert (result.code, f"something else is in the way, and it stays: {at}" in result.err) == (1, True)
    assert os.listdir(data / "raw") == [at.name]


@pytest.mark.parametrize("folder", ["../x", "x/../../y", "/etc", "x\\0y/.."])
def test_no_folder_outside_of_the_data_directory(sesync: Run, raw: Path, nfs: Path, folder: str):
    result = sesync("put", "raw", f"cooltrees:{folder}")
    assert (result.code, "is no folder of a data directory" in result.err) == (2, True)
    assert os.listdir(nfs) == ["cooltrees-data"]


def test_no_link_leads_out_of_the_data_directory(sesync: Run, raw: Path, data: Path, home: Path):
    (home / "mine").mkdir()
    (data / "out").symlink_to(home / "mine")
    result = sesync("put", "raw", "cooltrees:out/x")
    assert (result.code, "leads out of the data directory" in result.err) == (1, True)
    assert os.listdir(home / "mine") == []


def test_sources_that_cannot_be_meant(sesync: Run, raw: Path, data: Path, home: Path):
    (home / "alias").symlink_to("raw")
    os.mkfifo(home / "pipe")
    tree(data / "old")
    said = {
        ("alias", "cooltrees"): "is a link to raw",
        ("pipe", "cooltrees"): "is a FIFO",
        ("nothing", "cooltrees"): f"there is no {home}/nothing",
        ("raw", "raw", "cooltrees"): "two of these would be called raw",
        ("raw", "raw/plot1", "cooltrees"): f"is in {raw}, which is put as a whole",
        (str(data / "old"), "cooltrees"): "is in the data directory already",
        (str(data / "old"), "cooltrees:old/plot1"): "holds the place that it shall be put into",
        (str(data / "old/plot1"), "cooltrees", "--as", "old"): f"is in {data}/old itself",
        ("raw", str(home)): "is no place in a data directory",
        ("raw", "raster", "cooltrees", "--as", "x"): "'--as' gives one thing a name",
        ("raw", "cooltrees", "--as", "x/y"): "cannot be the name of a file",
        ("cooltrees",): "what is to be put?",
        ("raw", "cooltrees", "--no-link"): "'--no-link' is for '--move'",
        ("raw", "coltrees"): "there is no data directory",
    }
    for words, message in said.items():
        result = sesync("put", *words)
        assert result.code in (1, 2) and message in result.err, (words, result.err)
        assert "Hint:" in result.err
    assert sorted(os.listdir(data)) == ["old"]


def test_a_part_of_the_data_directory_can_be_put_elsewhere_in_it(sesync: Run, data: Path):
    tree(data / "old")
    assert sesync("put", data / "old/plot1", "cooltrees:new").code == 0
    assert sums(data / "new/plot1") == sums(data / "old/plot1")


def test_a_folder_for_nobody_s_group_to_write_is_said_so(sesync: Run, raw: Path, data: Path):
    data.chmod(0o555)
    powerless = "-dac_override,-dac_read_search"
    result = sesync(
        "put", "raw", "cooltrees", prefix=("setpriv", f"--bounding-set={powerless}", f"--inh-caps={powerless}")
    )
    assert (result.code, f"you can read {data}, but not write to it" in result.err) == (1, True)


def test_a_terminal_shows_how_far_it_is(terminal, home: Path, data: Path, tmp_path: Path):
    write(home / "big.tif", 30_000_000)
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", data, "--write-rate=10M"):
        screen = terminal("put", "big.tif", "cooltrees")
        screen.wait_for("Copying")
        assert screen.ended() == 0
    assert screen.raw.rindex("\x1b[?25h") > screen.raw.rindex("\x1b[?25l")


def test_a_file_that_is_being_put_shows_only_when_it_is_whole(background, home: Path, data: Path):
    size = write(home / "big.tif", 200_000_000).stat().st_size
    run = background("put", "big.tif", "cooltrees")
    seen = set()
    while run.poll() is None:
        seen |= {one.stat().st_size for one in data.glob("big.tif")}
        time.sleep(0.005)
    assert (run.returncode, seen <= {size}) == (0, True)
