"""What folders hold: every file looked at once, and counted where it belongs. Plain values only: processes share them.

A folder is opened from the one above where its path is too long for the system, and no link is ever followed. Blocks
are of 512 bytes, as `du` counts them.
"""

import errno
import heapq
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sesync_cli.disk import PARTIAL
from sesync_cli.usage.judging import DATA, Judge

Place = tuple[str, str]
"""What something counts as: a group (`KERNELS`, ...), and which one of it."""
Todo = tuple[str, Place]
"""A folder that has yet to be looked into."""

REST, GIT, CHECKPOINTS, LEFT, CACHES = "rest", "git", "checkpoints", "leftovers", "caches"
KEPT = 40  # of the largest files: some may be one thing with others
_LARGE = 5_000_000  # bytes of a file that may be among these
_BATCH = 1000  # files between two signs of life
_LONGEST = 4000  # bytes of a path that every system takes
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TYPE, _DIRECTORY = 0o170000, 0o040000  # of a file's mode
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # removed, or replaced by something else, while we were on the way


@dataclass(frozen=True)
class Categories:
    """What counts as what below a root: folders by their path, and `closed` ones, which are not entered or touched.

    `device` is the root's file system; `judge` tells data that belongs elsewhere, None where all is in its place.
    `depth` are the folders below the root, one in the other, that are counted by themselves. `caches` are names of
    folders that are caches wherever they stand. `grouping` has every file count as what it says, and nothing else.
    """

    root: str
    device: int
    known: Mapping[str, Place]
    closed: frozenset[str] = frozenset()
    judge: Judge | None = None
    depth: int = 0
    caches: frozenset[str] = frozenset()
    grouping: Callable[[os.stat_result], Place] | None = None


@dataclass
class Tally:
    """What was found. `names` is how many files and folders with one name each place has.

    `blocks` are those of each place, but for files with several names: their inodes are in `links` by place, with how
    many of their names were seen there, and in `inodes`, with their blocks and all names' number.

    `largest` are (bytes, path, inode), the inode 0 for files with one name; `checkpoints` are (path, inode, time of
    change, blocks), the blocks 0 for files with several names; `silent` are folders that could not be read, and why.
    """

    files: int = 0
    names: dict[Place, int] = field(default_factory=dict)
    blocks: dict[Place, int] = field(default_factory=dict)
    links: dict[Place, dict[int, int]] = field(default_factory=dict)
    inodes: dict[int, tuple[int, int]] = field(default_factory=dict)
    largest: list[tuple[int, str, int]] = field(default_factory=list)
    checkpoints: list[tuple[str, int, int, int]] = field(default_factory=list)
    silent: list[tuple[str, str]] = field(default_factory=list)
    not_entered: list[str] = field(default_factory=list)

    def plain(self) -> tuple[Any, ...]:
        """The same as plain values."""
        return tuple(vars(self).values())

    def add(self, other: "Tally") -> None:
        """Count what somebody else has found elsewhere."""
        self.files += other.files
        for place, blocks in other.blocks.items():
            self.put(place, blocks, other.names.get(place, 0))
        for place, seen in other.links.items():
            mine = self.links.setdefault(place, {})
            if mine:
                seen = {inode: names + mine.get(inode, 0) for inode, names in seen.items()}
            mine.update(seen)
        self.inodes.update(other.inodes)
        once = {inode or path: (count, path, inode) for count, path, inode in (*other.largest, *self.largest)}
        self.largest = heapq.nlargest(KEPT, once.values())
        self.checkpoints += other.checkpoints
        self.silent += other.silent
        self.not_entered += other.not_entered

    def put(self, place: Place, blocks: int, names: int = 1) -> None:
        """Count something in its place."""
        self.blocks[place] = self.blocks.get(place, 0) + blocks
        self.names[place] = self.names.get(place, 0) + names


class Counter:
    """Looks into folders, for a while at a time."""

    def __init__(self, categories: Categories, alive: Callable[[int], object]) -> None:
        self.categories, self.alive = categories, alive
        self.tally = Tally()
        self.pending: list[Todo] = []
        self.judge, self.grouping = categories.judge, categories.grouping
        large = self.judge.large if self.judge else _LARGE
        self.least = min(_LARGE, large) // 512  # blocks of a file that needs a second look
        self.doors = {os.path.dirname(path) for path in categories.closed}  # the folders that hold closed ones

    def turn(self, todo: list[Todo], seconds: float) -> list[Todo]:
        """Look into these folders and those in them until the time is over; what is still to do."""
        self.pending, until = todo, time.monotonic() + seconds
        while self.pending and time.monotonic() < until:
            path, place = self.pending.pop()
            try:
                self._look(path, place)
            except OSError as error:
                if error.errno not in _GONE:
                    self.tally.silent.append((path, error.strerror or ""))
        return self.pending

    def _look(self, path: str, place: Place) -> None:
        folder = open_folder(path)
        try:
            with os.scandir(folder) as entries:
                shown = self._open_ones(path, entries) if path in self.doors else entries
                total, judge, batch = 0, self.judge if place[0] == REST else None, list(islice(shown, _BATCH))
                if judge and judge.may_be_store(path, batch) and judge.is_store(path, self._sign):
                    self.tally.put(place, -(own := os.fstat(folder).st_blocks), -1)
                    place, judge = (DATA, path), None
                    self.tally.put(place, own)
                while batch:
                    total += self._count(path, place, batch)
                    self._sign()
                    batch = list(islice(shown, _BATCH))
            if judge and total * 512 >= judge.large_folder and (small := judge.together(path, folder, self.least)):
                self.tally.put(place, -sum(small), -len(small))
                self.tally.put((DATA, path), sum(small), len(small))
        finally:
            os.close(folder)

    def _sign(self) -> None:
        self.alive(self.tally.files)

    def _open_ones(self, path: str, entries: Iterator["os.DirEntry[str]"]) -> Iterator["os.DirEntry[str]"]:
        for entry in entries:
            if (there := os.path.join(path, entry.name)) in self.categories.closed:
                self.tally.not_entered.append(there)
            else:
                yield entry

    def _count(self, path: str, place: Place, batch: list["os.DirEntry[str]"]) -> int:
        """Count these entries of a folder; the blocks of those that count as it does."""
        # half a million files come by here: what is rare is dealt with elsewhere
        total, others, least, ordinary = 0, 0, self.least, place[0] != CHECKPOINTS and not self.grouping
        for entry in batch:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                others += 1
                continue
            blocks = facts.st_blocks
            if facts.st_mode & _TYPE == _DIRECTORY:
                others += 1
                self._enter(os.path.join(path, entry.name), entry.name, place, facts)
            elif facts.st_nlink == 1 and blocks < least and ordinary:
                total += blocks
            else:
                others += 1
                self._remember(path, entry.name, place, facts)
        self.tally.files += len(batch)
        self.tally.put(place, total, len(batch) - others)
        return total

    def _remember(self, path: str, name: str, place: Place, facts: os.stat_result) -> None:
        """Count a file that has several names, is large or is a checkpoint, or whose facts say what it counts as."""
        tally, blocks = self.tally, facts.st_blocks
        if blocks >= self.least:
            place = self._large(path, name, place, facts)
        if self.grouping:
            place = self.grouping(facts)
        if facts.st_nlink == 1:
            tally.put(place, blocks)
        else:
            seen = tally.links.get(place)
            if seen is None:
                seen = tally.links[place] = {}
            seen[facts.st_ino] = seen.get(facts.st_ino, 0) + 1
            tally.inodes[facts.st_ino] = blocks, facts.st_nlink
        if place[0] == CHECKPOINTS:
            alone = blocks if facts.st_nlink == 1 else 0
            tally.checkpoints.append((os.path.join(path, name), facts.st_ino, facts.st_mtime_ns, alone))

    def _enter(self, path: str, name: str, place: Place, facts: os.stat_result) -> None:
        if facts.st_dev != self.categories.device:
            self.tally.not_entered.append(path)
            return
        inner = self.grouping(facts) if self.grouping else self._place(path, name, place)
        self.tally.put(inner, facts.st_blocks)
        self.pending.append((path, inner))

    def _place(self, path: str, name: str, place: Place) -> Place:
        """What the files in a folder count as, by its path, by its name, or because it is in another."""
        if name.startswith(PARTIAL):
            return LEFT, path
        found = self.categories.known.get(path)
        if found or place[0] != REST:
            return found or place
        if name == ".git":
            return GIT, os.path.dirname(path)
        if name == ".ipynb_checkpoints":
            return CHECKPOINTS, ""
        if name in self.categories.caches:
            return CACHES, path
        below = path[len(self.categories.root.rstrip("/")) + 1 :]
        return (REST, below) if below.count("/") < self.categories.depth else place

    def _large(self, path: str, name: str, place: Place, facts: os.stat_result) -> Place:
        """Remember a large file, by the first of its names; what it counts as."""
        heap, count = self.tally.largest, facts.st_blocks * 512
        inode = facts.st_ino if facts.st_nlink > 1 else 0
        if count >= _LARGE and inode not in self.tally.inodes:
            heapq.heappush(heap, (count, os.path.join(path, name), inode))
            if len(heap) > KEPT:
                heapq.heappop(heap)
        if place[0] == REST and self.judge and count >= self.judge.large:
            group = self.judge.group_of(os.path.join(path, name))
            if group:
                return group, path if group == DATA else os.path.join(path, name)
        return place


def open_folder(path: str) -> int:
    """A folder, opened for reading however long its path is."""
    whole, names = path, []
    while len(os.fsencode(whole)) > _LONGEST:
        whole, _, name = whole.rpartition("/")
        names.append(name)
    folder = os.open(whole, _FOLDER)
    for name in reversed(names):
        above = folder
        try:
            folder = os.open(name, _FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return folder
