"""A disk without room: it is named, and nothing is left half done."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.conftest import needed, needed_root
from tests.sync.conftest import Shared, write


@pytest.fixture
def small(shared: Shared, home: Path) -> Iterator[Shared]:
    """The working copy on a disk of its own, of 2 MB."""
    needed_root()
    kept = home / "kept"
    shared.here.rename(kept)
    shared.here.mkdir()
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=2m", "tmpfs", shared.here], check=True)
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", shared.here], check=True)
        yield shared
    finally:
        subprocess.run(["umount", shared.here], check=True)


def test_what_is_new_does_not_fit(sesync, small):
    small.colleague("Large", {"large.bin": os.urandom(3_000_000)})
    done = sesync("sync", "analysis")
    assert done.code == 1
    assert f"the file system {small.here} is full" in done.err, done
    assert git("status", "--porcelain", cwd=small.here) == ""


def test_it_fits_packed_and_not_as_files(sesync, small):
    """Git itself says that it could not write a file, and not why."""
    small.colleague("Long", {"long.txt": "heat\n" * 600_000, "heat.py": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, f"the file system {small.here} is full" in done.err) == (1, True), done
    assert git("status", "--porcelain", cwd=small.here) == ""
    assert (small.here / "heat.py").read_text() == "print(1)\n"


def test_a_commit_does_not_fit(sesync, small):
    write(small.here / "mine.bin", os.urandom(1_200_000))
    done = sesync("sync", "analysis", "-m", "Mine", "mine.bin", "-y")
    assert (done.code, f"the file system {small.here} is full" in done.err) == (1, True), done
    assert git("log", "--format=%s", cwd=small.here) == "x\n"


def test_no_numbers_for_files_are_left(sesync, small):
    subprocess.run(["mount", "-o", "remount,nr_inodes=90", small.here], check=True)
    small.colleague("Many", {f"many/{number}.txt": f"{number}\n" for number in range(120)})
    done = sesync("sync", "analysis")
    assert (done.code, f"the file system {small.here} is full" in done.err) == (1, True), done
