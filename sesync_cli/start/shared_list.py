"""The list of a project's repositories, which its group keeps in the data directory for all who begin."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import SesyncError
from sesync_cli.leftovers import written_whole
from sesync_cli.names import few
from sesync_cli.plan import Plan, Report, by_hand
from sesync_cli.put.rights import Folder, OwnMode, share, share_folder

FILE = Path(".sesync/repositories.txt")  # below a data directory

_LARGEST = 100_000  # bytes
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644  # of what is new there, to which the data directory adds its group's rights


def read_list(directory: Path) -> list[str]:
    """The repositories in the list of this data directory, as they stand there; none where there is no list."""
    text = _text(directory / FILE)
    lines = (line.partition("#")[0].strip(" \t\ufeff") for line in text.splitlines())  # Windows begins one so
    return list(dict.fromkeys(filter(None, lines)))


def plan_sharing(
    names: Sequence[str], known: Sequence[str], facts: Sequence[Mapping[str, Any]], project: str, directory: Path
) -> Plan:
    """Add repositories to the list of a data directory; those that it has, and its comments, stay.

    `known` are those that it has, `facts` what programs are told of all.
    """
    at, new = directory / FILE, tuple(one for one in dict.fromkeys(names) if one not in known)
    result = {"project": project, "file": at, "repositories": facts}
    way = f"'{by_hand('sesync', 'start', project)}'"
    if not new:
        return Plan((), f"{way} knows {few(names)} already, from {at}.", result)
    done = f"Whoever types {way} gets {few(new)} from now on. The list is {at}."
    return Plan((AddLines(at, new, project),), done, result, locks=(at,), sweeps=(at.parent,))


@dataclass(frozen=True)
class AddLines:
    """Add lines to a list of a group's, or begin it, whole or not at all, with the rights that its folder gives."""

    at: Path
    lines: tuple[str, ...]
    project: str

    @property
    def doing(self) -> str:
        return "Sharing the list of repositories"

    def do(self, report: Report) -> None:
        if not self.at.parent.is_dir():
            self.at.parent.mkdir()
            own = OwnMode(_FOLDER_MODE, os.getgid())
            share_folder(str(self.at.parent), own, Folder.at(str(self.at.parent.parent)))
        old = _text(self.at) or f"# The code of {self.project}, a repository on each line, for 'sesync start'."
        text = "\n".join([old.removesuffix("\n"), *self.lines, ""])
        with written_whole(self.at, self.at, _FILE_MODE) as file:
            file.write(text.encode(errors="surrogateescape"))
            share(file.fileno(), OwnMode(_FILE_MODE, os.getgid()), Folder.at(str(self.at.parent)))

    def undo(self) -> None:
        # it appears by one rename, as the last thing
        return

    def __str__(self) -> str:
        added = by_hand("printf", r"%s\n", *self.lines)
        return f"{added} >> {shlex.quote(str(self.at))}"


def _text(at: Path) -> str:
    """What a list says; empty where there is none."""
    try:
        with at.open("rb") as file:
            return file.read(_LARGEST).decode(errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SesyncError(f"{at} cannot be read: {error.strerror}", hint="Tell its owner.") from None
