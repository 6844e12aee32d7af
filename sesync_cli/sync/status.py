"""How a working copy stands: on which branch, and what is changed in it, as git tells it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from sesync_cli.git.client import ask_git
from sesync_cli.plan import by_hand
from sesync_cli.sync.submodules import is_earlier
from sesync_cli.sync.working_copy import WorkingCopy, unreadable_copy

_FIELDS = {"1": 8, "u": 10}  # how many words stand before the path in a line of this kind
INSIDE = "submodule with changes inside"
REPOSITORY = "repository of its own"
BEHIND = "submodule at an earlier state"
_STATUS = (
    *("status", "--porcelain=v2", "--branch", "--show-stash", "-z", "--no-renames"),
    *("--untracked-files=normal", "--ignore-submodules=none"),
)
_FILE = "100"  # how git's modes of files begin
RIGHTS = "only its rights"
_MOVED = "submodule"


@dataclass(frozen=True)
class Change:
    """A path that is not as in the last commit; an untracked folder counts as one, and ends in a slash.

    `staged` is what `git add` was told: all of the change, a part of it, or nothing. Of a submodule, `commit` is the
    one that belongs there, and `is_edited` says that files are changed inside.
    """

    path: str
    kind: str
    staged: str = field(default="", metadata={"values": ("", "part", "all")})
    tracked: bool = True
    commit: str = ""
    is_edited: bool = False


@dataclass(frozen=True)
class Status:
    """The commit and the branch that are checked out, and the changes; empty where there is none.

    `stashes` is how many changes are put away with `git stash`; git tells it since 2.35.
    """

    commit: str
    branch: str
    changes: tuple[Change, ...]
    stashes: int = 0

    @property
    def own(self) -> list[Change]:
        """The changes that somebody made here: not those of submodules that were only not brought along."""
        return [change for change in self.changes if change.kind != BEHIND]

    @property
    def conflicts(self) -> list[str]:
        return [change.path for change in self.changes if change.kind == "in conflict"]


def status(copy: WorkingCopy) -> Status:
    """How this working copy stands now."""
    said = ask_git(_STATUS, copy.top, writes=True)  # not git itself writes: a filter of the person's, which may
    if said.code:
        raise unreadable_copy(copy.top, said.err)
    stands = parsed(said.out)
    changes = [_looked_into(copy, change) for change in stands.changes]
    if any(change.kind == RIGHTS for change in changes):
        changes = _with_contents(copy, changes)
    return replace(stands, changes=tuple(changes))


def parsed(text: str) -> Status:
    """What `git status --porcelain=v2 --branch -z` printed."""
    lines = text.split("\0")
    heads = dict(line.removeprefix("# branch.").split(" ", 1) for line in lines if line.startswith("# branch."))
    commit, branch = heads.get("oid", ""), heads.get("head", "")
    return Status(
        "" if commit == "(initial)" else commit,
        "" if branch == "(detached)" else branch,
        tuple(_changes(lines)),
        next((int(line.removeprefix("# stash ")) for line in lines if line.startswith("# stash ")), 0),
    )


def _changes(lines: list[str]) -> Iterator[Change]:
    for line in lines:
        kind = line[:1]
        if kind == "?":
            yield Change(line[2:], "new", tracked=False)
        elif kind in _FIELDS:
            *facts, path = line.split(" ", _FIELDS[kind])
            yield Change(path, "in conflict") if kind == "u" else _tracked(facts, path)


def _tracked(facts: list[str], path: str) -> Change:
    in_index, in_folder = facts[1][0], facts[1][1]
    staged = "" if in_index == "." else "all" if in_folder == "." else "part"
    if facts[2].startswith("S"):
        # a submodule: another commit of it can be committed here, what was written inside of it cannot
        return Change(
            path, _MOVED if facts[2][1] == "C" or staged else INSIDE, staged, commit=facts[7], is_edited="M" in facts[2]
        )
    if in_folder == "D" or (in_index, in_folder) == ("D", "."):
        return Change(path, "removed", staged)
    if not staged and facts[4] != facts[5] and {facts[4][:3], facts[5][:3]} == {_FILE}:
        return Change(path, RIGHTS)
    return Change(path, "new" if "A" in (in_index, in_folder) else "changed", staged)


def _with_contents(copy: WorkingCopy, changes: list[Change]) -> list[Change]:
    """The same; those whose rights are not as in the last commit are told apart from those with other contents, too."""
    said = ask_git(["-c", "core.fileMode=false", *_STATUS], copy.top, writes=True)
    edited = {change.path for change in parsed(said.out).changes}
    return [
        replace(change, kind="changed") if change.kind == RIGHTS and change.path in edited else change
        for change in changes
    ]


def _looked_into(copy: WorkingCopy, change: Change) -> Change:
    """The change, or what it is of a submodule that is at an earlier commit than the one that belongs there."""
    if change.kind != _MOVED or change.staged or not is_earlier(copy, change.path, change.commit):
        return change
    return replace(change, kind=INSIDE if change.is_edited else BEHIND)


def untracked(copy: WorkingCopy, path: str, *, ignored: bool = False) -> list[str]:
    """The files below this path that git does not know; with `ignored`, also those that it was told to leave alone."""
    rules = [] if ignored else ["--exclude-standard"]
    said = ask_git(["ls-files", "--others", "-z", *rules, "--", path], copy.top)
    return [one for one in said.out.split("\0") if one]


def is_repository(copy: WorkingCopy, path: str) -> bool:
    """Whether this is an untracked folder that is a repository of its own."""
    return path.endswith("/") and os.path.lexists(copy.top / path / ".git")


def exists(copy: WorkingCopy, path: str) -> bool:
    """Whether there is anything of this name in the working copy, a dead link included."""
    return os.path.lexists(copy.top / path) and not no_folder(copy, path)


def no_folder(copy: WorkingCopy, path: str) -> str:
    """The first part of a path where a file or a link is, and a folder would have to be; empty if there is none."""
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        at = copy.top / parent
        if at.is_symlink() or (os.path.lexists(at) and not at.is_dir()):
            return str(parent)
    return ""


def without_rights(copy: WorkingCopy) -> str:
    """The command that has git leave the rights of files alone, which some disks show as they like."""
    return by_hand("git", "-C", copy.top, "config", "core.fileMode", "false")
