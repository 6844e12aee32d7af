"""Checksums of what is in a data directory already, by whatever way it came there."""

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.directory import reached
from sesync_cli.disk import PARTIAL
from sesync_cli.errors import NotFound, Refused, SesyncError
from sesync_cli.plan import Plan, Report, Watch, by_hand
from sesync_cli.put.checksums import LISTS, NAME, algorithm_of
from sesync_cli.put.children import children_told, guard, run_children
from sesync_cli.put.entries import place_of, some
from sesync_cli.put.file_io import Copier, renew
from sesync_cli.put.inventory import GONE, UNREADABLE
from sesync_cli.put.keeping import SumKeeper
from sesync_cli.put.pace import Pace
from sesync_cli.put.paths import target_of
from sesync_cli.put.refusals import check_manifest
from sesync_cli.put.request import PutRequest
from sesync_cli.put.steps import WHOSE
from sesync_cli.put.stock import Stock, take_stock
from sesync_cli.site.settings import Site
from sesync_cli.view import size
from sesync_cli.workers import Guard, Tell

_WORKERS = 4
_NAMED = 20  # files that a command names


@dataclass(frozen=True)
class SumUp:
    """Make the checksums of these files below a folder, and keep them in its manifest; `sizes` are their bytes.

    They are all below its `tops` that have none; `others` there have some. `gone` are the numbers of those that were
    there no more.
    """

    folder: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    guard: Guard
    tops: tuple[str, ...]
    others: int
    gone: set[int] = field(default_factory=set, compare=False, repr=False)
    doing: str = "Making checksums"

    @property
    def files(self) -> int:
        return len(self.names) - len(self.gone)

    @property
    def bytes(self) -> int:
        return sum(self.sizes) - sum(self.sizes[number] for number in self.gone)

    @property
    def made(self) -> str:
        """Of how many files."""
        return f"{_counted(self.files)} ({size(self.bytes)})"

    @property
    def done(self) -> str:
        """What is true then."""
        kept = f"Checksums of {self.made} are kept in {self.folder}/{NAME}." if self.files else ""
        names = some(f"{self.folder}/{self.names[number]}" for number in sorted(self.gone))
        have = "has" if len(self.gone) == 1 else "have"
        gone = f"{names} {have} gone meanwhile." if names else ""
        return f"{kept} {gone}".strip()

    def do(self, report: Report) -> None:
        self.gone.clear()
        problems: list[str] = []
        keeper, pace, done = SumKeeper(self.folder, self.guard), Pace(self.bytes), 0

        def hear(what: tuple[str, Any, Any]) -> None:
            nonlocal done
            kind, value, more = what
            if kind == "bytes":
                done += value
            elif kind == "sum":
                keeper.add(self.names[value], more)
            elif kind == "gone":
                self.gone.add(value)
            else:
                problems.append(f"{self.folder}/{self.names[value]} {more}")
            if pace.is_due():
                words = [*pace.words(done), f"{keeper.made:,} of {len(self.names):,} files"]
                report(pace.share(done), ", ".join(words))

        with keeper.keeping():
            run_children([partial(self._work, number) for number in range(_WORKERS)], self.guard, hear)
        if problems:
            kept = f"The checksums of {_counted(keeper.kept, 'other ')} are kept." if keeper.kept else ""
            raise SesyncError(f"no checksums of these could be made: {some(problems)}", hint=kept, problems=problems)

    def undo(self) -> None:
        # the manifest appears by one rename, and true checksums harm nobody
        return

    def __str__(self) -> str:
        few = len(self.names) <= _NAMED or any(map(algorithm_of, self.names))  # only find leaves such names out
        words = by_hand("sha256sum", *(f"./{name}" for name in self.names)) if few else self._search
        again = f", and again of {_counted(self.others)} with some" if self.others and not few else ""
        manifest = by_hand(f"{self.folder}/{NAME}")
        return f"(cd {by_hand(self.folder)} && {words}) >> {manifest}  # of {self.made} without any{again}"

    @property
    def _search(self) -> str:
        """The command that makes checksums of all below the tops."""
        tops = [top if top == "." else f"./{top}" for top in self.tops]
        files = ("-type", "f", "!", "-iregex", LISTS, "-exec", "sha256sum", "{}", "+")
        passed_over = ("-name", f"{PARTIAL}*", "-prune")
        return by_hand("find", *tops, "-xdev", "-regextype", "posix-extended", *passed_over, "-o", *files)

    def _work(self, first: int, tell: Tell) -> None:
        """What each of the workers does: its share of the files."""
        copier = Copier(lambda count: tell(("bytes", count, None)))
        for number in range(first, len(self.names), _WORKERS):
            try:
                tell(("sum", number, _sum_of(f"{self.folder}/{self.names[number]}", copier)))
            except _Unsteady:
                tell(("problem", number, "changes while it is read"))
            except _NoFile:
                tell(("gone", number, None))
            except OSError as error:
                if error.errno not in (*GONE, *UNREADABLE):
                    raise
                is_gone = error.errno in GONE
                tell(("gone", number, None) if is_gone else ("problem", number, f"cannot be read: {error.strerror}"))


class _Unsteady(Exception):
    """A file is no longer what it was when its checksum was begun."""


class _NoFile(Exception):
    """Something else is in the place of a file."""


def _sum_of(path: str, copier: Copier) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        before, made = os.fstat(file), hashlib.sha256()
        if not stat.S_ISREG(before.st_mode):
            raise _NoFile
        renew(file)
        copier.digest(file, before.st_size, [made])
        after = os.fstat(file)
    finally:
        os.close(file)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _Unsteady
    return made.digest()


def plan_sums(request: PutRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How to come to have checksums of all that is in a folder of a data directory, or of one file there."""
    project, folder = target_of(request.target, caller, site)
    directory = reached(project, site, watch)
    guarded = guard([directory], site)
    with watch("Looking at what is there"):
        stock = take_stock(directory, folder, guarded)
        if not stock.is_there:
            raise NotFound(f"there is no {directory / folder}", hint="'ls' shows what there is.")
        place = directory / stock.base
        run_children([lambda tell: _check_place(place)], guarded)
        step = _sum_up(directory, stock, stock.files if stock.is_file else [stock.inner], guarded)
    shown, have = directory / folder, len(stock.sums)
    done = f"{have:,} {'file' if have == 1 else 'files'} in {shown} have checksums already."
    if not have:
        done = f"There are no files in {shown}."
    unreadable = stock.unread_in(directory)
    closed = (f"this cannot be looked into: {some(str(one.path) for one in unreadable)}",) if unreadable else ()
    result = {
        "project": project,
        "folder": place,
        "files": len(step.names) if step else 0,
        "bytes": step.bytes if step else 0,
        "there_files": have,
        "unreadable": unreadable,
        "manifest": place / NAME if step else None,
    }
    return Plan(
        (step,) if step else (),
        step.done if step else done,
        result,
        warnings=(*sorted(set(stock.warnings)), *closed),
        locks=(place_of(f"{place}/{NAME}"),),
        after=partial(_after, step, result) if step else None,
    )


def _after(step: SumUp, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known once the checksums are made."""
    told = {"done": step.done, "result": {**result, "files": step.files, "bytes": step.bytes}}
    return told if step.files else {**told, "steps": ()}


def sum_up_moved(directory: Path, folder: str, names: Sequence[str], guard: Guard) -> SumUp | None:
    """The step that keeps checksums of what earlier runs have moved into a folder, if it lacks any."""
    stock = take_stock(directory, folder, guard, names)
    return _sum_up(directory, stock, [os.path.join(stock.inner, name) for name in names], guard)


def _sum_up(directory: Path, stock: Stock, tops: Sequence[str], guard: Guard) -> SumUp | None:
    """The step that keeps checksums of all files that lack any, which are at or below these paths; None for none."""
    bare = stock.without
    if not bare:
        return None
    paths = [str(directory / one) for one in bare]
    [sizes] = children_told([lambda tell: tell([_size_of(path) for path in paths])], guard)
    names, shown = (tuple(os.path.relpath(f"/{one}", f"/{stock.base}") for one in some) for some in (bare, tops))
    return SumUp(str(directory / stock.base), names, tuple(sizes), guard, shown, len(stock.files) - len(bare))


def _size_of(file: str) -> int:
    """The bytes of a file; none of one that has gone."""
    try:
        return os.lstat(file).st_size
    except OSError as error:
        if error.errno not in GONE:
            raise
        return 0


def _counted(files: int, which: str = "") -> str:
    return f"{files:,} {which}{'file' if files == 1 else 'files'}"


def _check_place(place: Path) -> None:
    check_manifest(place / NAME)
    if not os.access(place, os.W_OK | os.X_OK):
        raise Refused(f"you can read {place}, but not write to it", hint=WHOSE)
