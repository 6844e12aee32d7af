"""sesync put --move inside a work tree of git, which leaves the links alone."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.put.ground import Run, tree, write

pytestmark = pytest.mark.usefixtures("site")
ODD = ["a b.tif", "[1].tif", "star*.tif", "#x.tif", "back\\slash", "-n.tif", "ä.tif", "end ", "end  ", "two\nlines"]


@pytest.fixture
def repository(home: Path) -> Path:
    """A repository in home, with nothing in it."""
    git(home, "init", "-q", "work")
    return home / "work"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def staged(repository: Path) -> list[str]:
    git(repository, "add", "-A")
    return git(repository, "ls-files", "-z").split("\0")[:-1]


def test_no_link_is_committed(sesync: Run, repository: Path, nfs: Path):
    """Files, a folder, and what another folder has; those that git ignores already too, and the shell is elsewhere."""
    write(repository / "dem.tif", 10)
    write(repository / "data/x.nc", 10)
    write(repository / "fit.py", 10)
    tree(repository / "raw")
    (repository / ".gitignore").write_text("raw/\n")  # a folder, which a link is not
    words = [repository / name for name in ("dem.tif", "data/x.nc", "raw")]
    assert sesync("put", *words, "cooltrees", "--move").code == 0
    assert all(path.is_symlink() for path in words)
    assert staged(repository) == [".gitignore", "fit.py"]
    assert (repository / ".git/info/exclude").read_text().splitlines()[-3:] == ["/dem.tif", "/raw", "/data/x.nc"]


def test_odd_names_are_escaped(sesync: Run, repository: Path):
    for name in ODD:
        write(repository / name, 10)
    assert sesync("put", "--move", *(repository / name for name in ODD), "cooltrees").code == 0
    assert staged(repository) == []


def test_the_dry_run_shows_the_line_and_its_commands_do_the_same(sesync: Run, repository: Path, nfs: Path):
    write(repository / "dem.tif", 10)
    said = sesync("put", repository / "dem.tif", "cooltrees", "--move", "-n").out
    assert f"echo /dem.tif >> {repository}/.git/info/exclude\n" in said
    subprocess.run(["bash", "-ec", said], check=True)
    assert os.readlink(repository / "dem.tif") == f"{nfs}/cooltrees-data/dem.tif"
    assert staged(repository) == []


def test_a_second_run_hides_what_an_earlier_one_has_not(sesync: Run, repository: Path):
    write(repository / "dem.tif", 10)
    assert sesync("put", repository / "dem.tif", "cooltrees", "--move").code == 0
    (repository / ".git/info/exclude").write_text("*.log")
    assert sesync("put", repository / "dem.tif", "cooltrees", "--move").code == 0
    assert (repository / ".git/info/exclude").read_text() == "*.log\n/dem.tif\n"
    assert sesync("unlink", "dem.tif", "--in", repository).code == 0
    assert (repository / ".git/info/exclude").read_text() == "*.log\n"


@pytest.mark.parametrize("words", [(), ("--move", "--no-link")])
def test_git_is_told_nothing_where_no_link_comes(sesync: Run, repository: Path, words):
    write(repository / "dem.tif", 10)
    before = (repository / ".git/info/exclude").read_text()
    assert sesync("put", repository / "dem.tif", "cooltrees", *words).code == 0
    assert (repository / ".git/info/exclude").read_text() == before


def test_a_repository_that_git_does_not_understand_stops_no_move(sesync: Run, home: Path):
    (home / "odd/.git").mkdir(parents=True)
    write(home / "odd/a.tif", 10)
    write(home / "odd/b.tif", 10)
    result = sesync("put", home / "odd/a.tif", home / "odd/b.tif", "cooltrees", "--move")
    assert (result.code, (home / "odd/a.tif").is_symlink()) == (0, True)
    assert f"Warning: git will show the links in {home}/odd as new files: git failed" in result.err


def test_what_stays_is_not_hidden(sesync: Run, repository: Path):
    """A file that a program has open is no link afterwards: git has to show it."""
    path = write(repository / "obs.h5", 10)
    with path.open("ab"):
        assert sesync("put", path, "cooltrees", "--move").code == 1
    assert staged(repository) == ["obs.h5"]
    assert "obs.h5" not in (repository / ".git/info/exclude").read_text()


@pytest.mark.parametrize("name", ["dem.tif", "a b.tif", "raw"])
def test_what_git_has_already_is_told(sesync: Run, repository: Path, name: str):
    path = repository / name
    write(path / "x.tif" if name == "raw" else path, 10)
    staged(repository)
    said = sesync("put", path, "cooltrees", "--move")
    assert (said.code, f"git has {name}, and would commit the link in its place" in said.err) == (0, True)
    command = re.search(r"in its place: '(.*)' takes it out", said.err)
    assert command
    subprocess.run(["bash", "-ec", command[1]], check=True)
    assert staged(repository) == []


def test_links_of_one_name_in_two_folders_are_hidden(sesync: Run, repository: Path):
    for folder in ("a", "b"):
        write(repository / folder / "dem.tif", 10)
        write(repository / folder / "fit.py", 10)
    for folder in ("a", "b"):
        assert sesync("put", repository / folder / "dem.tif", f"cooltrees:{folder}", "--move").code == 0
    assert staged(repository) == ["a/fit.py", "b/fit.py"]
