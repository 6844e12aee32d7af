"""Children that are asked or work: what comes of an answer, a silence, a failure, a bug and a death."""

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sesync_cli import errors
from sesync_cli.put.children import children_told
from sesync_cli.run import Output, ProgramFailed
from sesync_cli.usage.counting import Categories
from sesync_cli.usage.walkers import count_below
from sesync_cli.workers import Crew, Guard, ask, stream, together
from tests.conftest import HANG, PROJECT, children, runs, state, wait_for

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


class Closed(frozenset[str]):
    """The folders that a walker shall not enter, which it has to ask for."""

    question: Question

    def __iter__(self) -> Iterator[str]:
        self.question()
        return iter(())


def walked(question: Question) -> Any:
    """A question that walkers of `sesync usage` ask themselves, whose answer nobody hears."""
    closed = Closed()
    closed.question = question
    here = os.getcwd()
    return count_below(Categories(here, os.lstat(here).st_dev, {}, closed), ("rest", ""), LONG, watch)


WAYS = (asked, streamed, crewed)
every_way = pytest.mark.parametrize("way", WAYS)
each_way = pytest.mark.parametrize("way", (*WAYS, walked))


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


@each_way
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


class Wordy(OSError):
    """An error of the system whose maker has to say something else than the system does."""

    def __init__(self, number: int, *, word: str) -> None:
        super().__init__(errno.EIO, f"{number} is {word}", "/data/z")
        self.number = number


def named(error: OSError, path: str | bytes) -> OSError:
    """An error that came to know later where it was."""
    error.filename = path
    return error


@each_way
@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, os.strerror(errno.EIO), "/data/x"),
        PermissionError(errno.EACCES, os.strerror(errno.EACCES), b"/data/caf\xe9", None, Path("/data/y")),
        OSError(errno.ESTALE, os.strerror(errno.ESTALE)),
        OSError(errno.ENOENT, os.strerror(errno.ENOENT), "/data/gone"),
        BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), 7),
        named(OSError("only words"), "/data/named"),
        named(OSError(errno.EIO, os.strerror(errno.EIO)), b"/data/named"),
        Wordy(7, word="odd"),
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
    assert (told.filename2, str(told)) == (error.filename2, str(error))
    assert {**vars(told), "__notes__": []} == {**vars(error), "__notes__": []}
    assert "in question" in told.__notes__[0]


class Odd(errors.Conflict):
    """An error whose maker has to say something else than the message."""

    kind = "odd"

    def __init__(self, number: int, *, word: str) -> None:
        super().__init__(f"{number} is {word}", hint="Choose another.", diagnosis={"cause": None, "lines": ["a", "b"]})
        self.number = number
        self.log = Path("/logs/x.log")


@each_way
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


class Dumb(Exception):
    """An error without words."""

    def __str__(self) -> str:
        raise ValueError("no words")


class Demanding(Exception):
    """An error that cannot be made again from what it says."""

    def __init__(self, number: int, *, word: str) -> None:
        super().__init__(f"{number} is {word}")


def stateful(error: Exception) -> Exception:
    """An error that holds what no other process can have."""
    error.lock = threading.Lock()  # type: ignore[attr-defined]
    return error


def local() -> Exception:
    class Local(errors.SesyncError):
        """An error of a class that nobody else knows."""

    return Local("it is local")


def childs() -> Exception:
    """An error of a class that is found in the child, and not in the parent."""
    made = type("Childs", (errors.SesyncError,), {"__module__": __name__})
    globals()["Childs"] = made
    return made("it is the child's")


@each_way
@pytest.mark.parametrize(
    "make",
    [
        local,
        childs,
        Dumb,
        lambda: Demanding(7, word="odd"),
        lambda: stateful(errors.SesyncError("it holds a lock")),
        lambda: stateful(OSError(errno.EIO, "it holds a lock", "/data/x")),
        lambda: stateful(ValueError("it holds a lock")),
        lambda: UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "no letter"),
        lambda: SystemExit("it has had enough"),
        lambda: KeyboardInterrupt("so has it"),
        lambda: ExceptionGroup("two", [ValueError("one"), OSError("other")]),
    ],
)
def test_an_error_that_cannot_travel_is_a_bug(
    way: Callable[[Question], Any], make: Callable[[], BaseException]
) -> None:
    def mistaken() -> Any:
        raise make()

    with pytest.raises(RuntimeError, match=r"in mistaken\n") as raised:
        way(mistaken)
    assert type(raised.value) is RuntimeError and "Traceback (most recent call last)" in str(raised.value)


@each_way
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


def test_a_file_that_has_gone_is_told_by_a_put_as_gone() -> None:
    for path in ("/no/such/file", b"/no/such/file", Path("/no/such/file")):
        with pytest.raises(errors.NotFound, match="/no/such/file has gone meanwhile") as raised:
            next(children_told([lambda tell, path=path: os.stat(path)], Guard(LONG, lambda: None)))
        assert raised.value.hint == "Run the command again."


def spins() -> None:
    while True:
        pass


@each_way
@pytest.mark.parametrize("question", [hangs, spins])
@pytest.mark.parametrize("is_settled", [True, False], ids=["settled", "at once"])
def test_no_child_outlives_a_parent_that_is_killed(
    way: Callable[[Question], Any], question: Question, is_settled: bool, background: Callable[..., Any]
) -> None:
    code = f"from tests.test_workers import *; {way.__name__}({question.__name__})"
    parent = background("-c", code, program=(sys.executable,), cwd=PROJECT)
    wait_for(lambda: children(parent.pid) or parent.poll() is not None, "a child")
    if is_settled:
        wait_for(lambda: all(state(one) == ("S" if question is hangs else "R") for one in children(parent.pid)))
    ones = children(parent.pid)
    parent.kill()
    parent.wait()
    assert ones
    wait_for(lambda: not any(map(runs, ones)), "the end of all")


def opens_many() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (2000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(1200)]
    asked(hangs)
    assert kept


def test_no_child_outlives_a_parent_that_has_very_many_files_open(background: Callable[..., Any]) -> None:
    code = "from tests.test_workers import *; opens_many()"
    parent = background("-c", code, program=(sys.executable,), cwd=PROJECT)
    wait_for(lambda: children(parent.pid) or parent.poll() is not None, "a child")
    ones = children(parent.pid)
    parent.kill()
    parent.wait()
    assert ones
    wait_for(lambda: not any(map(runs, ones)), "the end of all")


@each_way
def test_no_child_is_left_as_a_zombie(way: Callable[[Question], Any]) -> None:
    before = set(children(os.getpid()))  # what an earlier test has started may end meanwhile
    way(lambda: 1)
    wait_for(lambda: set(children(os.getpid())) <= before, "the end of all")
    with pytest.raises(errors.Refused):
        way(raises(errors.Refused("no")))
    assert set(children(os.getpid())) <= before


def test_a_child_outlives_the_thread_that_has_hired_it() -> None:
    taking, giving = os.pipe()
    with Crew() as crew:
        hiring = threading.Thread(target=lambda: crew.hire(lambda tell: tell(os.read(taking, 9)), {taking}))
        hiring.start()
        hiring.join()
        assert crew.listen(0.2) == []
        os.write(giving, b"still here")
        [child] = crew.listen(HANG)
        assert list(child.told()) == [b"still her"]
    os.close(taking)
    os.close(giving)


def test_a_child_has_nothing_of_ours_but_what_it_keeps(tmp_path: Path) -> None:
    with open(tmp_path / "ours", "w") as ours, open(tmp_path / "kept", "w") as kept:

        def held(tell: Any) -> None:
            files = (f"/proc/self/fd/{one}" for one in sorted(os.listdir("/proc/self/fd"), key=int))
            tell([os.readlink(one) for one in files if os.path.lexists(one)])

        [files] = together([held], Guard(LONG, lambda: None), {kept.fileno()})
        assert not ours.closed
    assert [one for one in files if not one.startswith("pipe:")] == [*[os.devnull] * 3, kept.name]
    assert len(files) == 6  # besides: what it tells by, and what it ends by


def test_of_many_that_are_asked_none_waits_for_one_that_hangs():
    def answer(number: int) -> Question:
        return lambda: time.sleep(HANG) if number == 3 else number

    until = time.monotonic() + 5
    answers = ask({number: answer(number) for number in range(200)}, until, watch)
    assert answers == {**dict(enumerate(range(200))), 3: None}


def test_what_one_of_many_raises_is_raised():
    def fail() -> None:
        raise PermissionError(errno.EACCES, "not yours")

    with pytest.raises(PermissionError, match="not yours"):
        ask({number: fail if number == 150 else (lambda: 1) for number in range(200)}, time.monotonic() + LONG, watch)
