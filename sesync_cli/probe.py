"""Questions about places that may never answer, each asked by a child process.

A look at a dead file server can hang where no signal arrives, and whoever waits for the one who hangs, hangs too. So a
child looks; one that is late is killed and left alone, whether or not the kill arrives.
"""

import marshal
import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from sesync_cli.errors import SesyncError
from sesync_cli.plan import Watch

Question = Callable[[], Any]
"""Gives plain values (texts, numbers, lists and dictionaries of them); what it raises is raised where it was asked."""

_OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INHERITED = 1024
_LENGTH = 4  # bytes that say how long the next answer is


def ask(questions: Mapping[Path, Question], until: float, watch: Watch) -> dict[Path, Any]:
    """The answers that came until that moment of the monotonic clock; None for each that did not come.

    What a question raises is raised here: an OSError or a SesyncError as it is, anything else as a bug.
    """
    children: dict[int, tuple[Path, int]] = {}
    heard: dict[int, bytes] = {}
    try:
        for key, question in questions.items():
            pipe, child = _sent(question, until)
            children[pipe] = (key, child)
        # the children are there before the display and its thread: a fork copies one thread only
        with watch("Waiting for the file server"):
            heard = _heard(children, until)
    finally:
        _leave(children)
    return {key: _read(heard[pipe]) if pipe in heard else None for pipe, (key, _) in children.items()}


@contextmanager
def stream(question: Callable[[], Iterable[Any]], patience: float) -> Iterator[Iterator[Any]]:
    """What a child finds, as it finds it: plain values, as in `ask`.

    To wait for the next is a TimeoutError once the child is silent for so many seconds. While it works on something
    long, it gives None now and then, which is left out. What it raises is raised as in `ask`.
    """
    reading, writing = os.pipe()
    children = {}
    try:
        children[reading] = (None, child_of(lambda: _tell(question, writing), {writing}))
        os.close(writing)
        yield _told(reading, patience)
    finally:
        _leave(children)


def _tell(question: Callable[[], Iterable[Any]], writing: int) -> None:
    with open(writing, "wb", buffering=0) as pipe:

        def send(*message: Any) -> None:
            said = marshal.dumps(message)  # both ends are this very program
            pipe.write(len(said).to_bytes(_LENGTH) + said)

        try:
            for answer in question():
                send(answer)
        except Exception as error:
            send(None, pack(error))
        pipe.write(bytes(_LENGTH))


def _told(pipe: int, patience: float) -> Iterator[Any]:
    said, poll = b"", select.poll()
    poll.register(pipe, select.POLLIN)
    while poll.poll(patience * 1000):
        heard = os.read(pipe, 65536)
        if not heard:
            raise killed()
        said += heard
        while len(said) >= _LENGTH and len(said) >= (end := _LENGTH + int.from_bytes(said[:_LENGTH])):
            if end == _LENGTH:
                return
            (answer, *raised), said = marshal.loads(said[_LENGTH:end]), said[end:]
            if raised:
                raise unpacked(raised[0])
            if answer is not None:
                yield answer
    raise TimeoutError


def _sent(question: Question, until: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    left = until - time.monotonic()

    def tell() -> None:
        signal.alarm(max(1, int(left) + 2))  # should nobody be left to kill it
        try:
            said = marshal.dumps((question(), b""))  # both ends are this very program
        except Exception as error:
            said = marshal.dumps((None, pack(error)))
        os.write(writing, said)

    try:
        return reading, child_of(tell, {writing})
    finally:
        os.close(writing)


def child_of(work: Callable[[], object], kept: Set[int]) -> int:
    """The number of a child process that does this work and is gone; `kept` are the files that it has from us."""
    # a Ctrl-C between the fork and the child's own settings would send two of us up the same stack
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
    try:
        child = os.fork()
        if not child:
            _work(work, kept)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return child


def _work(work: Callable[[], object], kept: Set[int]) -> NoReturn:
    try:
        for word in _OURS:
            signal.signal(word, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        # a child that hangs must hold neither our lock nor the pipe that somebody reads us by
        for before, file in pairwise([-1, *sorted(kept), _INHERITED]):
            os.closerange(before + 1, file)
        work()
    finally:
        os._exit(0)


def pack(error: Exception) -> bytes:
    """What a child raised, for its parent: whole, and with the child's traceback in its notes.

    An error of the system and one of sesync's stay what they are; anything else, and what cannot travel, is a bug.
    """
    import pickle

    story = "".join(traceback.format_exception(error))
    if isinstance(error, OSError):
        error.add_note(story)
    with suppress(Exception):
        # an error of sesync's is made without its class's own words, which may ask for more than the message
        whole = (type(error), error.args, vars(error)) if isinstance(error, SesyncError) else error
        packed = pickle.dumps(whole)
        if isinstance(unpacked(packed), OSError | SesyncError):
            return packed
    return pickle.dumps(RuntimeError(story))


def unpacked(packed: bytes) -> Exception:
    """The error that a child has packed."""
    import pickle

    what = pickle.loads(packed)  # both ends are this very program
    if isinstance(what, Exception):
        return what
    kind, words, more = what
    error: SesyncError = kind.__new__(kind, *words)
    vars(error).update(more)
    return error


def killed() -> SesyncError:
    """The error for a child that is gone and has not said what it was to say."""
    return SesyncError("a process of this run has been killed", hint="Run the same command again.")


def _heard(pipes: Iterable[int], until: float) -> dict[int, bytes]:
    """What came through each pipe, of those whose children have ended until then."""
    heard = dict.fromkeys(pipes, b"")
    waiting, poll = set(heard), select.poll()
    for pipe in waiting:
        poll.register(pipe, select.POLLIN)
    while waiting and (left := until - time.monotonic()) > 0:
        for pipe, _ in poll.poll(left * 1000):
            said = os.read(pipe, 65536)
            heard[pipe] += said
            if not said:
                poll.unregister(pipe)
                waiting.remove(pipe)
    return {pipe: said for pipe, said in heard.items() if pipe not in waiting}


def _leave(children: Mapping[int, tuple[Any, int]]) -> None:
    for pipe, (_, child) in children.items():
        os.close(pipe)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def _read(said: bytes) -> Any:
    try:
        answer, raised = marshal.loads(said)
    except (EOFError, ValueError, TypeError):  # killed in the middle of it, or before
        raise killed() from None
    if raised:
        raise unpacked(raised)
    return answer
