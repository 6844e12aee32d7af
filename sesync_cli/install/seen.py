"""What is installed in a folder at one moment, so that one sees later what came, and what came once more as it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.python.distributions import Package, packages_in

_WRITTEN = ("INSTALLER", "installed-files.txt", "")  # what an installer writes each time, the metadata itself at last


@dataclass(frozen=True)
class Seen:
    """The packages of a folder, and for each when its installer last wrote there."""

    packages: Mapping[str, Package]
    times: Mapping[str, tuple[int, int]]

    def came(self, later: "Seen") -> list[Package]:
        """What is there later and was not, or in another version."""
        return [package for name, package in later.packages.items() if self.packages.get(name) != package]

    def came_again(self, later: "Seen") -> list[Package]:
        """What was there and has been installed once more: a folder whose contents may have changed."""
        same = [package for name, package in later.packages.items() if self.packages.get(name) == package]
        return [package for package in same if self.times[package.name] != later.times[package.name]]


def seen(folders: Iterable[Path]) -> Seen:
    """What is installed in these folders now."""
    packages = packages_in(folders)
    return Seen(packages, {name: _time(package) for name, package in packages.items()})


def _time(package: Package) -> tuple[int, int]:
    """The place and time of the file that its installer wrote last; 0 where nothing tells it."""
    files = [package.metadata / name for name in _WRITTEN] if package.entry == package.metadata else [package.entry]
    for file in files:
        try:
            facts = file.lstat()
        except OSError:
            continue
        return facts.st_ino, facts.st_mtime_ns
    return 0, 0
