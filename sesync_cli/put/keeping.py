"""Checksums that are kept while others are still made, so that whoever is stopped or killed loses few of them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sesync_cli.errors import NoAnswer, SesyncError
from sesync_cli.interrupts import ignore_interrupts
from sesync_cli.put.checksums import add_sums
from sesync_cli.put.children import run_children
from sesync_cli.put.steps import explaining
from sesync_cli.workers import Guard, Tell

_FEW = 1_000  # checksums that are not worth writing the manifest for, unless time has passed
_OFTEN = 60.0  # seconds between two times
_TIMES = 20  # that it takes to keep some, for which others are made before it is done again


class SumKeeper:
    """Adds checksums to a folder's manifest now and then: to add any is to write it as a whole, which takes its time.

    `made` are all of them, `kept` those in the manifest.
    """

    def __init__(self, folder: str, guard: Guard) -> None:
        self.folder, self.guard = folder, guard
        self.made = self.kept = 0
        self._new: dict[str, bytes] = {}
        self._lines = 0
        self._took, self._ended = 0.0, time.monotonic()

    def add(self, name: str, digest: bytes) -> None:
        """One more."""
        self._new[name] = digest
        self.made += 1
        passed = time.monotonic() - self._ended
        if len(self._new) >= max(_FEW, self._lines) or passed >= max(_OFTEN, _TIMES * self._took):
            self._keep()

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep all that the block has made by its end, whatever ends it; a failure says how many these are."""
        with explaining(self.folder, self._safe):
            try:
                yield
            except NoAnswer:  # nor would the server take any
                raise
            except BaseException:
                with suppress(SesyncError, OSError):
                    self._keep()
                raise
            self._keep()

    def _keep(self) -> None:
        if not self._new:
            return
        begun = time.monotonic()
        run_children([self._add], self.guard, self._hear)
        self.kept += len(self._new)
        self._new = {}
        self._ended = time.monotonic()
        self._took = self._ended - begun

    def _add(self, tell: Tell) -> None:
        ignore_interrupts()  # a Ctrl-C reaches it too, and what was made is kept then above all
        tell(add_sums(self.folder, self._new)[0])

    def _hear(self, lines: int) -> None:
        self._lines = lines

    def _safe(self) -> str:
        count = f"{self.kept:,} {'file' if self.kept == 1 else 'files'}"
        kept = f"The checksums of {count} are kept. " if self.kept else ""
        return f"{kept}Run the same command again to go on."
