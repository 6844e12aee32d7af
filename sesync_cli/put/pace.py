"""How far a put is, how fast it goes, and how long it will still take, in a few words."""

import time
from collections import deque
from collections.abc import Callable, Iterator

from sesync_cli.view import size

_WINDOW = 10.0  # seconds over which the pace is taken
_FIRST = 1.0  # seconds after which there is one
_OFTEN = 0.1  # seconds between two words


class Pace:
    """Of so many bytes that pass, each of them so many times: it may be copied, and then read back.

    `clock` tells the time in seconds.
    """

    def __init__(self, whole: int, passes: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.whole, self.passes = whole, passes
        self._clock, self._told = clock, 0.0
        self._seen: deque[tuple[float, int]] = deque([(clock(), 0)])

    def is_due(self) -> bool:
        """Whether it is time for new words."""
        return self._clock() - self._told >= _OFTEN

    def share(self, done: int) -> float | None:
        """The part that is done, from 0 to 1; None where there are no bytes to count."""
        return min(1.0, done / self.whole) if self.whole else None

    def words(self, done: int) -> Iterator[str]:
        """The bytes that are in place, those of a second, and the time that is left, as far as these are known."""
        self._told = now = self._clock()
        if not self.whole:
            return
        done = min(done, self.whole)
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] > _WINDOW:
            self._seen.popleft()
        yield _of(done // self.passes, self.whole // self.passes)
        (begun, before), *_ = self._seen
        if now - begun >= _FIRST and done > before:
            rate = (done - before) / (now - begun)
            yield f"{size(round(rate / self.passes))}/s"
            yield f"{_lasting((self.whole - done) / rate)} left"


def _of(done: int, whole: int) -> str:
    """Two sizes, the unit said once if it is the same."""
    (number, unit), (_, other) = size(done).split(), size(whole).split()
    return f"{number if unit == other else f'{number} {unit}'} of {size(whole)}"


def _lasting(seconds: float) -> str:
    """A time in its largest unit, as no other is worth knowing."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"
