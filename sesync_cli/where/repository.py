"""What git has of the files in a folder."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sesync_cli.errors import NoAnswer, NotReady
from sesync_cli.run import ProgramFailed, run

# a repository may name a program that is to watch its files: it is somebody else's, and is not run
_GIT = ("git", "-c", "core.fsmonitor=false", "--literal-pathspecs")


class Git(StrEnum):
    """What git has of a file: it is in the next commit already, it is new to git, or git leaves it alone."""

    TRACKED = "tracked"
    NEW = "new"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Tree:
    """What `git ls-files` says below a folder; nothing is known where git did not answer."""

    folder: str
    known: bool = False
    tracked: frozenset[str] = field(default_factory=frozenset)
    new: frozenset[str] = field(default_factory=frozenset)

    def of(self, path: str) -> Git | None:
        """What git has of a file below the folder."""
        if not self.known:
            return None
        name = _key(os.path.relpath(path, self.folder))
        if name in self.tracked:
            return Git.TRACKED
        return Git.NEW if name in self.new else Git.IGNORED


def tree_of(folder: str, seconds: float, only: str = "") -> Tree:
    """What git has of the files of a work tree that are in this folder and below it, or of one of them."""
    try:
        tracked, new = (_files(folder, seconds, only, *words) for words in ((), ("--others", "--exclude-standard")))
    except (ProgramFailed, NoAnswer, NotReady, OSError):
        return Tree(folder)
    return Tree(folder, True, tracked, new)


def _files(folder: str, seconds: float, only: str, *words: str) -> frozenset[str]:
    said = run([*_GIT, "ls-files", "-z", *words, "--", *([only] if only else [])], cwd=Path(folder), seconds=seconds)
    return frozenset(said.out.split("\0"))


def _key(name: str) -> str:
    # what `run` makes of bytes that are no text
    return os.fsencode(name).decode(errors="replace")
