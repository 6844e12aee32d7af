"""Commits that one side has and the other lacks, and the files that they change."""

from collections.abc import Iterable
from dataclasses import dataclass

from sesync_cli.git.client import ask
from sesync_cli.sync.status import Change, exists, untracked
from sesync_cli.sync.working_copy import WorkingCopy

_NEVER = {".git", ".."}  # git itself refuses to write these
_FORMAT = "%H%x1f%an%x1f%s"
_LOG = ("-c", "log.showSignature=false", "log", "-z", f"--format={_FORMAT}")


@dataclass(frozen=True)
class Commit:
    """One commit, as people speak of it."""

    id: str
    author: str
    subject: str


def commits(copy: WorkingCopy, theirs: str, ours: str, *, path: str = "") -> tuple[Commit, ...]:
    """What `theirs` has and `ours` lacks, the latest first; `ours` may be empty, and `path` names what they touch."""
    span = f"{ours}..{theirs}" if ours else theirs
    said = ask([*_LOG, span, "--", *([path] if path else [])], copy.top)
    return tuple(Commit(*line.split("\x1f", 2)) for line in said.out.split("\0") if line.count("\x1f") >= 2)


def resolve(copy: WorkingCopy, name: str) -> str:
    """The commit that a name of git's leads to; empty if there is no such name."""
    said = ask(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], copy.top)
    return said.out.strip() if not said.code else ""


def touched(copy: WorkingCopy, ours: str, theirs: str) -> dict[str, str]:
    """The paths that change on the way from the last common commit to theirs: A new, D removed, M or T changed."""
    base = ask(["merge-base", ours, theirs], copy.top).out.strip() if ours else ""
    words = ["diff-tree", "-r", "-z", "--name-status", "--no-renames"]
    if base:
        said = ask([*words, base, theirs], copy.top).out.split("\0")
        return {path: kind for kind, path in zip(said[::2], said[1::2], strict=False)}
    listed = ask(["ls-tree", "-r", "-z", "--name-only", "--full-tree", theirs], copy.top)
    return {path: "A" for path in listed.out.split("\0") if path}


def in_the_way(copy: WorkingCopy, changes: Iterable[Change], coming: dict[str, str]) -> list[str]:
    """The paths that are coming and where something of the user's would be overwritten, ignored files included."""
    own = {change.path for change in changes if change.tracked} | _hidden_changes(copy, coming)
    return sorted(path for path, kind in coming.items() if path in own or (kind == "A" and _is_taken(copy, path)))


def _is_taken(copy: WorkingCopy, path: str) -> bool:
    if not exists(copy, path) or _NEVER & set(path.lower().split("/")):
        return False
    known = bool(ask(["ls-files", "-z", "--", path], copy.top).out)
    return bool(untracked(copy, path, ignored=True)) or not known


def _hidden_changes(copy: WorkingCopy, coming: dict[str, str]) -> set[str]:
    """Those of these paths that git was told not to look at (assume-unchanged, skip-worktree), and that are there."""
    listed = ask(["ls-files", "-v", "-z"], copy.top).out.split("\0")
    marked = {line[2:] for line in listed if line[:1].islower() or line[:1] == "S"}
    return {path for path in marked & coming.keys() if exists(copy, path)}
