"""One run of a command: what is asked once, though a plan is made twice."""

import pytest

from sesync_cli.caller import Caller
from sesync_cli.session import Session


def test_what_was_asked_is_not_asked_again():
    session, asked = Session(Caller({})), []

    def ask() -> str:
        asked.append("name")
        return "J. Smith"

    assert [session.once("name", ask) for _ in range(2)] == ["J. Smith"] * 2
    assert asked == ["name"]


def test_nothing_is_an_answer_too():
    session = Session(Caller({}))
    assert session.once("account", lambda: None) is None
    assert session.once("account", lambda: "another") is None


def test_each_question_and_each_run_has_an_answer_of_its_own():
    session = Session(Caller({}))
    assert (session.once("one", lambda: 1), session.once("two", lambda: 2)) == (1, 2)
    assert Session(Caller({})).once("one", lambda: 3) == 3


def test_a_question_that_failed_is_asked_again():
    session = Session(Caller({}))

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        session.once("size", fail)
    assert session.once("size", lambda: 4) == 4


def test_without_a_word_it_is_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREES", "cool")
    assert Session().caller.env["TREES"] == "cool"
    assert not Session().watched  # a test's output is nobody's
