"""Questions to children: what comes of an answer, a silence, a failure, a bug and a death."""

import errno
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sesync_cli import errors
from sesync_cli.probe import ask, stream
from sesync_cli.put.crew import Guard, together
from sesync_cli.run import Output, ProgramFailed

Question = Callable[[], Any]
HERE = Path("/here")
LONG = 60.0


def watch(words: str) -> Any:
    return nullcontext(lambda part, word: None)


def asked(question: Question, seconds: float = LONG) -> Any:
    return ask({HERE: question}, time.monotonic() + seconds, watch)[HERE]


def streamed(question: Question, seconds: float = LONG) -> Any:
    def answers() -> Iterator[Any]:
        yield question()

    with stream(answers, seconds) as told:
        return next(told)


def crewed(question: Question) -> Any:
    return next(together([lambda tell: tell(question())], Guard(LONG, lambda: None)))


WAYS = (asked, streamed, crewed)
every_way = pytest.mark.parametrize("way", WAYS)


def raises(error: Exception) -> Question:
    def question() -> Any:
        raise error

    return question


def hangs() -> None:
    threading.Event().wait()


@every_way
@pytest.mark.parametrize(
    "answer", ["words", 7, [], {}, ("caf\udce9", b"\xe9"), "x" * 300_000], ids=lambda one: repr(one)[:9]
)
def test_an_answer_comes_as_it_was_given(way: Callable[[Question], Any], answer: Any) -> None:
    assert way(lambda: answer) == answer


@every_way
def test_a_bug_is_told_as_a_bug_and_where_it_is(way: Callable[[Question], Any]) -> None:
    def mistaken() -> Any:
        return {}["no such key"]

    with pytest.raises(RuntimeError, match=r"(?s)in mistaken.*KeyError: 'no such key'"):
        way(mistaken)


@every_way
@pytest.mark.parametrize("what", [object(), {"x": Path("/x")}, [Exception()]], ids=lambda one: type(one).__name__)
def test_an_answer_that_is_not_plain_is_a_bug(way: Callable[[Question], Any], what: Any) -> None:
    with pytest.raises(RuntimeError, match="unmarshallable object"):
        way(lambda: what)


@every_way
@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, os.strerror(errno.EIO), "/data/x"),
        PermissionError(errno.EACCES, os.strerror(errno.EACCES), b"/data/caf\xe9", None, Path("/data/y")),
        OSError(errno.ESTALE, os.strerror(errno.ESTALE)),
        OSError("only words"),
        OSError(),
    ],
    ids=repr,
)
def test_an_error_of_the_system_travels_whole(way: Callable[[Question], Any], error: OSError) -> None:
    with pytest.raises(OSError) as raised:
        way(raises(error))
    told = raised.value
    assert type(told) is type(error) and told.args == error.args
    assert (told.errno, told.strerror, told.filename) == (error.errno, error.strerror, error.filename)
    assert told.filename2 == error.filename2
    assert "in question" in told.__notes__[0]


class Odd(errors.Conflict):
    """An error whose maker has to say something else than the message."""

    kind = "odd"

    def __init__(self, number: int, *, word: str) -> None:
        super().__init__(f"{number} is {word}", hint="Choose another.", diagnosis={"cause": None, "lines": ["a", "b"]})
        self.number = number
        self.log = Path("/logs/x.log")


@every_way
@pytest.mark.parametrize(
    "error",
    [
        errors.SesyncError("it went wrong"),
        errors.NotFound("there is no x", hint="Make it."),
        errors.NoRoom("full", hint="Make room."),
        errors.Stopped("stopped"),
        errors.WrongWords("what?"),
        ProgramFailed(Output(("quota",), 2, "", "no quota here\n"), Path("/logs/quota.log")),
        Odd(7, word="odd"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_an_error_of_ours_travels_whole(way: Callable[[Question], Any], error: errors.SesyncError) -> None:
    with pytest.raises(type(error)) as raised:
        way(raises(error))
    told = raised.value
    assert type(told) is type(error)
    assert (told.as_dict(), vars(told), told.exit_code, told.log) == (
        error.as_dict(),
        vars(error),
        error.exit_code,
        error.log,
    )


@every_way
def test_an_error_that_cannot_travel_is_a_bug(way: Callable[[Question], Any]) -> None:
    class Local(errors.SesyncError):
        pass

    with_a_lock = errors.SesyncError("it holds a lock")
    with_a_lock.lock = threading.Lock()  # type: ignore[attr-defined]
    for error in (Local("a class that nobody else knows"), with_a_lock):
        with pytest.raises(RuntimeError, match=str(error)):
            way(raises(error))


@every_way
def test_a_child_that_is_killed_is_told_as_that(way: Callable[[Question], Any]) -> None:
    with pytest.raises(errors.SesyncError, match="a process of this run has been killed") as raised:
        way(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert raised.value.hint == "Run the same command again."


def test_silence_is_silence() -> None:
    assert asked(hangs, 0.3) is None
    with pytest.raises(TimeoutError):
        streamed(hangs, 0.3)


def test_one_that_is_silent_takes_no_answer_from_the_others() -> None:
    until = time.monotonic() + 5
    answers = ask({HERE: hangs, Path("/a"): lambda: 1, Path("/b"): lambda: None}, until, watch)
    assert answers == {HERE: None, Path("/a"): 1, Path("/b"): None}


def test_what_was_streamed_before_a_failure_counts() -> None:
    def answers() -> Iterator[Any]:
        yield 1
        yield None
        yield 2
        raise errors.Refused("no more", hint="Ask.")

    heard = []
    with stream(answers, LONG) as told, pytest.raises(errors.Refused, match="no more"):
        for one in told:
            heard.append(one)
    assert heard == [1, 2]


def test_a_stream_that_cannot_begin_is_told() -> None:
    with (
        stream(raises(OSError(errno.EIO, "Input/output error", "/x")), LONG) as told,
        pytest.raises(OSError, match="/x"),
    ):
        next(told)


def test_a_file_that_has_gone_is_told_by_a_crew_as_gone() -> None:
    with pytest.raises(errors.NotFound, match="/no/such/file has gone meanwhile"):
        crewed(lambda: os.stat("/no/such/file"))
