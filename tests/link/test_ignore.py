"""Links inside git repositories, which git leaves alone."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def repository(home: Path) -> Path:
    """An empty repository in home."""
    git(home, "init", "-q", "work")
    return home / "work"


def git(folder: Path, *words: str) -> str:
    argv = ["git", "-c", "user.name=J", "-c", "user.email=j@example.org", *words]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout


def excluded(repository: Path) -> str:
    return (repository / ".git/info/exclude").read_text()


def test_git_does_not_see_the_link_and_forgets_it_with_the_link(sesync, repository):
    before = excluded(repository)
    assert sesync("link", "cooltrees", "--in", repository).code == 0
    assert excluded(repository) == f"{before}/cooltrees-data\n"
    assert git(repository, "status", "--short") == ""
    assert sesync("unlink", "cooltrees", "--in", repository).code == 0
    assert excluded(repository) == before


def test_the_list_is_the_folders_own_whatever_repository_the_shell_names(sesync, repository, home):
    """As in a hook of git's, or in a shell that keeps dotfiles in a repository."""
    git(home, "init", "-q", "other")
    before = excluded(home / "other")
    env = os.environ | {"GIT_DIR": f"{home}/other/.git", "GIT_WORK_TREE": str(home / "other")}
    assert sesync("link", "cooltrees", "--in", repository, env=env).code == 0
    assert (excluded(home / "other"), excluded(repository)) == (before, f"{before}/cooltrees-data\n")
    assert sesync("unlink", "cooltrees", "--in", repository, env=env).code == 0
    assert excluded(repository) == before


def test_the_dry_run_shows_commands_that_do_the_same(sesync, repository, nfs):
    folder = repository / "raw [1] (new)"
    folder.mkdir()
    words = ("cooltrees", "--in", folder, "--dry-run")
    before = excluded(repository)
    subprocess.run(["bash", "-ec", sesync("link", *words).out], check=True)
    assert os.readlink(folder / "cooltrees-data") == f"{nfs}/cooltrees-data"
    assert git(repository, "status", "--short") == ""
    subprocess.run(["bash", "-ec", sesync("unlink", *words).out], check=True)
    assert (excluded(repository), os.listdir(folder)) == (before, [])


@pytest.mark.parametrize(
    "folder", ["a b", "what?", "star*", "[1]", "back\\slash", "#x", "!x", "two\nlines", "ä", "end "]
)
def test_odd_folders_are_escaped(sesync, repository, folder):
    (repository / folder).mkdir()
    assert sesync("link", "cooltrees", f"--in={repository / folder}").code == 0
    assert (repository / folder / "cooltrees-data").is_symlink()
    assert git(repository, "status", "--short", "--untracked-files=all") == ""
    before = excluded(repository)
    assert sesync("unlink", "cooltrees", f"--in={repository / folder}").code == 0
    assert len(excluded(repository).splitlines()) == len(before.splitlines()) - 1


def test_the_line_is_there_once_and_the_other_lines_stay_as_they_are(sesync, repository):
    file = repository / ".git/info/exclude"
    file.write_bytes(b"*.tmp\r\nna\xefve\nlast without end")
    for _ in range(2):
        assert sesync("link", "cooltrees", "--in", repository).code == 0
        (repository / "cooltrees-data").unlink()
    assert file.read_bytes() == b"*.tmp\r\nna\xefve\nlast without end\n/cooltrees-data\n"
    assert sesync("link", "cooltrees", "--in", repository).code == 0
    assert sesync("unlink", "cooltrees", "--in", repository).code == 0
    assert file.read_bytes() == b"*.tmp\r\nna\xefve\nlast without end\n"


def test_a_work_tree_beside_its_repository(sesync, repository, home):
    git(repository, "commit", "-q", "--allow-empty", "-m", "first")
    git(repository, "worktree", "add", "-q", str(home / "second"))
    assert sesync("link", "cooltrees", "--in", home / "second").code == 0
    assert git(home / "second", "status", "--short") == ""


def test_home_itself_may_be_a_repository(sesync, home):
    git(home, "init", "-q")
    assert sesync("link", "cooltrees").code == 0
    assert git(home, "status", "--short") == ""


def test_a_missing_list_of_ignored_files_is_made(sesync, repository):
    (repository / ".git/info/exclude").unlink()
    (repository / ".git/info").rmdir()
    assert sesync("link", "cooltrees", "--in", repository).code == 0
    assert excluded(repository) == "/cooltrees-data\n"


def test_a_repository_that_git_does_not_understand_is_a_warning(sesync, home):
    (home / "odd" / ".git").mkdir(parents=True)
    result = sesync("link", "cooltrees", "--in", "odd")
    said = "git failed: fatal: not a git repository (or any of the parent directories): .git"
    assert (result.code, result.err) == (0, f"Warning: git will show cooltrees-data as a new file: {said}\n")
    assert (home / "odd" / "cooltrees-data").is_dir()
    assert sesync("unlink", "cooltrees", "--in", "odd").code == 0


def test_without_git_the_link_is_made_all_the_same(sesync, repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    result = sesync("link", "cooltrees", "--in", repository)
    assert (result.code, "Warning:" in result.err) == (0, True)
    assert sesync("unlink", "cooltrees", "--in", repository).code == 0
    assert not (repository / "cooltrees-data").is_symlink()
