"""Commits that one side has and the other lacks, those that were taken away again, and the files that they change."""

from dataclasses import dataclass
from typing import NamedTuple

from sesync_cli.git.client import ask_git
from sesync_cli.sync.remote_reflog import past, past_of_all
from sesync_cli.sync.tracking import RemoteBranch
from sesync_cli.sync.working_copy import WorkingCopy

_FORMAT = "%H%x1f%an%x1f%s"
_LOG = ("-c", "log.showSignature=false", "log", "-z", f"--format={_FORMAT}")
SUBMODULE = "160000"  # git's mode for a commit of another repository


@dataclass(frozen=True)
class Commit:
    """One commit, as people speak of it."""

    id: str
    author: str
    subject: str


@dataclass(frozen=True)
class Own:
    """What is here and not at the server in the branch that is followed.

    `taken_away` is what that branch had and has no longer; `gone` is what another one had, and none has now.
    """

    commits: tuple[Commit, ...] = ()
    taken_away: tuple[Commit, ...] = ()
    gone: tuple[Commit, ...] = ()


class Touch(NamedTuple):
    """What happens to a path: A new, D removed, M or T changed; and whether it is a submodule there."""

    kind: str
    is_submodule: bool


def commits(copy: WorkingCopy, theirs: str, *ours: str, path: str = "") -> tuple[Commit, ...]:
    """What `theirs` has and none of `ours` has, the latest first; `path` names what they touch.

    Each of `ours` is the name of a commit, which may be gone, or one of git's options that stands for several.
    """
    if theirs in ours:
        return ()
    without = ["--ignore-missing", "--not", *filter(None, ours)] if any(ours) else []
    said = ask_git([*_LOG, theirs, *without, "--", *([path] if path else [])], copy.top)
    return tuple(Commit(*line.split("\x1f", 2)) for line in said.out.split("\0") if line.count("\x1f") >= 2)


def own(copy: WorkingCopy, head: str, upstream: RemoteBranch) -> Own:
    """What a working copy has beyond the branch that it follows, or beyond all of the server's if that is not there.

    What that branch once held, as far as anybody remembers, came from there, or went there: whoever has taken it away
    wants it gone.
    """
    theirs, all_theirs = upstream.commit, f"--remotes={upstream.remote}"
    found = commits(copy, head, theirs or all_theirs)
    if not found:
        return Own()
    mine = commits(copy, head, theirs, *past(copy, upstream)) if theirs else found
    elsewhere = {one.id for one in commits(copy, head, theirs, all_theirs, *past_of_all(copy, upstream.remote))}
    there_now = {one.id for one in found} - {one.id for one in commits(copy, head, all_theirs)}
    made_here = {one.id for one in mine}
    return Own(
        mine,
        tuple(one for one in found if one.id not in made_here),
        tuple(one for one in mine if one.id not in elsewhere | there_now),
    )


def is_cut_off(copy: WorkingCopy, theirs: str, ours: str) -> bool:
    """Whether the history of theirs ends where more was not got, before it meets ours (in a shallow clone)."""
    try:
        ends = set((copy.common / "shallow").read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return False
    return not ends.isdisjoint(ask_git(["rev-list", theirs, "--not", ours], copy.top).out.split())


def is_lean(copy: WorkingCopy) -> bool:
    """Whether old contents of files are still at the server (a partial clone, as git calls it)."""
    return bool(ask_git(["config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$"], copy.top).out)


def staged(copy: WorkingCopy, commit: str) -> list[str]:
    """The paths of which git's list of what comes next says something else than this commit."""
    words = ["diff-index", "--cached", "--name-only", "-z", "--no-renames", "--ignore-submodules=none", commit]
    return [path for path in ask_git(words, copy.top).out.split("\0") if path]


def commit_of(copy: WorkingCopy, name: str) -> str:
    """The commit that a name of git's leads to; empty if there is no such name."""
    said = ask_git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], copy.top)
    return said.out.strip() if not said.code else ""


def is_ancestor(copy: WorkingCopy, earlier: str, later: str) -> bool:
    """Whether one commit is the other, or came before it; no if one of them is not here."""
    return not ask_git(["merge-base", "--is-ancestor", earlier, later], copy.top).code


def touched(copy: WorkingCopy, ours: str, theirs: str, *, joins: bool = True) -> dict[str, Touch]:
    """What happens to each path on the way to theirs: from ours, or if the two are joined from the last common commit.

    `ours` may be empty.
    """
    base = ask_git(["merge-base", ours, theirs], copy.top).out.strip() if ours and joins else ours
    old = base or ask_git(["hash-object", "-t", "tree", "/dev/null"], copy.top).out.strip()
    words = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none"]
    said = ask_git([*words, old, theirs], copy.top).out.split("\0")
    pairs = zip(said[::2], said[1::2], strict=False)
    return {path: Touch(facts.split()[4], facts.split()[1] == SUBMODULE) for facts, path in pairs}
