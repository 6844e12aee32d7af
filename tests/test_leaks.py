"""The check that no secret leaks can fail: each way in which one could leak is tried here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.leaks import PASSWORD, TOKEN, keep_said, leaks, recording


@pytest.fixture
def ground(tmp_path_factory):
    """Ground of its own, since what leaks here is meant to; it is gone before the whole is searched."""
    ground = tmp_path_factory.mktemp("leaks")
    yield ground
    shutil.rmtree(ground)


def started(argv: list[str], ground: Path) -> None:
    env = {**os.environ, **recording(ground, "clone"), "WORD": TOKEN}
    subprocess.run(argv, env=env, capture_output=True, check=False)


def test_clean_ground_is_clean(ground):
    started(["git", "-C", str(ground), "init", "--quiet"], ground)
    keep_said(ground, "nothing to see")
    (ground / ".git-credentials").write_text(f"https://jsmith:{TOKEN}@gitlab.example.org\n")
    assert leaks(ground) == []


@pytest.mark.parametrize("name", ["home/.git/config", "home/.local/state/sesync/bug.txt", "home/odd\nname", "log.txt"])
def test_a_file_leaks(ground, name):
    (ground / name).parent.mkdir(parents=True, exist_ok=True)
    (ground / name).write_text(f"url = https://oauth2:{TOKEN}@gitlab.example.org/a/b.git\n")
    assert len(leaks(ground)) >= 1


def test_an_argument_of_a_program_leaks(ground):
    code = "import os, subprocess; subprocess.run(['true', os.environ['WORD']])"
    started([sys.executable, "-c", code], ground)
    assert leaks(ground) == [ground / "said/arguments.txt"]


def test_an_argument_of_git_and_of_what_it_starts_leaks(ground):
    started(["git", "-c", "alias.x=!true $WORD", "config", TOKEN], ground)
    assert [path.parent.name for path in leaks(ground)] == ["git"]
    started(["git", "ls-remote", f"http://jsmith:{PASSWORD}@127.0.0.1:1/x"], ground)
    assert len(leaks(ground)) >= 2


def test_what_is_printed_leaks(ground):
    keep_said(ground, f"token: {TOKEN}", "")
    assert leaks(ground) == [ground / "said/printed.txt"]


def test_what_a_command_prints_is_kept(sesync, tmp_path):
    sesync("clone", "--no-such-option")
    assert "--no-such-option" in (tmp_path.parent / "said/printed.txt").read_text()
