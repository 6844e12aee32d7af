"""How it looks what a folder takes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sesync_cli.names import first, one_line
from sesync_cli.usage.advice import Suggestion
from sesync_cli.usage.breakdown import Usage
from sesync_cli.usage.categories import KERNELS, LOCAL, TRASH
from sesync_cli.usage.counting import CACHES, CHECKPOINTS, GIT, LEFT, REST
from sesync_cli.usage.grouping import AGE, OWNER
from sesync_cli.usage.judging import CRASHED, DATA
from sesync_cli.usage.largest import Large
from sesync_cli.usage.parts import SHARED, Part
from sesync_cli.view import Branch, Command, Facts, Page, Tree, View, size

_TITLES = {
    KERNELS: "kernels",
    CACHES: "caches",
    LOCAL: "packages and programs in ~/.local",
    TRASH: "JupyterLab's trash",
    CHECKPOINTS: "checkpoints of notebooks",
    GIT: "what git keeps of repositories",
    DATA: "data that belongs elsewhere",
    CRASHED: "what crashed programs left",
    LEFT: "leftovers of runs that were broken off",
    REST: "everything else",
}
_NOTES = {DATA: "'sesync where' says where", SHARED: "by kernels and caches, counted once"}
_ALL = (TRASH, CHECKPOINTS, LEFT)  # kinds that are one line
_CLEANED = (CACHES, *_ALL)  # kinds of which something may go
_GROUPED = (OWNER, AGE)
_MOST = 8  # lines below another
_NEARLY_ALL = 0.95  # of a folder: what takes this much of it stands in its place
_LEAST = 0.01  # of everything: what is smaller has no line of its own, unless it is a kernel
_MANY, _LARGE_SHARE = 1000, 0.1  # files, and which part of all: who has as many is told so


def page(usage: Usage) -> Page:
    """The tree, the largest files, and what is not in either."""
    views: list[View] = [Tree(_top(usage))]
    if usage.largest:
        files = [Branch(size(one.bytes), _line(one.path), _what(one)) for one in usage.largest]
        total = sum(one.bytes for one in usage.largest)
        views += ["", Tree(Branch(size(total), "in the largest files", branches=files))]
    mine = usage.path.is_relative_to(os.path.realpath(os.path.expanduser("~")))
    if not mine and [part.kind for part in usage.parts] == [REST]:
        views += ["", "'--by owner' shows whose it is, '--by age' how old."]
    if any(part.kind in _CLEANED for part in usage.parts) and mine:
        views += ["", "'sesync usage --clean' asks what of this may go."]
    if advice := [one for one in usage.advice if one.bytes >= usage.bytes * _LEAST][:_MOST]:
        views += ["", Facts("What else may go", [fact for one in advice for fact in _suggested(one)])]
    if left_out := list(_left_out(usage)):
        views += ["", "\n".join(left_out)]
    return Page(views)


def _line(path: Path) -> str:
    """A path on one line."""
    return one_line(str(path))


def _top(usage: Usage) -> Branch:
    lines, parts = _Lines(usage.bytes * _LEAST, max(_MANY, int(usage.files * _LARGE_SHARE))), usage.parts
    only = parts[0] if len(parts) == 1 else None
    branches = [lines.of(part) for part in parts]
    if only and only.kind in _GROUPED:
        branches = [Branch(size(part.bytes), part.name or "", _files(part.files)) for part in only.parts]
    elif only and only.kind == REST:
        branches = lines.of_all(only.parts)
    return Branch(size(usage.bytes), _line(usage.path), f"{_limits(usage)}, {_number(usage)}", branches)


def _number(usage: Usage) -> str:
    """How many files there are, and how many more there may be where that is near."""
    if usage.quota_files is not None and usage.used_files is not None:
        return f"{usage.used_files:,} of {usage.quota_files:,} files"
    few = usage.free_files is not None and usage.free_files < usage.files * _LARGE_SHARE
    return _files(usage.files) + (f", room for {usage.free_files:,} more on its disk" if few else "")


def _files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _limits(usage: Usage) -> str:
    """How much room is left: in the quota, or on the disk where that is less or there is no quota."""
    if usage.quota_bytes is None or usage.used_bytes is None:
        return f"{size(usage.free_bytes)} of {size(usage.total_bytes)} free on its disk"
    left, quota = usage.quota_bytes - usage.used_bytes, size(usage.quota_bytes)
    words = f"over your quota of {quota}" if left <= 0 else f"{size(left)} left of {quota}"
    if usage.quota_source == "system":
        words = f"{words}, of which {size(usage.used_bytes)} are used"
    return words if usage.free_bytes >= max(left, 0) else f"{words}, and {size(usage.free_bytes)} on its disk"


class _Lines(NamedTuple):
    """Which parts have a line of their own: of `least` bytes. `many` is how many files are worth a word."""

    least: float
    many: int

    def of(self, part: Part) -> Branch:
        """The line of a part, with those below it."""
        if part.kind == REST and part.path and not part.name:
            return Branch(size(part.bytes), f"{_line(part.path)} itself", self._note(part))
        if part.name or part.kind not in _TITLES:
            while part.parts and part.parts[0].bytes > _NEARLY_ALL * part.bytes:
                part = part.parts[0]
            return Branch(size(part.bytes), _name(part), self._note(part), self.of_all(part.parts))
        inner = () if part.kind in _ALL else part.parts
        return Branch(size(part.bytes), _TITLES[part.kind], self._note(part), self.of_all(inner))

    def of_all(self, parts: Sequence[Part]) -> list[Branch]:
        """A line for each that is large enough, and one for all others if they are so together."""
        large = [part for part in parts if part.bytes >= self.least or (part.kind == KERNELS and part.name)][:_MOST]
        small = [part for part in parts if part not in large]
        branches = [self.of(part) for part in large]
        if branches and (rest := sum(part.bytes for part in small)) >= self.least:
            branches.append(Branch(size(rest), f"{len(small)} more"))
        return branches

    def _note(self, part: Part) -> str:
        shared = f"and {size(part.shared_bytes)} shared" if part.shared_bytes else ""
        known = _NOTES.get(part.kind, "") if not part.name or part.kind == SHARED else ""
        return ", ".join(filter(None, (known, shared, _files(part.files) if part.files >= self.many else "")))


def _name(part: Part) -> str:
    if part.kind == KERNELS:
        return part.name or ""
    return _line(part.path) if part.path else part.name or part.kind


def _what(one: Large) -> str:
    count = len(one.companions)
    return f"{one.kind}, with {_files(count)} that {'belongs' if count == 1 else 'belong'} to it" if count else one.kind


def _suggested(one: Suggestion) -> Iterator[tuple[str, str]]:
    yield "what", f"{size(one.bytes)}  {_line(one.path)}: {one.what}"
    yield "do", Command(one.command)


def _left_out(usage: Usage) -> Iterator[str]:
    if usage.unreadable:
        yield "Not counted, since they could not be read:"
        yield from _some([f"{_line(one.path)}: {one.problem}" for one in usage.unreadable])
    if usage.not_entered:
        yield "Not entered, since they are on other disks or hold the projects' data:"
        yield from _some([_line(path) for path in usage.not_entered])


def _some(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in first(lines, _MOST))
