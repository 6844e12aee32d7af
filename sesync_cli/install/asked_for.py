"""Which packages somebody asks for, and the step that remembers it of those that are there already, as pip does."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.install.lists import Lists
from sesync_cli.install.request import InstallRequest, package_name
from sesync_cli.leftovers import written_whole
from sesync_cli.plan import Report, Step
from sesync_cli.python.distributions import Package, packages_in, source_of

_MARK = "REQUESTED"
_EMPTY = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"  # the digest and size of an empty file, as pip has them


def names_in(request: InstallRequest, lists: Lists) -> list[str]:
    """The names of packages in a request and its lists."""
    return [*request.names, *filter(None, map(package_name, lists.names))]


def asked_for(request: InstallRequest, lists: Lists, packages: Iterable[Package]) -> list[Package]:
    """Those of these packages that are asked for, by name or as the folder that they are from."""
    names, folders = set(names_in(request, lists)), set(map(os.path.realpath, request.folders))
    return [one for one in packages if one.name in names or os.path.realpath(source_of(one) or os.devnull) in folders]


def is_marked(package: Package) -> bool:
    """Whether its installer has noted that somebody asked for this package by its name (PEP 376)."""
    return (package.metadata / _MARK).exists()


def marking(folder: Path | None, names: Iterable[str]) -> tuple[Step, ...]:
    """The step that marks those of these packages that are in the folder now, if it is needed."""
    found = _unmarked(folder, names) if folder else []
    return (MarkAskedFor(found[0].place, tuple(one.name for one in found)),) if found else ()


def _unmarked(folder: Path, names: Iterable[str]) -> list[Package]:
    """Those of these packages in a folder that could be marked, and are not."""
    there = packages_in([folder])
    found = [there[name] for name in dict.fromkeys(names) if name in there]
    return [one for one in found if (one.metadata / "RECORD").is_file() and not is_marked(one)]


@dataclass(frozen=True)
class MarkAskedFor:
    """Mark packages in a folder as asked for by name; an installer leaves out what it finds there already."""

    folder: Path
    names: tuple[str, ...]
    doing: str = "Keeping in mind what was asked for"
    marked: list[Package] = field(default_factory=list, compare=False)

    def do(self, report: Report) -> None:
        for package in _unmarked(self.folder, self.names):
            self.marked.append(package)
            record, mark = package.metadata / "RECORD", package.metadata / _MARK
            lines = record.read_bytes()
            line = f"{package.metadata.name}/{_MARK},{_EMPTY}\n".encode()
            with written_whole(record, self.folder, record.stat().st_mode & 0o777) as file:
                file.write(lines + (b"" if lines.endswith(b"\n") or not lines else b"\n") + line)
            mark.touch()

    def undo(self) -> None:
        for package in self.marked:
            (package.metadata / _MARK).unlink(missing_ok=True)  # a RECORD may name a file that is not there

    def __str__(self) -> str:
        return f"# asked for by name from now on: {', '.join(self.names)}"
