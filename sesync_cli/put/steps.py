"""The steps of a put: folders, files, and what comes after the files."""

import os
import resource
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesync_cli.disk import FULL, path_of, system_failure
from sesync_cli.errors import NoRoom, SesyncError, Stopped
from sesync_cli.interrupts import ignore_interrupts
from sesync_cli.names import first
from sesync_cli.plan import Report
from sesync_cli.put.children import run_children
from sesync_cli.put.copying import TOKEN, Job, Worker
from sesync_cli.put.entries import Shipment, There
from sesync_cli.put.folders import Share, clear, finish, make_folders, undo
from sesync_cli.put.limits import NO_NEED, ROOM, Links, lacking
from sesync_cli.put.pace import Pace
from sesync_cli.put.verify import Verification
from sesync_cli.workers import Guard

_WORKERS = 4
_BATCH_FILES, _BATCH_BYTES = 400, 64 << 20
_SHOWN = 5


@dataclass
class PutTally:
    """What a run has come to: the numbers of the entries that are in place and checked, copies, and their sums.

    It is `finished` once all is there that can be. `closed` are folders whose group could be given nothing, `refused`
    sources of which not all attributes fitted. `new_sums` counts those that its manifest did not have. A problem is the
    number of an entry, and what to say of it.
    """

    total: int
    closed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    proven: set[int] = field(default_factory=set)
    copied: set[int] = field(default_factory=set)
    sums: dict[int, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    finished: bool = False
    bytes: int = 0
    new_sums: int = 0

    def placed(self) -> str:
        """What a person can count on after a failure."""
        return f"{len(self.proven):,} of {self.total:,} files are in place and checked; nothing of yours was removed."

    def safe(self) -> str:
        """The same, and what to do."""
        return f"{self.placed()} Run the same command again to go on."

    def hear(self, what: Any) -> None:
        """Take in what a worker tells."""
        kind, *rest = what
        if kind == "bytes":
            self.bytes += rest[0]
        elif kind in ("problem", "differs", "changed"):
            self.problems.append((rest[0], rest[1]))
            self.kinds.add(kind)
        elif kind in ("closed", "refused"):
            getattr(self, kind).update(rest[0])
        else:
            number, copied, digest = rest
            self.proven.add(number)
            if copied:
                self.copied.add(number)
            if digest:
                self.sums[number] = digest


@dataclass(frozen=True)
class Put:
    """Copy these entries; a failure or an interrupt leaves those that are finished, which the next run goes on from."""

    found: Shipment
    chosen: tuple[int, ...]
    tally: PutTally
    guard: Guard
    shown: str
    verification: Verification
    replace: bool = False
    links: Links = NO_NEED

    @property
    def doing(self) -> str:
        return "Copying"

    def do(self, report: Report) -> None:
        self.tally.bytes = 0
        self.tally.problems.clear()
        self.tally.finished = False
        share = self._share
        with explaining(self.found.folder, self.tally.placed):
            if little := lacking(self.found):
                raise NoRoom(little, hint=ROOM)
            run_children([lambda tell: make_folders(share, tell)], self.guard, self.tally.hear)
        with explaining(self.found.folder, self.tally.safe):
            self._copy(report)
            failed = {number for number, _ in self.tally.problems}
            run_children([lambda tell: finish(share, failed, self._job(()), tell)], self.guard, self.tally.hear)
        self.tally.finished = True
        if self.tally.problems or (self.found.unreadable and not self.replace):
            raise self._failure()

    def undo(self) -> None:
        with suppress(SesyncError):
            run_children([lambda tell: _undo(self._share, self.tally.finished)], self.guard)

    def __str__(self) -> str:
        return self.shown

    @property
    def _share(self) -> Share:
        return Share(self.found, self.chosen, self.replace, self.links)

    def _job(self, batches: Sequence[Sequence[int]]) -> Job:
        return Job(self.found, batches, self.verification, self.replace, frozenset(self.tally.closed))

    def _copy(self, report: Report) -> None:
        """Have the files copied by several workers."""
        entries = self.found.entries
        files = [one for one in self.chosen if entries[one].is_file and (entries[one].first < 0 or self.replace)]
        read = (entries[number] for number in files)
        whole = 2 * sum(one.facts.size for one in read if self.verification.existing or one.there != There.SAME)
        job, pace = self._job(_batches(self.found, files)), Pace(whole, passes=2)

        def hear(what: Any) -> None:
            self.tally.hear(what)
            if pace.is_due():
                words = [*pace.words(self.tally.bytes), f"{len(self.tally.proven):,} of {self.tally.total:,} files"]
                report(pace.share(self.tally.bytes), ", ".join(words))

        with _tokens() as (taking, giving):
            works = [lambda tell: Worker(job, tell).serve(taking, giving)] * min(_WORKERS, len(job.batches))
            run_children(works, self.guard, hear, {taking, giving})

    def _failure(self) -> SesyncError:
        left = [*self.found.odd, *(f"{path} looks like a secret, and is left out" for path in self.found.secrets)]
        whole = [*unreadable_folders(self.found), *(what for _, what in self.tally.problems), *left]
        hint = [WHOSE] if self.found.unreadable else []
        if "differs" in self.tally.kinds:
            hint.append(f"'{self.verification.replacing}' asks about each file that differs.")
        text = "; ".join(first(whole, _SHOWN, more="and {:,} more ('--json' names them all)"))
        safe = self.tally.safe() if self.tally.kinds == {"changed"} else self.tally.placed()
        return SesyncError(text, hint=" ".join([*hint, safe]), problems=whole)


@dataclass(frozen=True)
class Clear:
    """Remove what killed runs left beside the places of their files."""

    found: Shipment
    guard: Guard
    doing: str = "Clearing up after a run that was killed"

    def do(self, report: Report) -> None:
        run_children([lambda tell: clear(self.found)], self.guard)

    def undo(self) -> None:
        # what nobody builds any more is of no use to anybody
        return

    def __str__(self) -> str:
        return "\n".join(f"rm {shlex.quote(folder)}/.sesync-partial-*" for folder in self.found.leftovers)


def unreadable_folders(found: Shipment) -> list[str]:
    """The folders that cannot be looked into, each with the reason."""
    return [f"{path}: {why}" for path, why in found.unreadable]


WHOSE = "'ls -ld' on it shows whose it is."


@contextmanager
def explaining(folder: str, safe: Callable[[], str]) -> Iterator[None]:
    """Say in each failure what is safe now."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("stopped", hint=safe()) from None
    except SesyncError as error:
        error.hint = f"{error.hint} {safe()}".lstrip()
        raise
    except OSError as error:
        path = path_of(error, folder)
        said = system_failure(error, Path(folder)) or SesyncError(f"{path}: {error.strerror}")
        hint = ROOM if error.errno in FULL else said.hint
        said.hint = f"{hint} {safe()}".lstrip()
        raise said from None


def _batches(found: Shipment, numbers: list[int]) -> list[list[int]]:
    """Files in batches, each of which is flushed at once; the large ones first, so that no worker is left with one."""
    most = min(_BATCH_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)  # all of a batch are open at once
    batches: list[list[int]] = []
    filled = 0
    for number in numbers:
        length = found.entries[number].facts.size
        if not batches or filled + length > _BATCH_BYTES or len(batches[-1]) >= most:
            batches.append([])
            filled = 0
        batches[-1].append(number)
        filled += length
    return sorted(batches, key=lambda batch: -max(found.entries[number].facts.size for number in batch))


@contextmanager
def _tokens() -> Iterator[tuple[int, int]]:
    """A pipe with the number of the first batch in it."""
    taking, giving = os.pipe()
    try:
        os.write(giving, bytes(TOKEN))
        yield taking, giving
    finally:
        os.close(taking)
        os.close(giving)


def _undo(share: Share, finished: bool) -> None:
    """Undo in a child, which a second Ctrl-C reaches too, and does not end."""
    ignore_interrupts()
    undo(share, finished)
