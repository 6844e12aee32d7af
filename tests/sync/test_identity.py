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


def test_what_is_no_address_is_asked_for_again(terminal, nobody, home):
    person = terminal(*WORDS)
    person.wait_for("Your name, as your commits shall show it")
    person.type("\x15J. Smith\r")
    for text, why in (("not an address", "has no @"), ("jsmith@lab", "follows the @"), ("a b@x.org", "before the @")):
        person.wait_for("Your e-mail address")
        person.type(f"{text}\r")
        person.wait_for(why)
    person.type("jsmith@example.org\r")
    assert person.ended() == 0
    assert git("log", "-1", "--format=%an <%ae>", cwd=nobody.bare) == "J. Smith <jsmith@example.org>\n"


def answered(person):
    person.wait_for("Your name, as your commits shall show it")
    person.type("\x15J. Smith\r")
    person.wait_for("Your e-mail address")
    person.type("jsmith@example.org\r")
    return person


def test_where_what_comes_before_the_commit_fails_nothing_is_kept(terminal, nobody, home):
    nobody.colleague("Theirs", {"trees.csv": "theirs\n"})
    person = terminal(*WORDS)
    person.wait_for("Your name, as your commits shall show it")
    write(nobody.here / "trees.csv", "mine, meanwhile\n")
    assert answered(person).ended() == 1
    assert not (home / ".gitconfig").exists()
    assert git("log", "--format=%s", cwd=nobody.here).count("\n") == 1


def test_settings_that_git_cannot_write_keep_the_commit_from_being_made(terminal, nobody, home):
    (home / ".gitconfig.lock").touch()
    person = answered(terminal(*WORDS, columns=400))
    assert person.ended() == 3
    assert "Error: git could not keep your name and e-mail address: could not lock config file" in person.screen
    assert "git config --global user.email jsmith@example.org" in person.screen
    assert git("status", "--porcelain", cwd=nobody.here) == " M heat.py\n"


def test_a_clone_names_the_commands_elsewhere_than_on_a_terminal(sesync, nobody, home):
    done = sesync("clone", "cooltrees/analysis", "third")
    assert (done.code, "git does not know the name that your commits shall carry" in done.err) == (0, True)
    assert os.path.exists(home / "third/heat.py")
