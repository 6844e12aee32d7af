"""sesync put to file systems without links, with few files, and without capitals: said before anything is copied."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import needed_root
from tests.put.ground import Run, disk, leftovers, sums, write

pytestmark = pytest.mark.usefixtures("site")
EXFAT = (("mkfs.exfat",), ("mount.exfat-fuse",))


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def linkless(data: Path) -> Iterator[Path]:
    """The data directory on a disk that has no links; nothing tells so but trying."""
    with disk(data, *EXFAT, as_device=True) as at:
        yield at


@pytest.fixture
def raw(home: Path) -> Path:
    """A folder with two links in it."""
    write(home / "raw/a.tif", 10)
    write(home / "raw/b/c.tif", 10)
    (home / "raw/h1").symlink_to("a.tif")
    (home / "raw/b/h2").symlink_to("../a.tif")
    return home / "raw"


def test_links_are_left_out_and_named_and_all_else_is_copied(sesync: Run, raw: Path, linkless: Path):
    for _ in range(2):  # the second run has nothing else to do, and says the same
        done = sesync("put", "raw", "cooltrees")
        said = f"Error: {raw}/h1 is a link, and there can be none; {raw}/b/h2 is a link, and there can be none\n"
        assert (done.code, said in done.err) == (1, True), done.err
        assert "2 of 4 files are in place and checked" in done.err
        assert "Run the same command" not in done.err
        assert sums(linkless / "raw") == {name: sum for name, sum in sums(raw).items() if name.endswith(".tif")}


@pytest.mark.parametrize("words", [(), ("--manifest",), ("--no-link",)])
def test_what_has_links_is_not_moved(sesync: Run, raw: Path, linkless: Path, words):
    before = sums(raw)
    done = sesync("put", "raw", "cooltrees", "--move", *words)
    assert (done.code, f"this cannot be moved whole: {raw}/h1 is a link, and there can be none" in done.err) == (1, 1)
    assert "Leave out '--move' to copy the rest." in done.err
    assert (sums(raw), os.listdir(linkless)) == (before, [])


def test_what_has_none_is_moved(sesync: Run, raw: Path, linkless: Path):
    done = sesync("put", "raw/a.tif", "raw/b/c.tif", "cooltrees", "--move")
    assert (done.code, os.readlink(raw / "a.tif")) == (0, f"{linkless}/a.tif")


def test_several_names_of_one_file_become_files(sesync: Run, raw: Path, linkless: Path):
    os.link(raw / "a.tif", raw / "b/d.tif")
    for link in ("h1", "b/h2"):
        (raw / link).unlink()
    done = sesync("put", "raw", "cooltrees")
    assert (done.code, done.err, sums(linkless / "raw")) == (0, "", sums(raw))


@pytest.mark.parametrize("folder", [".", "maps", "two words"])
def test_from_where_no_link_can_be_left_nothing_is_moved(sesync: Run, home: Path, data: Path, tmp_path: Path, folder):
    stick = tmp_path / "stick"
    stick.mkdir()
    with disk(stick, *EXFAT, as_device=True):
        source = write(stick / folder / "a.tif", 10)
        done = sesync("put", source, "cooltrees", "--move")
        assert (done.code, f"there can be no links in {source.parent}, and '--move' leaves one" in done.err) == (
            1,
            True,
        )
        assert ("Add '--no-link'" in done.err, source.exists(), os.listdir(data)) == (True, True, [])
        assert sesync("put", source, "cooltrees", "--move", "--no-link").code == 0
        assert (source.exists(), (data / "a.tif").exists()) == (False, True)


def test_capitals_are_no_difference_there_and_that_is_said_before(sesync: Run, home: Path, linkless: Path):
    write(linkless / "notes.txt", 1)
    for name in ("raw/A.csv", "raw/a.csv"):
        write(home / name, 10)
    for words in ((), ("-n",)):
        done = sesync("put", "raw", "cooltrees", *words)
        assert (done.code, "would be one: these names are the same there" in done.err) == (1, True)
        assert os.listdir(linkless) == ["notes.txt"]


@pytest.fixture
def few(data: Path) -> Iterator[Path]:
    """The data directory on a file system that takes forty files."""
    needed_root()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m,nr_inodes=40", "tmpfs", data], check=True)
    yield data
    subprocess.run(["umount", "-l", data], check=True)


@pytest.mark.parametrize("kind", ["files", "folders", "links"])
def test_too_many_files_are_refused_before_anything_is_copied(sesync: Run, home: Path, few: Path, kind: str):
    for number in range(60):
        path = write(home / "raw" / f"{number}/x", 1) if kind == "folders" else home / "raw" / str(number)
        if kind == "files":
            write(path, 1)
        elif kind == "links":
            path.parent.mkdir(exist_ok=True)
            path.symlink_to("nowhere")
    free = os.statvfs(few).f_favail
    count = 121 if kind == "folders" else 61
    said = f"this makes {count} files and folders, and there is room for {free} more in {few}"
    done = sesync("put", "raw", "cooltrees", "-n")
    assert (done.code, f"Warning: {said}" in done.err) == (0, True), done.err
    done = sesync("put", "raw", "cooltrees")
    assert (done.code, f"Error: {said}" in done.err) == (1, True), done.err
    assert (os.listdir(few), leftovers(few)) == ([], [])


def test_several_names_of_one_file_are_one_file(sesync: Run, home: Path, data: Path):
    write(home / "raw/0", 1)
    for number in range(1, 60):
        os.link(home / "raw/0", home / "raw" / str(number))
    with disk(data, ("mkfs.ext4", "-q", "-F", "-N", "48"), ("mount", "-o", "loop")):
        assert os.statvfs(data).f_favail < 60
        done = sesync("put", "raw", "cooltrees")
        assert (done.code, len(os.listdir(data / "raw"))) == (0, 60), done.err
