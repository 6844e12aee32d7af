"""Several processes that look into folders side by side, and give up together when a file server stays silent.

Each gets some folders, looks for a short turn, and gives back those that it did not come to: so all stay busy until
the last folder, and a turn that does not end is a server that hangs. Whoever asks never touches the folders itself.
"""

import gc
import marshal
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sesync_cli.errors import NoAnswer
from sesync_cli.plan import Report, Watch
from sesync_cli.probe import child_of
from sesync_cli.usage.walk import Place, Rules, Tally, Todo, Walker

_MOST = 4  # processes; more do not help a file server
_TURN = 0.03  # seconds
_ALIVE = 0.5  # seconds between two signs of life from a folder with very many files
_CHUNK = 1 << 20


@dataclass
class _Member:
    """One of the processes: the pipes to and from it, what came through so far, and since when it is silent."""

    child: int
    to: int
    come_from: int
    heard: bytearray = field(default_factory=bytearray)
    since: float = 0.0
    busy: bool = False
    files: int = 0

    def send(self, message: Any) -> None:
        self.since, self.busy = time.monotonic(), True
        _send(self.to, message)

    def receive(self) -> list[tuple[int, Any]]:
        """The messages that have come; each is how many files were seen, and what is new if a turn is over."""
        said = os.read(self.come_from, _CHUNK)
        if not said:
            raise NoAnswer("a process that looked into folders has died", hint="Run the command again.")
        self.heard += said
        self.since = time.monotonic()
        return list(_whole(self.heard))


def walk(rules: Rules, place: Place, patience: float, watch: Watch) -> Tally:
    """All that is below the root, whose own files count as `place`; `NoAnswer` where a server is silent too long."""
    with _crew(rules) as crew, watch("Looking at every file") as report:
        _share(crew, [(rules.root, place)], patience, rules.root, report)
        for one in crew:
            one.send(None)
        tally = Tally()
        while any(one.busy for one in crew):
            for parts in _next(crew, patience, rules.root):
                tally.add(Tally(*parts))
        return tally


def _share(crew: list[_Member], todo: list[Todo], patience: float, root: str, report: Report) -> None:
    """Let the crew look into these folders and all below, each into its share of those that are known by then."""
    while todo or any(one.busy for one in crew):
        for one in crew:
            if todo and not one.busy:
                share = max(1, len(todo) // len(crew))
                one.send(todo[-share:])
                del todo[-share:]
        for left in _next(crew, patience, root):
            todo += left
        report(None, f"{sum(one.files for one in crew):,} files")


def _next(crew: list[_Member], patience: float, root: str) -> Iterator[Any]:
    """What the next ones that end a turn have to give."""
    waited_for = {one.come_from: one for one in crew if one.busy}
    ready, _, _ = select.select(list(waited_for), [], [], patience / 4)
    for pipe in ready:
        one = waited_for[pipe]
        for files, new in one.receive():
            one.files = files
            if new is not None:
                one.busy = False
                yield new
    if any(time.monotonic() - one.since > patience for one in waited_for.values()):
        raise NoAnswer(
            f"the file server of {root} did not answer within {patience:g} seconds", hint="Try again in a few minutes."
        )


@contextmanager
def _crew(rules: Rules) -> Iterator[list[_Member]]:
    crew: list[_Member] = []
    try:
        for _ in range(min(len(os.sched_getaffinity(0)), _MOST)):
            crew.append(_hired(rules))
        yield crew
    finally:
        for one in crew:
            os.close(one.to)
            os.close(one.come_from)
            with suppress(ProcessLookupError):
                os.kill(one.child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(one.child, os.WNOHANG)


def _hired(rules: Rules) -> _Member:
    reading, to = os.pipe()
    come_from, writing = os.pipe()
    child = child_of(lambda: _serve(rules, reading, writing), {reading, writing})
    os.close(reading)
    os.close(writing)
    return _Member(child, to, come_from)


def _serve(rules: Rules, reading: int, writing: int) -> None:
    """What each of the crew does: turn after turn, until nothing is left to do and the whole tally is asked for."""
    gc.disable()
    said = time.monotonic()

    def alive(files: int) -> None:
        nonlocal said
        if time.monotonic() - said > _ALIVE:
            said = time.monotonic()
            _send(writing, (files, None))

    walker = Walker(rules, alive)
    heard = bytearray()
    while received := os.read(reading, _CHUNK):
        heard += received
        for todo in _whole(heard):
            new = walker.tally.plain() if todo is None else walker.turn(todo, _TURN)
            _send(writing, (walker.tally.files, new))
            said = time.monotonic()


def _send(pipe: int, message: Any) -> None:
    said = marshal.dumps(message)
    rest = memoryview(len(said).to_bytes(8, "little") + said)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _whole(heard: bytearray) -> Iterator[Any]:
    """The messages that are whole, taken from what was heard."""
    while len(heard) >= 8 and len(heard) >= (end := 8 + int.from_bytes(heard[:8], "little")):
        message = marshal.loads(heard[8:end])
        del heard[:end]
        yield message
