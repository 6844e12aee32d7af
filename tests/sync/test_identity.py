"""Whose commits they are: known, asked for on a terminal, or named with the command."""

import os

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import write


@pytest.fixture
def nobody(shared, home, monkeypatch):
    """A home in which git knows nobody's name."""
    (home / ".gitconfig").unlink()
    for who in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{who}_{what}")
    write(shared.here / "heat.py", "mine\n")
    return shared


WORDS = ("sync", "analysis", "-m", "Mine", "heat.py")


def test_without_a_terminal_the_commands_are_named_and_nothing_is_changed(sesync, nobody):
    done = sesync(*WORDS)
    assert (done.code, done.out) == (3, "")
    assert "'git config --global user.name" in done.err and "'git config --global user.email ADDRESS'" in done.err
    assert git("status", "--porcelain", cwd=nobody.here) == " M heat.py\n"


def test_getting_and_sending_need_no_name(sesync, nobody):
    nobody.colleague("Theirs", {"trees.csv": "theirs\n"})
    assert sesync("sync", "analysis").code == 0


def test_on_a_terminal_it_asks_once_and_git_knows_from_then_on(terminal, sesync, nobody, home):
    person = terminal(*WORDS)
    person.wait_for("Your name, as your commits shall show it")
    person.type("\x15J. Smith\r")
    person.wait_for("Your e-mail address")
    person.type("jsmith@example.org\r")
    assert person.ended() == 0
    assert git("log", "-1", "--format=%an <%ae>", cwd=nobody.bare) == "J. Smith <jsmith@example.org>\n"
    assert "J. Smith" in (home / ".gitconfig").read_text()
    write(nobody.here / "heat.py", "again\n")
    assert sesync(*WORDS).code == 0


def test_a_clone_asks_too_and_no_answer_is_an_answer(terminal, sesync, nobody, home):
    person = terminal("clone", "cooltrees/analysis", "again")
    person.wait_for("Your name, as your commits shall show it")
    person.type("J. Smith\r")
    person.wait_for("Your e-mail address")
    person.type("\r")
    assert person.ended() == 0
    assert (
        "git config --global user.name 'J. Smith'" in " ".join(person.screen.split())
        or "does not know" in person.screen
    )
    assert not (home / ".gitconfig").exists()
    done = sesync("clone", "cooltrees/analysis", "third")
    assert (done.code, "git does not know the name that your commits shall carry" in done.err) == (0, True)
    assert os.path.exists(home / "third/heat.py")
