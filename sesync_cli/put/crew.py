"""Child processes that touch places which may hang, and one who listens to them and never touches those places.

A worker that is silent for longer than the site's patience may have a hung server before it, or a slow disk with much
to write. So the places themselves are asked: while they answer, the worker is waited for.
"""

import errno
import marshal
import os
import select
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sesync_cli.errors import NotFound
from sesync_cli.probe import child_of, killed, pack, unpacked
from sesync_cli.put.system import die_with

Tell = Callable[[Any], None]
"""Tells the listener something plain (texts, numbers, bytes, and tuples, lists and dictionaries of them)."""

Work = Callable[[Tell], None]

_DYING = 1.0  # seconds that a killed worker may take until it is left alone, since it hangs
_CHUNK = 1 << 20


class Guard(NamedTuple):
    """How long a silence lasts before the places are asked, in seconds, and how: it raises where none answers."""

    patience: float
    ask: Callable[[], None]


@dataclass
class _Member:
    child: int
    pipe: int
    heard: bytearray = field(default_factory=bytearray)
    since: float = field(default_factory=time.monotonic)


def together(works: Sequence[Work], guard: Guard, kept: Set[int] = frozenset()) -> Generator[Any, None, None]:
    """What these workers tell, each a child of its own; `kept` are the open files that they have from us.

    What a worker raises is raised here: an OSError or a SesyncError as it is, anything else as a bug.
    """
    crew: dict[int, _Member] = {}
    try:
        for work in works:
            one = _hired(work, kept)
            crew[one.pipe] = one
        yield from _listen(dict(crew), guard)
    finally:
        _dismiss(crew.values())


def _hired(work: Work, kept: Set[int]) -> _Member:
    reading, writing = os.pipe()
    parent = os.getpid()
    try:
        return _Member(child_of(lambda: _serve(work, writing, parent), {writing, *kept}), reading)
    finally:
        os.close(writing)


def _serve(work: Work, pipe: int, parent: int) -> None:
    die_with(parent)
    for _ in range(3):  # else the next files that are opened are standard error and the like
        os.open(os.devnull, os.O_RDWR)

    def send(kind: str, what: Any) -> None:
        said = marshal.dumps((kind, what))
        rest = memoryview(len(said).to_bytes(8, "little") + said)
        while rest:
            rest = rest[os.write(pipe, rest) :]

    try:
        work(lambda what: send("said", what))
    except Exception as error:
        send("failed", pack(error))
    else:
        send("over", None)


def _listen(crew: dict[int, _Member], guard: Guard) -> Iterator[Any]:
    while crew:
        ready, _, _ = select.select(list(crew), [], [], guard.patience / 4)
        for pipe in ready:
            for kind, what in _received(crew[pipe]):
                if kind == "over":
                    del crew[pipe]
                elif kind == "said":
                    yield what
                else:
                    raise _raised(what)
        if any(time.monotonic() - one.since > guard.patience for one in crew.values()):
            guard.ask()
            for one in crew.values():
                one.since = time.monotonic()


def _received(one: _Member) -> Iterator[tuple[str, Any]]:
    said = os.read(one.pipe, _CHUNK)
    if not said:
        raise killed()
    one.since = time.monotonic()
    one.heard += said
    while len(one.heard) >= 8 and len(one.heard) >= (end := 8 + int.from_bytes(one.heard[:8], "little")):
        message = marshal.loads(one.heard[8:end])
        del one.heard[:end]
        yield message


def _raised(packed: bytes) -> Exception:
    error = unpacked(packed)
    if isinstance(error, OSError) and error.errno == errno.ENOENT:
        return NotFound(f"{error.filename} has gone meanwhile", hint="Run the command again.")
    return error


def _dismiss(crew: Iterable[_Member]) -> None:
    for one in crew:
        os.close(one.pipe)
        with suppress(ProcessLookupError):
            os.kill(one.child, signal.SIGKILL)
    until = time.monotonic() + _DYING
    for one in crew:
        with suppress(ChildProcessError):
            while not os.waitpid(one.child, os.WNOHANG)[0] and time.monotonic() < until:
                time.sleep(0.002)
