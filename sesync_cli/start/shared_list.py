"""The list of a project's repositories, which its group keeps in the data directory for all who begin."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import Refused, SesyncError
from sesync_cli.leftovers import written_whole
from sesync_cli.names import few
from sesync_cli.plan import Plan, Report, by_hand
from sesync_cli.put.rights import Folder, OwnMode, share, share_folder

FILE = Path(".sesync/repositories.txt")  # below a data directory

_LARGEST = 100_000  # bytes
_LINE = r"%s\n"
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644  # of what is new there, to which the data directory adds its group's rights


def read_list(directory: Path) -> dict[str, str]:
    """The repositories in the list of this data directory, as they stand there, and each with where that is."""
    at, found = directory / FILE, dict[str, str]()
    for number, line in enumerate(_text(at).splitlines(), 1):
        said = line.partition("#")[0].strip(" \t\ufeff")  # Windows begins a text with that letter
        if said:
            found.setdefault(said, f"line {number} of {at}")
    return found


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
        folder = self.at.parent
        if folder.is_symlink():
            raise Refused(f"{folder} is a link, and nothing is written behind it", hint="Tell its owner.")
        if not folder.is_dir():
            folder.mkdir()
            share_folder(str(folder), OwnMode(_FOLDER_MODE, os.getgid()), Folder.at(str(folder.parent)))
        old = _text(self.at) or f"# The code of {self.project}, a repository on each line, for 'sesync start'."
        text = "\n".join([old.removesuffix("\n"), *self.lines, ""])
        with written_whole(self.at, self.at, _FILE_MODE) as file:
            file.write(text.encode(errors="surrogateescape"))
            share(file.fileno(), OwnMode(_FILE_MODE, os.getgid()), Folder.at(str(folder)))

    def undo(self) -> None:
        # it appears by one rename, as the last thing
        return

    def __str__(self) -> str:
        at, text = shlex.quote(str(self.at)), _text(self.at)
        lines = [f"{by_hand('printf', _LINE, *self.lines)} >> {at}"]
        if text and not text.endswith("\n"):
            lines.insert(0, f"echo >> {at}")
        if not self.at.parent.is_dir():
            lines.insert(0, by_hand("mkdir", self.at.parent))
        return "\n".join(lines)


def _text(at: Path) -> str:
    """What a list says; empty where there is none."""
    if os.path.lexists(at) and not at.is_file():
        raise Refused(f"{at} is no file", hint="Tell its owner.")
    try:
        with at.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SesyncError(f"{at} cannot be read: {error.strerror}", hint="Tell its owner.") from None
    if len(text) > _LARGEST:
        raise Refused(f"{at} is too large for a list of repositories", hint="Tell its owner.")
    return text.decode(errors="surrogateescape")
