"""What git has of the files in a folder."""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sesync_cli.errors import SesyncError
from sesync_cli.git.client import GitFailed, ask_git


class Git(StrEnum):
    """What git has of a file: it is in the next commit already, it is new to git, or git leaves it alone."""

    TRACKED = "tracked"
    NEW = "new"
    IGNORED = "ignored"


@dataclass(frozen=True)
class TrackedFiles:
    """What `git ls-files` says below a folder; nothing is known where git did not answer."""

    folder: str
    known: bool = False
    tracked: frozenset[str] = field(default_factory=frozenset)
    new: frozenset[str] = field(default_factory=frozenset)

    def of(self, path: str) -> Git | None:
        """What git has of a file below the folder."""
        if not self.known:
            return None
        name = os.path.relpath(path, self.folder)
        if name in self.tracked:
            return Git.TRACKED
        return Git.NEW if name in self.new else Git.IGNORED


def tree_of(folder: str, seconds: float, only: str = "") -> TrackedFiles:
    """What git has of the files of a work tree that are in this folder and below it, or of one of them."""
    try:
        tracked, new = (_files(folder, seconds, only, *words) for words in ((), ("--others", "--exclude-standard")))
    except (GitFailed, SesyncError, OSError):
        return TrackedFiles(folder)
    return TrackedFiles(folder, True, tracked, new)


def _files(folder: str, seconds: float, only: str, *words: str) -> frozenset[str]:
    said = ask_git(["ls-files", "-z", *words, "--", *filter(None, [only])], Path(folder), seconds=seconds)
    if said.code:
        raise GitFailed(said.err)
    return frozenset(said.out.split("\0"))
