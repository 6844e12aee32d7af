"""Errors of sesync put name the place that they are about, and no name that only sesync knows."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.put.ground import Run, tree, write
from tests.services.accounts import People

HINT = "'ls -ld' on it shows whose it is."


def make(people: People, *words: str) -> None:
    assert people.ann.run(*words).code == 0


@pytest.mark.parametrize("words", [(), ("--manifest",)])
def test_a_folder_there_that_one_may_not_write_into(here: People, words):
    """Its own folder may be written into, so that only the work itself meets it."""
    data = here.directory(0o2770)
    make(here, "mkdir", "-p", f"{data}/raw/plots", f"{here.ann.home}/other")
    make(here, "chmod", "750", f"{data}/raw/plots")
    here.bob.run("mkdir", "-p", here.bob.home / "raw/plots")
    here.bob.run("sh", "-c", 'echo x > "$0"', here.bob.home / "raw/plots/a.csv")
    done = here.bob.sesync("put", "raw", "cooltrees", *words)
    assert (done.code, f"you may not write or read {data}/raw/plots\n" in done.err) == (1, True), done.err
    assert (HINT in done.err, ".sesync-partial" in done.err) == (True, False)
    assert os.listdir(data / "raw/plots") == []


@pytest.mark.usefixtures("site")
def test_a_folder_there_that_is_read_only(sesync: Run, home: Path, nfs: Path):
    tree(home / "raw")
    there = nfs / "cooltrees-data/raw/plot1"
    there.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", there], check=True)
    try:
        done = sesync("put", "raw", "cooltrees")
        assert (done.code, f"{there} is on a file system that is read-only\n" in done.err) == (1, True), done.err
    finally:
        subprocess.run(["umount", there], check=True)
    assert sesync("put", "raw", "cooltrees").code == 0


@pytest.mark.usefixtures("site")
def test_what_is_there_with_other_contents(sesync: Run, home: Path, nfs: Path):
    """The same length and time, which only the proof of a move sees."""
    one, other = write(home / "a.tif", 10), write(nfs / "cooltrees-data/a.tif", 10)
    os.utime(one, (1e9, 1e9))
    os.utime(other, (1e9, 1e9))
    done = sesync("put", "a.tif", "cooltrees", "--move")
    assert f"Error: {other} is there already, and has other contents than {one}\n" in done.err
    assert (done.code, one.exists()) == (1, True)
