"""Questions about places that may never answer, each asked by a child process.

A look at a dead file server can hang where no signal arrives, and whoever waits for the one who hangs, hangs too. So a
child looks; one that is late is killed and left alone, whether or not the kill arrives.
"""

import marshal
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from sesync_cli.plan import Watch

Question = Callable[[], Any]
"""Gives plain values (texts, numbers, lists and dictionaries of them); what it raises counts as no answer."""

_OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INHERITED = 1024
_LENGTH = 4  # bytes that say how long the next answer is


def ask(questions: Mapping[Path, Question], until: float, watch: Watch) -> dict[Path, Any]:
    """The answers that came until that moment of the monotonic clock; None for each that did not come."""
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
    return {key: _read(heard.get(pipe, b"")) for pipe, (key, _) in children.items()}


@contextmanager
def stream(question: Callable[[], Iterable[Any]], patience: float) -> Iterator[Iterator[Any]]:
    """What a child finds, as it finds it: plain values, as in `ask`.

    To wait for the next is a TimeoutError once the child is silent for so many seconds. While it works on something
    long, it gives None now and then, which is left out.
    """
    reading, writing = os.pipe()
    children = {}
    try:
        children[reading] = (None, child_of(lambda: _tell(question(), writing), {writing}))
        os.close(writing)
        yield _told(reading, patience)
    finally:
        _leave(children)


def _tell(answers: Iterable[Any], writing: int) -> None:
    with open(writing, "wb", buffering=0) as pipe:
        for answer in answers:
            said = marshal.dumps(answer)
            pipe.write(len(said).to_bytes(_LENGTH) + said)
        pipe.write(bytes(_LENGTH))


def _told(pipe: int, patience: float) -> Iterator[Any]:
    said, poll = b"", select.poll()
    poll.register(pipe, select.POLLIN)
    while poll.poll(patience * 1000):
        heard = os.read(pipe, 65536)
        if not heard:
            raise RuntimeError("the child that looked has died")
        said += heard
        while len(said) >= _LENGTH and len(said) >= (end := _LENGTH + int.from_bytes(said[:_LENGTH])):
            if end == _LENGTH:
                return
            answer, said = marshal.loads(said[_LENGTH:end]), said[end:]
            if answer is not None:
                yield answer
    raise TimeoutError


def _sent(question: Question, until: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    left = until - time.monotonic()

    def tell() -> None:
        signal.alarm(max(1, int(left) + 2))  # should nobody be left to kill it
        os.write(writing, marshal.dumps(question()))  # both ends are this very program

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


def _heard(pipes: Iterable[int], until: float) -> dict[int, bytes]:
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
    return heard


def _leave(children: Mapping[int, tuple[Any, int]]) -> None:
    for pipe, (_, child) in children.items():
        os.close(pipe)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def _read(said: bytes) -> Any:
    try:
        return marshal.loads(said)
    except (EOFError, ValueError, TypeError):  # killed in the middle of it, or before
        return None
