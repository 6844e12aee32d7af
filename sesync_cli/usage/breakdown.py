"""What a folder takes, told as a tree of what matters: each byte is counted once, in one branch."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.files.kinds import kind_by_name
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.usage.categories import CACHES, CONDA, KERNELS, PIP, TRASH, UV, UsageContext, is_within, usage_context
from sesync_cli.usage.counting import DATA, GIT, LEFT, REST, Place
from sesync_cli.usage.measuring import Measured, measure
from sesync_cli.usage.request import UsageRequest

SHARED = "shared"


@dataclass(frozen=True)
class Part:
    """A part of what is there. `bytes` are its alone; `shared_bytes` are counted in the part of the kind `shared`."""

    kind: str
    name: str
    path: Path | None
    bytes: int
    shared_bytes: int
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True)
class Large:
    """A large file, and what its name says that it is."""

    path: Path
    bytes: int
    kind: str


@dataclass(frozen=True)
class UncountedFolder:
    """A folder whose files are not counted, and why."""

    path: Path
    problem: str


@dataclass(frozen=True)
class Usage:
    """What a file or folder takes. `quota_bytes` and `used_bytes` are null where there is no quota that is known.

    `told` is true where the system told the quota, and false where it is the site's word; `free` and `total` are those
    of its file system.
    """

    path: Path
    bytes: int
    files: int
    quota_bytes: int | None
    used_bytes: int | None
    told: bool
    free: int
    total: int
    parts: tuple[Part, ...] = ()
    largest: tuple[Large, ...] = ()
    unreadable: tuple[UncountedFolder, ...] = ()
    not_entered: tuple[Path, ...] = ()


def usage_of(request: UsageRequest, caller: Caller, site: Site, watch: Watch) -> Usage:
    """What a file or folder takes, looked at now; the site's quota counts where the system tells none of home."""
    context = usage_context(caller, site)
    one = measure(request, context, watch)
    parts = tuple(_parts(one, context))
    total = sum(part.bytes for part in parts) or one.blocks * 512
    whole_home = str(one.path) == context.home
    quota = one.quota if whole_home or not is_within(str(one.path), context.home) else None
    of_home = (site.home_quota, total) if whole_home and site.home_quota is not None else (None, None)
    limit, used = (quota.limit, quota.used) if quota else of_home
    tally = one.tally
    return Usage(
        one.path,
        total,
        tally.files,
        limit,
        used,
        quota is not None,
        one.free,
        one.total,
        parts,
        tuple(Large(Path(path), count, kind_by_name(os.path.basename(path))) for count, path, _ in tally.largest),
        tuple(UncountedFolder(Path(path), problem) for path, problem in sorted(tally.silent)),
        tuple(Path(path) for path in sorted(tally.not_entered)),
    )


def _parts(one: Measured, context: UsageContext) -> Iterator[Part]:
    """The parts by their kind, the largest first."""
    alone, shared = _bytes(one)
    by_kind: dict[str, list[Part]] = {}
    for (kind, name), count in sorted(alone.items()):
        path = _path(kind, name, one, context)
        part = Part(kind, name if kind == REST else os.path.basename(name), path, count, shared.get((kind, name), 0))
        by_kind.setdefault(KERNELS if kind == SHARED else kind, []).append(part)
    by_kind[REST] = _nested(by_kind.get(REST, []))
    groups = [
        Part(kind, "", None, sum(one.bytes for one in parts), 0, _sorted(parts)) for kind, parts in by_kind.items()
    ]
    yield from _sorted(group for group in groups if group.bytes)


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
        inner.setdefault(above + part.name.removeprefix(above).partition("/")[0], []).append(part)
    alone = {name: ones[0] for name, ones in inner.items() if above and [one.name for one in ones] == [name]}
    return [alone.get(name) or _folder(name, ones) for name, ones in inner.items()]


def _folder(name: str, ones: list[Part]) -> Part:
    path = next((one.path for one in ones if one.name == name), None)
    below = _sorted(_nested((one for one in ones if one.name != name), f"{name}/"))
    return Part(REST, name, path, sum(one.bytes for one in ones), 0, below)


def _path(kind: str, name: str, one: Measured, context: UsageContext) -> Path | None:
    if kind == REST:
        return one.path / name
    if kind in (DATA, GIT, LEFT) or os.path.isabs(name):
        return Path(name)
    if kind == KERNELS:
        return next((kernel.environment for kernel in context.kernels if kernel.name == name), None)
    if kind == CACHES:
        return {UV: context.uv, PIP: context.pip, CONDA: None}.get(name, context.caller.cache / name)
    return context.trash if kind == TRASH else None
