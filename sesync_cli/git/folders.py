"""What is in a home and in the folders in it: work trees, and links. No mounted folder is entered, no link followed."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sesync_cli.directory import mounts

WALK = 2.0
"""Seconds after which no further folder is entered."""

_MOST = 10_000  # entries of a folder in home that are looked at


@dataclass
class InHome:
    """The paths of work trees, and of links."""

    clones: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def look_through(home: str) -> InHome:
    """What is there, as far as one comes in the time that a walk may take."""
    until = time.monotonic() + WALK
    found, real = InHome(), os.path.realpath(home)
    mounted = {os.path.join(home, os.path.relpath(place, real)) for place in map(str, mounts())}

    def folders_in(folder: str, most: int | None) -> list[str]:
        """The folders in it that are not hidden and no work trees, by name; those and links are noted."""
        inner: list[str] = []
        for entry in _entries(folder, most):
            if entry.is_symlink():
                found.links.append(entry.path)
            elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.path not in mounted:
                (found.clones if os.path.lexists(os.path.join(entry.path, ".git")) else inner).append(entry.path)
        return sorted(inner)

    for folder in folders_in(home, None):
        if time.monotonic() < until:
            folders_in(folder, _MOST)
    return found


def _entries(folder: str, most: int | None) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from islice(entries, most)
    except OSError:
        return


def work_trees(home: str) -> list[str]:
    """The names of the work trees in a home itself; what a link leads to may be on a server that hangs."""
    folders = [one for one in _entries(home, None) if one.is_dir(follow_symlinks=False)]
    return sorted(one.name for one in folders if os.path.lexists(os.path.join(one.path, ".git")))
