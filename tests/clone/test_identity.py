"""Whose commits will be made in a clone: asked for once it is there, and nothing is kept where it is not."""

import pytest

from tests.clone.test_choice import member  # noqa: F401

NAME = "Your name, as your commits shall show it"
ADDRESS = "Your e-mail address, as your commits shall show it"


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """An account of which git knows no name."""
    for who in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{who}_{what}")


def test_nobody_is_asked_before_the_clone_is_there(terminal, friend, home):
    person = terminal("clone", "cooltrees/analysis")
    person.wait_for(NAME)
    assert (home / "analysis/analysis.py").exists()
    person.type("\x15J. Smith\r")
    person.wait_for(ADDRESS)
    person.type("jsmith@example.org\r")
    assert person.ended() == 0
    assert "Cloned cooltrees/analysis to ~/analysis." in person.screen and "Warning" not in person.screen
    assert (home / ".gitconfig").read_text() == "[user]\n\tname = J. Smith\n\temail = jsmith@example.org\n"


@pytest.mark.parametrize("words", [("cooltrees/nosuch",), ("a/b/deep", "there"), ("cooltrees/analysis", "--branch=x")])
def test_where_the_clone_fails_nobody_is_asked_and_nothing_is_kept(terminal, friend, home, words):
    (home / "there").mkdir()
    (home / "there/mine.txt").touch()
    person = terminal("clone", *words)
    assert person.ended() == 1
    assert "Your name" not in person.screen and "Telling git" not in person.screen
    assert not (home / ".gitconfig").exists()


def test_what_is_no_address_is_asked_for_again(terminal, friend, home):
    person = terminal("clone", "cooltrees/analysis")
    person.wait_for(NAME)
    person.type("\x15J. Smith <jsmith@example.org>\r")
    person.wait_for("That is no name")
    person.type("\x15J. Smith\r")
    for text, why in (
        ("not an address", "That has no @"),
        ("jsmith@localhost", "is no mail server's name"),
        ("j\x16\x1bsmith@example.org", "control characters"),
    ):
        person.wait_for(ADDRESS)
        person.type(f"{text}\r")
        person.wait_for(why)
    person.type("jsmith@example.org\r")
    assert person.ended() == 0
    assert "jsmith@example.org\n" in (home / ".gitconfig").read_text()


@pytest.mark.parametrize("name,address", [("\x03", ""), ("\x04", ""), ("J. Smith\r", "\r"), ("J. Smith\r", "\x03")])
def test_who_gives_no_answer_keeps_the_clone_and_learns_the_commands(terminal, friend, home, name, address):
    person = terminal("clone", "cooltrees/analysis", columns=400)
    person.wait_for(NAME)
    person.type(name)
    if address:
        person.wait_for(ADDRESS)
        person.type(address)
    assert person.ended() == 0
    assert "Cloned cooltrees/analysis to ~/analysis." in person.screen
    assert "Warning: git does not know the name that your commits shall carry: 'git config" in person.screen
    assert "git config --global user.name" in person.screen and "git config --global user.email" in person.screen
    assert (home / "analysis/analysis.py").exists() and not (home / ".gitconfig").exists()


@pytest.mark.parametrize("way", ["a lock", "several values", "a folder that is not there"])
def test_settings_that_git_cannot_write_are_told_and_the_clone_stays(terminal, friend, home, way):
    if way == "a lock":
        (home / ".gitconfig.lock").touch()
    elif way == "several values":
        (home / ".gitconfig").write_text("[user]\n\tname = one\n\tname = two\n")
    else:
        (home / ".gitconfig").symlink_to(home / "nowhere/gitconfig")
    person = terminal("clone", "cooltrees/analysis", columns=400)
    person.wait_for(NAME)
    person.type("\x15J. Smith\r")
    person.wait_for(ADDRESS)
    person.type("jsmith@example.org\r")
    assert person.ended() == 0
    assert "Warning: git could not keep your name and e-mail address: " in person.screen
    assert "git config --global user.name 'J. Smith'" in person.screen
    assert (home / "analysis/analysis.py").exists()


def test_of_several_it_is_asked_once_for_all_and_only_where_one_is_there(terminal, member, home):  # noqa: F811
    member.publish("cooltrees/analysis", "cooltrees/nosuch")
    person = terminal("clone", "cooltrees/")
    person.wait_for("Numbers, or a part of a name")
    person.type("2\r")
    assert (person.ended(), "Your name" in person.screen, (home / ".gitconfig").exists()) == (1, False, False)
    person = terminal("clone", "cooltrees/")
    person.wait_for("Numbers, or a part of a name")
    person.type("all\r")
    person.wait_for(NAME)
    assert (home / "analysis/analysis.py").exists()
    person.type("\x15J. Smith\r")
    person.wait_for(ADDRESS)
    person.type("jsmith@example.org\r")
    assert person.ended() == 1
    assert "jsmith@example.org" in (home / ".gitconfig").read_text()


def test_the_dry_run_asks_nobody_and_shows_the_commands(terminal, friend, home):
    person = terminal("clone", "cooltrees/analysis", "-n", columns=400)
    assert person.ended() == 0
    last = person.screen.splitlines()[-1]
    assert last == "git config --global user.name NAME && git config --global user.email ADDRESS"
