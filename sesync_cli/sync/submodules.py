"""Submodules of a working copy: folders that are repositories of their own, each at the commit that belongs there."""

import os
from collections.abc import Iterator

from sesync_cli.git.client import ask_git
from sesync_cli.sync.history import SUBMODULE, commit_of, is_ancestor
from sesync_cli.sync.working_copy import WorkingCopy, at


def is_earlier(copy: WorkingCopy, path: str, belongs: str) -> bool:
    """Whether a submodule is at a commit before the one that `belongs` there, or at one that belonged there once.

    What a colleague has moved, forward or back, is no change of the user's.
    """
    part = _part(copy, path)
    if is_ancestor(part, "HEAD", belongs):
        return True
    now = commit_of(part, "HEAD")
    once = ["log", "-1", "--format=%H", "--ignore-submodules=none", f"--find-object={now}", "HEAD", "--", path]
    if now and ask_git(once, copy.top).out.strip():
        return True
    # of a commit that is not here yet one cannot tell; but what was made here would be at no server
    return (
        not commit_of(part, belongs)
        and not ask_git(["log", "-1", "--format=%H", "HEAD", "--not", "--remotes"], part.top).out
    )


def goes_back(copy: WorkingCopy, path: str, now: str) -> bool:
    """Whether a submodule at `now` lacks something of the commit that belongs to the last commit here."""
    belongs = ask_git(["rev-parse", "--verify", "--quiet", f"HEAD:{path}"], copy.top).out.strip()
    return bool(belongs) and not is_ancestor(_part(copy, path), belongs, now)


def parts(copy: WorkingCopy) -> Iterator[WorkingCopy]:
    """The submodules that are here, with theirs."""
    if not os.path.lexists(copy.top / ".gitmodules"):
        return
    for line in ask_git(["ls-files", "-z", "--stage"], copy.top).out.split("\0"):
        facts, _, path = line.partition("\t")
        if facts.startswith(SUBMODULE) and os.path.lexists(copy.top / path / ".git"):
            part = _part(copy, path)
            yield part
            yield from parts(part)


def _part(copy: WorkingCopy, path: str) -> WorkingCopy:
    return at(copy.top / path, f"{copy.shown}/{path}", f"{copy.name}/{path}")
