"""What a folder takes, divided into parts: each byte is counted once, in one of them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.usage.categories import KERNELS, PIP, TRASH, UV, UsageContext
from sesync_cli.usage.counting import CACHES, GIT, LEFT, REST, Place
from sesync_cli.usage.grouping import AGE, OWNER, group_name
from sesync_cli.usage.judging import CRASHED, DATA
from sesync_cli.usage.measuring import Measured

SHARED = "shared"


@dataclass(frozen=True)
class Part:
    """A part of what is there, of so many files and folders.

    `bytes` are its alone; `shared_bytes` are counted in the part of the kind `shared`.
    """

    kind: str
    name: str | None
    path: Path | None
    bytes: int
    shared_bytes: int
    files: int
    parts: tuple["Part", ...] = ()


def parts_of(one: Measured, context: UsageContext) -> Iterator[Part]:
    """The parts by their kind, the largest first."""
    alone, shared = _bytes(one)
    names = Counter(one.tally.names)
    names.update({place: sum(seen.values()) for place, seen in one.tally.links.items()})
    by_kind: dict[str, list[Part]] = {}
    for (kind, name), count in sorted(alone.items()):
        path = _path(kind, name, one, context)
        called = name if kind == REST else group_name((kind, name)) if kind in (OWNER, AGE) else os.path.basename(name)
        part = Part(kind, called or None, path, count, shared.get((kind, name), 0), names[kind, name])
        by_kind.setdefault(KERNELS if kind == SHARED else kind, []).append(part)
    by_kind[REST] = _nested(by_kind.get(REST, []))
    groups = [_sum(kind, None, None, parts if kind == AGE else _sorted(parts)) for kind, parts in by_kind.items()]
    yield from _sorted(group for group in groups if group.bytes)


def _sum(kind: str, name: str | None, path: Path | None, parts: Sequence[Part], more: Iterable[Part] = ()) -> Part:
    """A part that stands for these, and for more that are not told by themselves."""
    whole = (*parts, *more)
    return Part(kind, name, path, sum(one.bytes for one in whole), 0, sum(one.files for one in whole), tuple(parts))


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: -part.bytes))


def _bytes(one: Measured) -> tuple[dict[Place, int], dict[Place, int]]:
    """Bytes by place: what is there alone, and what is there and in a kernel or cache besides.

    A file with several names counts for the first of its places, or, if kernels or caches share it, for all of these.
    """
    tally, common = one.tally, (SHARED, "")
    alone = {place: blocks * 512 for place, blocks in tally.blocks.items()}
    first: dict[int, Place] = {}
    again: dict[int, Place] = {}
    for place, seen in sorted(tally.links.items()):
        for inode in seen:
            if first.setdefault(inode, place) is not place:
                again[inode] = place
    packages = (KERNELS, CACHES)
    shared: dict[Place, int] = {}
    for inode, place in again.items():
        if place[0] in packages or first[inode][0] in packages:
            first[inode] = common
    for place, seen in tally.links.items():
        shared[place] = 512 * sum(tally.inodes[inode][0] for inode in seen if first[inode] is common)
    for inode, place in first.items():
        alone[place] = alone.get(place, 0) + 512 * tally.inodes[inode][0]
    return alone, shared


def _nested(parts: Iterable[Part], above: str = "") -> list[Part]:
    """Folders with those in them, `work` with `work/notebooks`; `above` is how the names of all of them begin."""
    inner: dict[str, list[Part]] = {}
    for part in parts:
        inner.setdefault(above + (part.name or "").removeprefix(above).partition("/")[0], []).append(part)
    alone = {name: ones[0] for name, ones in inner.items() if above and [one.name for one in ones] == [name]}
    return [alone.get(name) or _folder(name, ones) for name, ones in inner.items()]


def _folder(name: str, ones: list[Part]) -> Part:
    own = [one for one in ones if (one.name or "") == name]
    below = _sorted(_nested((one for one in ones if one not in own), f"{name}/"))
    return _sum(REST, name or None, own[0].path if own else None, below, own)


def _path(kind: str, name: str, one: Measured, context: UsageContext) -> Path | None:
    if kind == REST:
        return one.path / name
    if kind in (OWNER, AGE):
        return None
    if kind in (DATA, GIT, LEFT, CRASHED) or os.path.isabs(name):
        return Path(name)
    if kind == KERNELS:
        return next((kernel.environment for kernel in context.kernels if kernel.name == name), None)
    if kind == CACHES:
        return {UV: context.uv, PIP: context.pip}.get(name, context.caller.cache / name)
    return context.trash if kind == TRASH else None
