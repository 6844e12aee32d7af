"""Several children that look into folders side by side, and give up together when a file server stays silent.

Each gets some folders, looks for a short turn, and gives back those that it did not come to: so all stay busy until
the last folder, and a turn that does not end is a server that hangs. Whoever asks never touches the folders itself.
"""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sesync_cli.child import Child, Tell, messages, send
from sesync_cli.errors import NoAnswer
from sesync_cli.plan import Report, Watch
from sesync_cli.usage.counting import Categories, Counter, Place, Tally, Todo
from sesync_cli.workers import Crew

_MOST = 4  # processes; more do not help a file server
_TURN = 0.03  # seconds
_ALIVE = 0.5  # seconds between two signs of life from a folder with very many files


@dataclass
class _Member:
    """One of the children: the pipe by which it gets folders, whether it has some, and how many files it has seen."""

    child: Child
    orders: int
    busy: bool = False
    files: int = 0

    def order(self, todo: list[Todo] | None) -> None:
        """Have it look into these folders, or tell the whole of what it has found."""
        self.child.since, self.busy = time.monotonic(), True
        with suppress(BrokenPipeError):  # it is gone, as will be heard
            send(self.orders, todo)


@dataclass
class _Counters:
    """All of them, below one root."""

    crew: Crew
    members: list[_Member]
    patience: float
    root: str

    @property
    def busy(self) -> list[_Member]:
        return [one for one in self.members if one.busy]

    def share(self, todo: list[Todo], report: Report) -> None:
        """Look into these folders and all below, each into its share of those that are known by then."""
        while todo or self.busy:
            for one in self.members:
                if todo and not one.busy:
                    share = max(1, len(todo) // len(self.members))
                    one.order(todo[-share:])
                    del todo[-share:]
            for left in self._next():
                todo += left
            report(None, f"{sum(one.files for one in self.members):,} files")

    def tally(self) -> Tally:
        """What they have found, taken together."""
        for one in self.members:
            one.order(None)
        tally = Tally()
        while self.crew.working:
            for parts in self._next():
                tally.add(Tally(*parts))
        return tally

    def _next(self) -> Iterator[Any]:
        """What the next ones that end a turn have to give."""
        waited_for = self.busy
        heard = self.crew.listen(self.patience / 4)
        for one in self.members:
            for files, new in one.child.told() if one.child in heard else ():
                one.files = files
                if new is not None:
                    one.busy = False
                    yield new
        if any(time.monotonic() - one.child.since > self.patience for one in waited_for):
            raise NoAnswer(
                f"the file server of {self.root} did not answer within {self.patience:g} seconds",
                hint="Try again in a few minutes.",
            )


def count_below(categories: Categories, place: Place, patience: float, watch: Watch) -> Tally:
    """All that is below the root, whose own files count as `place`; `NoAnswer` where a server is silent too long."""
    with Crew() as crew, _members(crew, categories) as members, watch("Looking at every file") as report:
        counters = _Counters(crew, members, patience, categories.root)
        counters.share([(categories.root, place)], report)
        return counters.tally()


@contextmanager
def _members(crew: Crew, categories: Categories) -> Iterator[list[_Member]]:
    members: list[_Member] = []
    try:
        for _ in range(min(len(os.sched_getaffinity(0)), _MOST)):
            members.append(_hired(crew, categories))
        yield members
    finally:
        for one in members:
            os.close(one.orders)


def _hired(crew: Crew, categories: Categories) -> _Member:
    hearing, orders = os.pipe()
    try:
        return _Member(crew.hire(lambda tell: _serve(categories, hearing, tell), {hearing}), orders)
    finally:
        os.close(hearing)


def _serve(categories: Categories, orders: int, tell: Tell) -> None:
    """What each of them does: turn after turn, until nothing is left to do and the whole tally is asked for."""
    gc.disable()
    said = time.monotonic()

    def alive(files: int) -> None:
        nonlocal said
        if time.monotonic() - said > _ALIVE:
            said = time.monotonic()
            tell((files, None))

    counter = Counter(categories, alive)
    for todo in messages(orders):
        new = counter.tally.plain() if todo is None else counter.turn(todo, _TURN)
        tell((counter.tally.files, new))
        said = time.monotonic()
        if todo is None:
            return
