"""The largest files that were seen, those of one data set as one."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from sesync_cli.files.datasets import DataSet, sets_by_member
from sesync_cli.files.inspection import kind_inside
from sesync_cli.files.kinds import kind_by_name
from sesync_cli.plan import Watch
from sesync_cli.workers import ask

_SHOWN = 10


@dataclass(frozen=True)
class Large:
    """A large file, and what it is; `companions` are the files beside it that are counted with it, by their names."""

    path: Path
    bytes: int
    kind: str
    companions: tuple[str, ...] = ()


def largest_of(found: Sequence[tuple[int, str, int]], patience: float, watch: Watch) -> tuple[Large, ...]:
    """The largest of these files, the largest first; where the server falls silent, each is what its name says."""
    if not found:
        return ()
    until = time.monotonic() + patience
    answer = ask({Path(): partial(_look, found)}, until, watch)[Path()]
    told = answer if answer is not None else [(path, size, _named(path), ()) for size, path, _ in found]
    whole = {path: Large(Path(path), size, kind, tuple(parts)) for path, size, kind, parts in told}
    return tuple(sorted(whole.values(), key=lambda one: -one.bytes)[:_SHOWN])


def _look(found: Sequence[tuple[int, str, int]]) -> list[tuple[str, int, str, tuple[str, ...]]]:
    return list(_looked_at(found))


def _looked_at(found: Sequence[tuple[int, str, int]]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
    sets = cache(_sets)
    for size, path, _ in found:
        folder, name = os.path.split(path)
        whole = sets(folder).get(name)
        if whole:
            path = os.path.join(folder, whole.main)
            yield path, _size(folder, whole), whole.kind or _kind(path), whole.parts
        else:
            yield path, size, _kind(path), ()


def _sets(folder: str) -> dict[str, DataSet]:
    with suppress(OSError):  # too long for the system, or gone
        return sets_by_member(folder)
    return {}


def _size(folder: str, whole: DataSet) -> int:
    size = 0
    for name in whole.names:
        with suppress(OSError):
            size += os.lstat(os.path.join(folder, name)).st_blocks * 512
    return size


def _kind(path: str) -> str:
    try:
        return kind_inside(path).value
    except OSError:
        return _named(path)


def _named(path: str) -> str:
    return kind_by_name(os.path.basename(path)).value
