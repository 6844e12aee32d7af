"""Which files of a home belong elsewhere for their size: what `where` says of them, as far as a glance tells."""

import os
import stat
from dataclasses import dataclass, field

from sesync_cli.files import software
from sesync_cli.files.kinds import Kind, is_data, kind_by_name
from sesync_cli.files.sizes import moves_when_large, sums_up

DATA, CRASHED = "data", "crashed"
_BLOCK = 512  # bytes


@dataclass
class Judge:
    """`large` are bytes of one file, `large_folder` those of the smaller files in a folder; all is below `root`."""

    root: str
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

    def is_store(self, name: str) -> bool:
        """Whether a folder of this name is data as a whole, such as `x.zarr`."""
        return "." in name[1:] and is_data(kind_by_name(name))

    def _is_left_alone(self, folder: str) -> bool:
        """Whether a folder is hidden, or of software, or in such a one."""
        if folder == self.root or not folder.startswith(self.root):
            return False
        if folder not in self._software:
            name = os.path.basename(folder)
            alone = name.startswith(".") or software.is_software(folder)
            self._software[folder] = alone or self._is_left_alone(os.path.dirname(folder))
        return self._software[folder]
