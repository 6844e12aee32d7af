"""How it looks what a folder takes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from sesync_cli.names import as_read, first
from sesync_cli.tree import Branch, Tree
from sesync_cli.usage.breakdown import SHARED, Part, Usage
from sesync_cli.usage.categories import CACHES, KERNELS, LOCAL, TRASH
from sesync_cli.usage.counting import CHECKPOINTS, DATA, GIT, LEFT, REST
from sesync_cli.view import Page, View, size

_TITLES = {
    KERNELS: "kernels",
    CACHES: "caches",
    LOCAL: "packages and programs in ~/.local",
    TRASH: "JupyterLab's trash",
    CHECKPOINTS: "checkpoints of notebooks",
    GIT: "what git keeps of repositories",
    DATA: "data that belongs elsewhere",
    LEFT: "leftovers of runs that were broken off",
    REST: "everything else",
}
_NOTES = {DATA: "'sesync where' says where", SHARED: "by kernels and caches, counted once"}
_ALL = (TRASH, CHECKPOINTS, LEFT)  # kinds that are one line
_CLEANED = (CACHES, *_ALL)  # kinds of which something may go
_MOST = 8  # lines below another
_NEARLY_ALL = 0.95  # of a folder: what takes this much of it stands in its place
_LEAST = 0.01  # of everything: what is smaller has no line of its own, unless it is a kernel


def page(usage: Usage) -> Page:
    """The tree, the largest files, and what is not in either."""
    views: list[View] = [Tree(_top(usage))]
    if usage.largest:
        files = [Branch(size(one.bytes), shown(one.path), one.kind) for one in usage.largest]
        total = sum(one.bytes for one in usage.largest)
        views += ["", Tree(Branch(size(total), "in the largest files", branches=files))]
    if any(part.kind in _CLEANED for part in usage.parts) and shown(usage.path).startswith("~"):
        views += ["", "'sesync usage --clean' asks what of this may go."]
    if left_out := list(_left_out(usage)):
        views += ["", "\n".join(left_out)]
    return Page(views)


def shown(path: Path) -> str:
    """A path on one line, home as ~."""
    return as_read(path, Path(os.path.realpath(os.path.expanduser("~")))).replace("\n", "\\n")


def _top(usage: Usage) -> Branch:
    least = usage.bytes * _LEAST
    parts = usage.parts[0].parts if [part.kind for part in usage.parts] == [REST] else usage.parts
    branches = _branches(parts, least) if parts is not usage.parts else [_branch(part, least) for part in parts]
    return Branch(size(usage.bytes), shown(usage.path), _limits(usage), branches)


def _limits(usage: Usage) -> str:
    """How much room is left: in the quota, or on the disk where that is less or there is no quota."""
    if usage.quota_bytes is None or usage.used_bytes is None:
        return f"{size(usage.free)} of {size(usage.total)} free on its disk"
    left, quota = usage.quota_bytes - usage.used_bytes, size(usage.quota_bytes)
    words = f"over your quota of {quota}" if left <= 0 else f"{size(left)} left of {quota}"
    if usage.told:
        words = f"{words}, of which {size(usage.used_bytes)} are used"
    return words if usage.free >= max(left, 0) else f"{words}, and {size(usage.free)} on its disk"


def _branch(part: Part, least: float) -> Branch:
    if part.name or part.kind not in _TITLES:
        while part.parts and part.parts[0].bytes > _NEARLY_ALL * part.bytes:
            part = part.parts[0]
        return Branch(size(part.bytes), _name(part), _note(part), _branches(part.parts, least))
    inner = () if part.kind in _ALL else part.parts
    return Branch(size(part.bytes), _TITLES[part.kind], _NOTES.get(part.kind, ""), _branches(inner, least))


def _branches(parts: Sequence[Part], least: float) -> list[Branch]:
    """A line for each that is large enough, and one for all others if they are so together."""
    large = [part for part in parts if part.bytes >= least or (part.kind == KERNELS and part.name)][:_MOST]
    small = [part for part in parts if part not in large]
    branches = [_branch(part, least) for part in large]
    if branches and (rest := sum(part.bytes for part in small)) >= least:
        branches.append(Branch(size(rest), f"{len(small)} more"))
    return branches


def _name(part: Part) -> str:
    if part.kind == KERNELS:
        return part.name
    return shown(part.path) if part.path else part.name or part.kind


def _note(part: Part) -> str:
    if part.kind == SHARED:
        return _NOTES[SHARED]
    return f"and {size(part.shared_bytes)} shared" if part.shared_bytes else ""


def _left_out(usage: Usage) -> Iterator[str]:
    if usage.unreadable:
        yield "Not counted, since they could not be read:"
        yield from _some([f"{shown(one.path)}: {one.problem}" for one in usage.unreadable])
    if usage.not_entered:
        yield "Not entered, since they are on other disks or hold the projects' data:"
        yield from _some([shown(path) for path in usage.not_entered])


def _some(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in first(lines, _MOST))
