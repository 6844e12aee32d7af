"""Homes with no room left: a clear error, nothing half-made, and what frees room still works."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import needed_root, tilde
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.services.btrfs import fill, limited


@contextmanager
def tmpfs(at: Path, size: str) -> Iterator[Path]:
    needed_root()
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(at)], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False)


def enter(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    monkeypatch.setenv("PWD", str(home))
    return home


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of 60 MB: enough to begin with, too little for a kernel's packages."""
    with tmpfs(tmp_path / "small", "60m") as home:
        yield enter(home, monkeypatch)


@pytest.fixture
def allotted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a quota of 40 MB on a disk with more room."""
    with limited(tmp_path / "image", tmp_path / "disk", "40M") as home:
        yield enter(home, monkeypatch)


def test_a_disk_that_fills_up_in_the_middle(sesync, small: Path):
    result = sesync("kernel", "create", "trees", "humanize")
    assert (result.code, result.out) == (1, "")
    assert f"Error: the file system {small} is full (" in result.err
    assert " of 62.9 MB used), while writing below" in result.err
    assert "Hint:  Make room first: " in result.err
    assert ground.nothing(small)
    assert ground.survivors(small) == []


def test_a_disk_with_too_little_room_is_not_even_begun_with(sesync, tmp_path: Path, monkeypatch):
    with tmpfs(tmp_path / "tiny", "20m") as home:
        enter(home, monkeypatch)
        result = sesync("kernel", "create", "trees")
        assert (result.code, result.out) == (1, "")
        assert f"Error: this takes about 30.0 MB, and {home} has 21.0 MB free\n" in result.err
        assert ground.nothing(home)


def test_a_quota_that_is_used_up_in_the_middle(sesync, allotted: Path):
    result = sesync("kernel", "create", "trees", "humanize")
    assert (result.code, result.out) == (1, "")
    assert f"Error: the file system {allotted} is over your quota (" in result.err.replace("/disk is", "/disk/home is")
    assert "but your share of it is used up" in result.err
    assert ground.nothing(allotted)


@pytest.mark.parametrize("kind", ["small", "allotted"])
def test_in_a_full_home_kernels_are_listed_and_removed(sesync, request: pytest.FixtureRequest, kind: str):
    home: Path = request.getfixturevalue(kind)
    made(home, "trees")
    fill(home)
    with pytest.raises(OSError):
        (home / "fill-1").open("ab").write(os.urandom(1_000_000))
    assert [one["state"] for one in sesync("kernel", "list", "--json").json] == ["ok"]
    assert sesync("kernel", "show", "trees").code == 0
    assert sesync("kernel", "run", "trees", "python", "-c", "pass").code == 0
    refused = sesync("kernel", "create", "oaks")
    assert (refused.code, "Hint:  Make room first" in refused.err) == (1, True), refused.err
    result = sesync("kernel", "remove", "trees", "--yes")
    assert (result.code, result.out) == (0, "Removed the kernel trees.\n"), result.err
    assert ground.nothing(home)


@pytest.mark.parametrize("kind", ["another file system", "links are refused"])
def test_packages_that_cannot_be_linked_are_copied_and_it_says_what_that_costs(
    kind: str, sesync, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    needed_root()
    cache = tmp_path / "cache"
    cache.mkdir()
    # a file system that is mounted twice is one and the same, and yet has no links from one mount to the other
    mount = ("-t", "tmpfs", "tmpfs") if kind == "another file system" else ("--bind", str(cache))
    subprocess.run(["mount", *mount, str(cache)], check=True)
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    try:
        result = sesync("kernel", "create", "trees")
        assert (result.code, "Made the kernel trees." in result.out) == (0, True), result.err
        alone = sesync("kernel", "list", "--json").json[0]["alone_bytes"]
        told = " ".join(result.err.split())
        assert "Warning: its packages could not be linked from uv's cache, so this kernel takes " in told
        assert tilde(f"a cache on the file system of {ground.environments(home)} saves that (UV_CACHE_DIR") in told
        assert alone > 30_000_000 and f"takes {alone / 1e6:.1f} MB of its own" in told
    finally:
        subprocess.run(["umount", "-l", str(cache)], check=False)
