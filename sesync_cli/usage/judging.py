"""Which files of a home belong elsewhere for their size: what `where` says of them, as far as a glance tells."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from sesync_cli.files import software
from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.sizes import moves_when_large, sums_up
from sesync_cli.files.stores import kind_by_end, plain_marks

DATA, CRASHED = "data", "crashed"
_BLOCK = 512  # bytes
_MANY = 1000  # entries of a folder among which a mark may not be one of the first
_FEW = 3  # entries that tell for all
_MARKS, _NAME = plain_marks(), attrgetter("name")


@dataclass
class Judge:
    """`large` are bytes of one file, `large_folder` those of the smaller files in a folder; all is below `root`.

    `home` is the home's real path.
    """

    root: str
    home: str
    large: int
    large_folder: int
    _software: dict[str, bool] = field(default_factory=dict)

    def group_of(self, path: str) -> str:
        """What a large file counts as: `DATA`, `CRASHED`, or nothing of its own where it is in its place."""
        # imported here since few files are large
        from sesync_cli.files.inspection import kind_inside

        if self._is_left_alone(os.path.dirname(path)):
            return ""
        try:
            kind = kind_inside(path)
        except OSError:
            kind = kind_by_name(os.path.basename(path))
        if moves_when_large(kind):
            return DATA
        # that alone is known by the contents, and not by a name
        return CRASHED if kind == Kind.TEMPORARY and kind_by_name(os.path.basename(path)) != kind else ""

    def together(self, path: str, folder: int, least: int) -> list[int]:
        """The blocks of each file in an open folder that has less than so many, if they are large together."""
        if self._is_left_alone(path):
            return []
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    facts = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                small = stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1 and facts.st_blocks < least
                if small and sums_up(kind_by_name(entry.name)):
                    found.append(facts.st_blocks)
        return found if sum(found) * _BLOCK >= self.large_folder else []

    def may_be_store(self, path: str, first: list["os.DirEntry[str]"]) -> bool:
        """Whether a folder with these entries, or as many of them as one looks at once, may be one thing."""
        # nearly every folder is none: only names are compared, and those of parts have most of them alike
        if not _MARKS.isdisjoint(map(_NAME, first)) or ("." in path[path.rfind("/") :] and kind_by_end(path)):
            return True
        for entry in first[:_FEW]:
            if "=" in entry.name or "part" in entry.name:
                return True
        return len(first) >= _MANY and any(os.path.lexists(f"{path}/{mark}") for mark in _MARKS)

    def is_store(self, path: str, alive: Callable[[], object]) -> bool:
        """Whether a folder is large data as a whole, such as `x.zarr`, and all of it can be seen."""
        # imported here since few folders are asked for
        from sesync_cli.where.one_thing import one_thing

        if self._is_left_alone(path):
            return False
        try:
            looking = one_thing(path, path, os.listdir(path), self._is_ground)
            while True:
                next(looking)
                alive()
        except StopIteration as end:
            thing = end.value
            return bool(thing and not thing.closed and thing.bytes > self.large)
        except OSError:
            return False

    def _is_ground(self, folder: str) -> bool:
        return f"{self.home}/".startswith(f"{folder}/")

    def _is_left_alone(self, folder: str) -> bool:
        """Whether a folder is hidden, or of software, or in such a one."""
        if folder == self.root or not folder.startswith(self.root):
            return False
        if folder not in self._software:
            name = os.path.basename(folder)
            alone = name.startswith(".") or software.is_software(folder)
            self._software[folder] = alone or self._is_left_alone(os.path.dirname(folder))
        return self._software[folder]
