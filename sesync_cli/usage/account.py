"""What a folder takes, told as a tree of what matters: each byte is counted once, in one branch."""

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.errors import NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.files.kinds import kind_by_name
from sesync_cli.plan import Watch
from sesync_cli.quota import Quota, asked
from sesync_cli.usage.places import CACHES, CONDA, KERNELS, PIP, TRASH, UV, Household, is_within, rules
from sesync_cli.usage.walk import DATA, GIT, LEFT, REST, Place, Tally
from sesync_cli.usage.walkers import walk
from sesync_cli.workers import ask

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
class Unreadable:
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
    unreadable: tuple[Unreadable, ...] = ()
    not_entered: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Found:
    """A file or folder as it was found: where its links lead, and what is in it if it is a folder."""

    path: Path
    blocks: int
    free: int
    total: int
    quota: Quota | None
    tally: Tally


def found(path: Path, mine: Household, patience: float, watch: Watch) -> Found:
    """Look at a file or at all that is in a folder; links are followed on the way to it, and not in it."""
    until = time.monotonic() + patience
    facts = ask({path: partial(_facts, path, until)}, until, watch)[path]
    if facts is None:
        words = f"the file server of {path} did not answer within {patience:g} seconds"
        raise NoAnswer(words, hint="Try again in a few minutes.")
    if "error" in facts:
        raise _missing(path, facts["error"]) or _failed(path, os.strerror(facts["error"]))
    root, tally = facts["path"], Tally(files=1)
    if stat.S_ISDIR(facts["mode"]):
        place = _place(root, mine)
        tally = walk(rules(root, facts["device"], mine), place, patience, watch)
        tally.blocks[place] = tally.blocks.get(place, 0) + facts["blocks"]
        if problem := dict(tally.silent).get(root):
            raise _failed(path, problem)
    quota = Quota(*facts["quota"]) if facts["quota"] else None
    return Found(Path(root), facts["blocks"], facts["free"], facts["total"], quota, tally)


def usage_of(one: Found, mine: Household, quota_of_home: int | None) -> Usage:
    """The account of what was found; the site's quota, in bytes, counts where the system tells none of home."""
    parts = tuple(_parts(one, mine))
    total = sum(part.bytes for part in parts) or one.blocks * 512
    whole_home = str(one.path) == os.path.realpath(mine.home)
    quota = one.quota if whole_home or not is_within(str(one.path), os.path.realpath(mine.home)) else None
    of_home = (quota_of_home, total) if whole_home and quota_of_home is not None else (None, None)
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
        tuple(Unreadable(Path(path), problem) for path, problem in sorted(tally.silent)),
        tuple(Path(path) for path in sorted(tally.not_entered)),
    )


def _facts(path: Path, until: float) -> dict[str, Any]:
    try:
        real = os.path.realpath(path, strict=True)
        facts, room = os.lstat(real), os.statvfs(real)
    except OSError as error:
        return {"error": error.errno}
    return {
        "path": real,
        "mode": facts.st_mode,
        "device": facts.st_dev,
        "blocks": facts.st_blocks,
        "free": room.f_bavail * room.f_frsize,
        "total": room.f_blocks * room.f_frsize,
        "quota": tuple(asked(Path(real), until) or ()),
    }


def _missing(path: Path, number: int) -> SesyncError | None:
    if number in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"there is no file or folder {path}", hint="Is it spelt rightly?")
    if number == errno.ELOOP:
        return NotFound(f"{path} is a link that leads in a circle", hint="'ls -l' on it shows where it leads.")
    return None


def _failed(path: Path, problem: str) -> SesyncError:
    if problem in (os.strerror(errno.EACCES), os.strerror(errno.EPERM)):
        return Refused(f"you may not read {path}", hint="'ls -ld' on it shows whose it is.")
    return SesyncError(f"{path}: {problem}", hint="Its disk or file server has a problem: tell support.")


def _place(root: str, mine: Household) -> Place:
    """What the files of the root itself count as: it may be a kernel or a cache, or in one."""
    known = rules(root, 0, mine).known
    above = (str(folder) for folder in (Path(root), *Path(root).parents))
    return next((known[folder] for folder in above if folder in known), (REST, ""))


def _parts(one: Found, mine: Household) -> Iterator[Part]:
    """The parts by their kind, the largest first."""
    alone, shared = _bytes(one)
    by_kind: dict[str, list[Part]] = {}
    for (kind, name), count in sorted(alone.items()):
        path = _path(kind, name, one, mine)
        part = Part(kind, name if kind == REST else os.path.basename(name), path, count, shared.get((kind, name), 0))
        by_kind.setdefault(KERNELS if kind == SHARED else kind, []).append(part)
    by_kind[REST] = _nested(by_kind.get(REST, []))
    groups = [
        Part(kind, "", None, sum(one.bytes for one in parts), 0, _sorted(parts)) for kind, parts in by_kind.items()
    ]
    yield from _sorted(group for group in groups if group.bytes)


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: -part.bytes))


def _bytes(one: Found) -> tuple[dict[Place, int], dict[Place, int]]:
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


def _nested(parts: list[Part]) -> list[Part]:
    """Folders with those in them: `work` with `work/notebooks`."""
    inner: dict[str, list[Part]] = {}
    for part in parts:
        inner.setdefault(part.name.partition("/")[0], []).append(part)
    return [_folder(name, ones) for name, ones in inner.items()]


def _folder(name: str, ones: list[Part]) -> Part:
    path = next((one.path for one in ones if one.name == name), None)
    below = _sorted(one for one in ones if one.name != name)
    return Part(REST, name, path, sum(one.bytes for one in ones), 0, below)


def _path(kind: str, name: str, one: Found, mine: Household) -> Path | None:
    if kind == REST:
        return one.path / name
    if kind in (DATA, GIT, LEFT) or os.path.isabs(name):
        return Path(name)
    if kind == KERNELS:
        return next((kernel.environment for kernel in mine.kernels if kernel.name == name), None)
    if kind == CACHES:
        return {UV: mine.uv, PIP: mine.pip, CONDA: None}.get(name, mine.cache / name)
    return mine.data / "Trash" if kind == TRASH else None
