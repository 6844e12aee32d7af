"""Variables of git's that lead to another repository than the folder's: a hook sets some, dotfiles in git others."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.conftest import SESYNC
from tests.sync.conftest import write

WHOLE = {"GIT_DIR": "{other}/.git", "GIT_WORK_TREE": "{other}"}
LEADING = {
    "a repository": WHOLE,
    "its bare part": {"GIT_DIR": "{other}/.git"},
    "files elsewhere": {"GIT_WORK_TREE": "{other}"},
    "as in a hook": {"GIT_DIR": ".git", "GIT_INDEX_FILE": "{other}/.git/index", "GIT_PREFIX": "notes/"},
    "another index": {"GIT_INDEX_FILE": "{other}/.git/index"},
    "another common part": {"GIT_COMMON_DIR": "{other}/.git"},
    "other objects": {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere"},
    "other settings": {"GIT_CONFIG": "{other}/.git/config"},
    "a namespace": {"GIT_NAMESPACE": "other"},
    "a shallow history": {"GIT_SHALLOW_FILE": "{other}/heat.py"},
    "a setting": {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": "{other}",
    },
    "an option": {"GIT_CONFIG_PARAMETERS": "'core.worktree'='{other}'"},
}


@pytest.fixture
def other(shared, tmp_path: Path) -> Path:
    """A repository of the person's own that has nothing to do with it, with files that are not committed."""
    folder = tmp_path / "other"
    git("clone", "--quiet", shared.bare, folder)
    git("remote", "set-url", "origin", "https://127.0.0.1:1/nowhere.git", cwd=folder)
    write(folder / "heat.py", "of another\n")
    return folder


def led(variables: dict[str, str], other: Path) -> dict[str, str]:
    return os.environ | {name: value.format(other=other) for name, value in variables.items()}


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("variables", LEADING.values(), ids=LEADING)
def test_it_works_in_the_folder_that_it_was_told_of(sesync, shared, other, variables):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    before = state(other)
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", env=led(variables, other))
    assert (done.code, done.err) == (0, "")
    assert "Committed heat.py: Mine" in done.out and "Sent 1 commit" in done.out
    assert shared.subjects() == ["Mine", "Theirs", "x"] and shared.at_server("heat.py") == "mine\n"
    assert git("status", "--porcelain", cwd=shared.here) == ""
    assert state(other) == before


@pytest.mark.parametrize("name", ["GIT_ICASE_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"])
def test_a_name_means_the_same_whatever_the_shell_has_set(sesync, shared, name):
    for file in ("HEAT.PY", "h*.py", "heat.py"):
        write(shared.here / file, "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "h*.py", env=os.environ | {name: "1"})
    assert (done.code, done.err) == (0, "")
    assert git("show", "--name-only", "--format=", "main", cwd=shared.bare) == "h*.py\n"


def test_from_a_hook_of_another_repository(shared, other):
    """As for those who have one commit sent on by another: git tells its hooks where it works."""
    write(shared.here / "heat.py", "mine\n")
    write(other / ".git/hooks/post-commit", f"#!/bin/sh\nexec {SESYNC} sync {shared.here} -m Mine heat.py\n")
    (other / ".git/hooks/post-commit").chmod(0o755)
    subprocess.run(["git", "-C", other, "commit", "--quiet", "-a", "-m", "Other"], check=True, capture_output=True)
    assert shared.subjects() == ["Mine", "x"]
    assert git("log", "--format=%s", cwd=other) == "Other\nx\n"


def test_settings_of_the_person_are_still_heard(sesync, shared):
    write(shared.here / "heat.py", "mine\n")
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/nowhere"}
    write(shared.here / ".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", env=os.environ | settings | {"GIT_AUTHOR_NAME": "Me"})
    assert done.code == 0, done
    assert git("log", "-1", "--format=%an", "main", cwd=shared.bare) == "Me\n"
