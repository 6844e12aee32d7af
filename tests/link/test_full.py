"""Links in a home that holds nothing more."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.services.btrfs import fill, limited


@pytest.fixture
def over_quota(site, tmp_path, nfs, monkeypatch):
    """A home over quota, with a link and a repository with a link in it."""
    with limited(tmp_path / "image", tmp_path / "disk") as home:
        (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
        subprocess.run(["git", "init", "-q", str(home / "work")], check=True)
        (home / "work" / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
        with (home / "work/.git/info/exclude").open("a") as file:
            file.write("/cooltrees-data\n")
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.chdir(home)
        monkeypatch.setenv("PWD", str(home))
        fill(home)
        with pytest.raises(OSError):
            (home / "more").write_bytes(os.urandom(100_000))
        yield home


def test_a_home_over_quota_lists_and_unlinks(sesync, over_quota: Path):
    assert [line["state"] for line in sesync("link", "--json").json] == ["ok"]
    result = sesync("unlink", "cooltrees")
    assert (result.code, os.path.lexists(over_quota / "cooltrees-data")) == (0, False)


def test_a_home_over_quota_unlinks_in_a_repository(sesync, over_quota: Path):
    result = sesync("unlink", "cooltrees", "--in", over_quota / "work")
    assert (result.code, os.path.lexists(over_quota / "work/cooltrees-data")) == (0, False)
    assert [name for name in os.listdir(over_quota / "work/.git/info") if name != "exclude"] == []


def test_a_home_over_quota_says_so_when_a_link_does_not_fit(sesync, over_quota: Path):
    result = sesync("link", "cooltrees", "--as", "second")
    assert (result.code, "over your quota" in result.err) == (1, True)
    assert not os.path.lexists(over_quota / "second")
