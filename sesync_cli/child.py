"""A child process: how it begins, what it tells its parent, and how it ends, which is never later than the parent.

Both ends are this very program, so that what is told are Python's own plain values, each behind its length.
"""

import fcntl
import marshal
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NoReturn

from sesync_cli.errors import SesyncError
from sesync_cli.interrupts import INTERRUPTS
from sesync_cli.raised import packed, unpacked

Tell = Callable[[Any], None]
"""Tells the parent something plain (texts, numbers, bytes, and tuples, lists and dictionaries of them)."""

Work = Callable[[Tell], object]

_OPEN = "/proc/self/fd"
_MOST = 1024  # files that may be open where that is not to be seen
_LENGTH = 8  # bytes that say how long the next message is
_CHUNK = 1 << 16  # bytes, as many as are in a pipe
_SAID, _RAISED, _OVER = range(3)


@dataclass(eq=False)
class Child:
    """A child, as its parent knows it: `since` when it is silent, `over` once its work is, `gone` once it is itself."""

    number: int
    pipe: int
    lifeline: int
    heard: bytearray = field(default_factory=bytearray)
    since: float = field(default_factory=time.monotonic)
    over: bool = False
    gone: bool = False

    def hear(self) -> None:
        """Take in what has come, if only that it is gone; waits until something has."""
        said = os.read(self.pipe, _CHUNK)
        self.heard += said
        self.since, self.gone = time.monotonic(), not said

    def told(self) -> Iterator[Any]:
        """What it has told by now, each once. What its work raised is raised here, and so is that it was killed."""
        for kind, what in whole(self.heard):
            if kind == _SAID:
                yield what
                continue
            self.over = True
            if kind == _RAISED:
                raise unpacked(*what)
        if self.gone and not self.over:
            raise SesyncError("a process of this run has been killed", hint="Run the same command again.")

    def end(self) -> None:
        """Kill it, whether or not the kill arrives."""
        os.close(self.pipe)
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)
        os.close(self.lifeline)

    def is_ended(self) -> bool:
        """Whether there is nothing left of it, once it was to end."""
        with suppress(ChildProcessError):
            return os.waitpid(self.number, os.WNOHANG)[0] != 0
        return True


def begin(work: Work, kept: Set[int]) -> Child:
    """A child that does this work and is gone; `kept` are the files that it has from us.

    To be called in a `calm` block: an interrupt between the fork and the child's own settings would send two of us up
    the same stack.
    """
    pipe, telling = os.pipe()
    end, lifeline = os.pipe()
    try:
        number = os.fork()
        if not number:
            _live(work, telling, end, kept)
    finally:
        os.close(telling)
        os.close(end)
    return Child(number, pipe, lifeline)


def send(pipe: int, message: Any) -> None:
    """Say something plain into a pipe."""
    said = marshal.dumps(message)
    rest = memoryview(len(said).to_bytes(_LENGTH) + said)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def messages(pipe: int) -> Iterator[Any]:
    """All that is said into a pipe, until nobody can say anything more."""
    heard = bytearray()
    while said := os.read(pipe, _CHUNK):
        heard += said
        yield from whole(heard)


def whole(heard: bytearray) -> Iterator[Any]:
    """The messages that are whole, taken from what was heard."""
    while len(heard) >= _LENGTH and len(heard) >= (end := _LENGTH + int.from_bytes(heard[:_LENGTH])):
        message = marshal.loads(heard[_LENGTH:end])
        del heard[:end]
        yield message


def _live(work: Work, telling: int, lifeline: int, kept: Set[int]) -> NoReturn:
    """What a child does from its first to its last moment."""
    try:
        for word in (*INTERRUPTS, signal.SIGIO):
            signal.signal(word, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (*INTERRUPTS, signal.SIGIO))
        # a child that hangs must hold neither our lock nor the pipe that somebody reads us by
        for before, file in pairwise([-1, *sorted({telling, lifeline, *kept}), _last_file() + 1]):
            if file > before + 1:  # `closerange` of nothing before file 0 would close all
                os.closerange(before + 1, file)
        for _ in range(3):  # else the next files that are opened are standard error and the like
            os.open(os.devnull, os.O_RDWR)
        _end_with(lifeline)
        _work(work, telling)
    finally:
        os._exit(0)


def _last_file() -> int:
    """The highest number of a file that is open."""
    try:
        return max(map(int, os.listdir(_OPEN)))
    except (OSError, ValueError):
        return _MOST


def _end_with(lifeline: int) -> None:
    """Have the kernel end this process when the other end of a pipe closes, which the parent alone holds.

    The signal for a parent's death that `run` has for programs would need ctypes, whose import takes longer than most
    questions, and comes already when the thread ends that has forked.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, 0)
    if poll.poll(0):  # it closed before that could be a signal
        os._exit(1)


def _work(work: Work, telling: int) -> None:
    try:
        work(lambda what: send(telling, (_SAID, what)))
    except BaseException as error:  # nobody but the parent can tell of it
        send(telling, (_RAISED, packed(error)))
    else:
        send(telling, (_OVER, None))
