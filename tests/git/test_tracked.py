"""What git has of the files in a folder."""

import os
import subprocess
from pathlib import Path

import pytest

from sesync_cli.git.tracked import Git, TrackedFiles, tree_of
from tests.conftest import HANG

ODD = os.fsdecode(b"odd \xff\r[x].csv")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "analysis"
    subprocess.run(["git", "init", "--quiet", top], check=True)
    (top / "deep").mkdir()
    for name in ("heat.py", "new.py", "left.log", ODD, f"deep/{ODD}"):
        (top / name).touch()
    (top / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "-C", top, "add", "heat.py", f"deep/{ODD}"], check=True)
    return top


def test_each_file_is_tracked_new_or_left_alone(tree):
    known = tree_of(str(tree), HANG)
    says = {name: known.of(f"{tree}/{name}") for name in ("heat.py", f"deep/{ODD}", "new.py", ODD, "left.log")}
    assert list(says.values()) == [Git.TRACKED, Git.TRACKED, Git.NEW, Git.NEW, Git.IGNORED]


def test_a_part_is_asked_for_alone(tree):
    assert tree_of(str(tree / "deep"), HANG).of(f"{tree}/deep/{ODD}") == Git.TRACKED
    only = tree_of(str(tree), HANG, "new.py")
    assert (only.of(f"{tree}/new.py"), only.new, only.tracked) == (Git.NEW, {"new.py", ""}, {""})


def test_where_git_does_not_answer_nothing_is_known(tree, tmp_path, monkeypatch):
    assert tree_of(str(tmp_path), HANG) == TrackedFiles(str(tmp_path))
    assert tree_of(str(tmp_path / "gone"), HANG).of(f"{tmp_path}/gone/x") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tree_of(str(tree), HANG) == TrackedFiles(str(tree))


def test_a_program_that_the_repository_names_is_not_run(tree, tmp_path):
    subprocess.run(["git", "-C", tree, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false"], check=True)
    assert tree_of(str(tree), HANG).known and not (tmp_path / "ran").exists()
