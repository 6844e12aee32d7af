"""Which work tree a folder is in."""

import subprocess
from pathlib import Path

import pytest

from sesync_cli.git.work_tree import is_top, work_tree
from tests.conftest import needed_root
from tests.services.autofs import automounted


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "a/deep/er").mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", tmp_path / "a"], check=True)
    return tmp_path / "a"


def test_it_is_found_from_all_that_is_in_it(top):
    assert {work_tree(top), work_tree(top / "deep"), work_tree(str(top / "deep/er"))} == {top}
    assert (is_top(top), is_top(top / "deep")) == (True, False)


def test_it_is_where_the_folder_really_is_by_the_way_that_was_named(top, tmp_path):
    (tmp_path / "deep").symlink_to(top / "deep")
    subprocess.run(["git", "init", "--quiet", tmp_path / "b"], check=True)
    (tmp_path / "b/link").symlink_to(top / "deep")
    assert {work_tree(tmp_path / "deep"), work_tree(tmp_path / "b/link/er")} == {top}
    (tmp_path / "top").symlink_to(top)
    assert (work_tree(tmp_path / "top/deep/er"), is_top(tmp_path / "top")) == (tmp_path / "top", True)


def test_a_worktree_and_a_submodule_have_a_file_in_place_of_the_folder(top):
    words = ["-c", "user.name=J", "-c", "user.email=j@example.org", "commit", "--quiet", "--allow-empty", "-m", "x"]
    subprocess.run(["git", "-C", top, *words], check=True)
    subprocess.run(["git", "-C", top, "worktree", "add", "--quiet", top / "deep/other"], check=True)
    assert (top / "deep/other/.git").is_file() and work_tree(top / "deep/other") == top / "deep/other"


def test_there_is_none(tmp_path):
    assert work_tree(tmp_path) is None
    assert work_tree(tmp_path / "gone") is None
    (tmp_path / "file").touch()
    assert not is_top(tmp_path / "file")


def test_none_is_looked_for_beyond_the_file_system(top):
    needed_root()
    subprocess.run(["mount", "-t", "tmpfs", "none", top / "deep"], check=True)
    try:
        (top / "deep/er").mkdir()
        assert work_tree(top / "deep/er") is None
        subprocess.run(["git", "init", "--quiet", top / "deep"], check=True)
        assert work_tree(top / "deep/er") == top / "deep"
    finally:
        subprocess.run(["umount", "-l", top / "deep"], check=True)


COMMANDS = (
    ("kernel", "create", "--dry-run"),
    ("kernel", "create", "heat", "--dry-run"),
    ("install", "--dry-run", "leaf"),
    ("where", "."),
    ("where", "trees.csv"),
    ("sync",),
    ("sync", "cooltrees-data"),
    ("link", "cooltrees", "--in", ".", "--as", "again"),
    ("clone", "cooltrees/analysis", ".", "--dry-run"),
    ("usage",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_automounter_is_asked_for_a_repository(sesync, nfs, site, home, tmp_path, words):
    """It would take the name for a project, and ask its server."""
    (nfs / "cooltrees-data").rmdir()
    export = tmp_path / "export"
    (export / "deep").mkdir(parents=True)
    for name in ("requirements.txt", "trees.csv", "deep/trees.csv", "deep/requirements.txt"):
        (export / name).touch()
    (home / "nfs").symlink_to(nfs)
    with automounted(nfs, {"cooltrees-data": export}, slow=0.01) as asked:
        for folder in (nfs / "cooltrees-data", nfs / "cooltrees-data/deep", nfs, home / "nfs"):
            (nfs / "cooltrees-data/deep").stat()
            sesync(*words, cwd=folder)
        names = asked.with_name("names").read_text().split()
    assert "cooltrees-data" in names and not {name for name in names if name.startswith(".git")}, names
