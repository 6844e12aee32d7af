"""sesync put of what files carry beside their contents: attributes go along, access lists (ACLs) stay behind."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing, needed
from tests.put.ground import Run, disk, sums, tree, write

pytestmark = pytest.mark.usefixtures("site")
SHOWS = "('getfattr -d' shows them)"


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def raw(home: Path) -> Path:
    return tree(home / "raw", files=8)


def restrict(path: Path, who: str = "g:65534:r") -> None:
    subprocess.run([needed("setfacl"), "-m", who, path], check=True)


def test_attributes_of_files_and_folders_are_kept(sesync: Run, raw: Path, data: Path):
    (raw / "empty").mkdir()
    (raw / "plot1").chmod(0o555)
    given = {"raster.tif": b"EPSG:4326", "plot1/tree1.csv": b"\0\xff", "plot1": b"oak", "empty": b"", ".": b"Ann"}
    for name, value in given.items():
        os.setxattr(raw / name, "user.of", value)
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.err) == (0, "")
    assert {name: os.getxattr(data / "raw" / name, "user.of") for name in given} == given


def test_access_lists_stay_behind_which_is_said_before(sesync: Run, raw: Path, data: Path):
    restrict(raw / "raster.tif")
    restrict(raw / "plot2", "d:g:65534:rwx")
    lists = [f"{raw}/plot2", f"{raw}/plot0/same.tif", f"{raw}/raster.tif"]
    plan = sesync("put", "raw", "cooltrees", "-n", "--json").json
    assert sorted(plan["result"]["access_lists"]) == sorted(lists)
    result = sesync("put", "raw", "cooltrees", "--move")
    said = f"Warning: access lists ('getfacl' shows them) stay behind, and the rights of {data} hold there: "
    assert (result.code, said in result.err, all(path in result.err for path in lists)) == (0, True, True)
    assert not [path for path in data.rglob("*") if os.listxattr(path, follow_symlinks=False)]
    assert (raw.is_symlink(), sesync("put", "raw", "cooltrees").err) == (True, "")


def test_an_access_list_opens_nothing_to_the_group(sesync: Run, home: Path, data: Path):
    data.chmod(0o700)
    path = write(home / "trees.csv", 10)
    path.chmod(0o600)
    restrict(path, "u:65534:rw")
    folder = home / "raw"
    folder.mkdir(mode=0o700)
    restrict(folder, "u:65534:rwx")
    assert (path.stat().st_mode & 0o070, folder.stat().st_mode & 0o070) == (0o060, 0o070)  # what anybody on it gets
    assert sesync("put", path, folder, "cooltrees").code == 0
    assert ((data / "trees.csv").stat().st_mode & 0o070, (data / "raw").stat().st_mode & 0o070) == (0, 0)


@pytest.fixture
def bare(data: Path) -> Iterator[Path]:
    """The data directory on a disk that has no attributes."""
    with disk(data, ("mkfs.exfat",), ("mount.exfat-fuse",), as_device=True) as at:
        yield at


def test_attributes_are_named_where_there_can_be_none(sesync: Run, home: Path, bare: Path):
    path = write(home / "map.tif", 10)
    write(home / "other.tif", 10)
    os.setxattr(path, "user.crs", b"EPSG:4326")
    said = f"extended attributes {SHOWS} stay behind, since there can be none there: {path}"
    plan = sesync("put", "map.tif", "other.tif", "cooltrees", "-n", "--json").json
    assert (plan["warnings"], plan["result"]["bare"]) == ([said], [str(path)])
    result = sesync("put", "map.tif", "other.tif", "cooltrees")
    assert (result.code, result.err) == (0, f"Warning: {said}\n")
    assert sums(bare) == sums(home)


@pytest.fixture
def large() -> Iterator[Path]:
    """A file in memory with an attribute for which disks mostly have no place."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = write(Path(folder) / "map.tif", 10)
        try:
            os.setxattr(path, "user.preview", b"x" * 20_000)
        except OSError:
            missing("a kernel that keeps attributes in memory")
        os.setxattr(path, "user.crs", b"EPSG:4326")
        yield path


@pytest.fixture
def small(data: Path) -> Iterator[Path]:
    """The data directory on a disk whose files have no more than 4 kB of attributes."""
    with disk(data, ("mkfs.ext4", "-q"), ("mount", "-o", "loop")) as at:
        yield at


def test_an_attribute_that_does_not_fit_is_named(sesync: Run, large: Path, small: Path):
    result = sesync("put", large, "cooltrees")
    said = f"some of the extended attributes {SHOWS} of these do not fit there, and stayed behind: {large}"
    assert (result.code, result.err) == (0, f"Warning: {said}\n")
    assert (os.listxattr(small / "map.tif"), (small / "map.tif").read_bytes()) == (["user.crs"], large.read_bytes())


def test_what_has_an_attribute_that_does_not_fit_is_not_moved(sesync: Run, large: Path, small: Path):
    for _ in range(2):
        result = sesync("put", large, "cooltrees", "--move")
        said = f"Error: {large} does not fit there: not all of its extended attributes do {SHOWS}\n"
        assert (result.code, said in result.err) == (1, True)
        assert (len(os.getxattr(large, "user.preview")), (small / "map.tif").exists()) == (20_000, False)
