"""How a working copy stands: on which branch, and what is changed in it, as git tells it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.git.client import ask
from sesync_cli.sync.working_copy import WorkingCopy, unreadable

_FIELDS = {"1": 8, "u": 10}  # how many words stand before the path in a line of this kind
_FOLDER = "040000"
_NONE = "000000"


@dataclass(frozen=True)
class Change:
    """A path that is not as in the last commit; an untracked folder counts as one, and ends in a slash.

    `staged` is what `git add` was told: all of the change, a part of it, or nothing.
    """

    path: str
    kind: str
    staged: str = field(default="", metadata={"values": ("", "part", "all")})
    tracked: bool = True


@dataclass(frozen=True)
class Status:
    """The commit and the branch that are checked out, and the changes; empty where there is none."""

    commit: str
    branch: str
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> list[str]:
        return [change.path for change in self.changes if change.kind == "in conflict"]


def status(copy: WorkingCopy) -> Status:
    """How this working copy stands now."""
    said = ask(["status", "--porcelain=v2", "--branch", "-z", "--no-renames", "--untracked-files=normal"], copy.top)
    if said.code:
        raise unreadable(copy.top, said.err)
    return parsed(said.out)


def parsed(text: str) -> Status:
    """What `git status --porcelain=v2 --branch -z` printed."""
    lines = text.split("\0")
    heads = dict(line.removeprefix("# branch.").split(" ", 1) for line in lines if line.startswith("# branch."))
    commit, branch = heads.get("oid", ""), heads.get("head", "")
    return Status(
        "" if commit == "(initial)" else commit,
        "" if branch == "(detached)" else branch,
        tuple(_changes(lines)),
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
        return Change(path, "submodule" if facts[2][1] == "C" or staged else "submodule with changes inside", staged)
    if in_folder == "D" or (in_index, in_folder) == ("D", "."):
        return Change(path, "removed", staged)
    return Change(path, "new" if "A" in (in_index, in_folder) else "changed", staged)


def untracked(copy: WorkingCopy, path: str, *, ignored: bool = False) -> list[str]:
    """The files below this path that git does not know; with `ignored`, also those that it was told to leave alone."""
    rules = [] if ignored else ["--exclude-standard"]
    said = ask(["ls-files", "--others", "-z", *rules, "--", path], copy.top)
    return [one for one in said.out.split("\0") if one]


def exists(copy: WorkingCopy, path: str) -> bool:
    """Whether there is anything of this name, a dead link included."""
    at = Path(copy.top, path)
    return at.is_symlink() or at.exists()
