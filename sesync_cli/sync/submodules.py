"""Submodules of a working copy: folders that are repositories of their own, each at the commit that belongs there."""

import os
from collections.abc import Iterator

from sesync_cli.git.client import ask
from sesync_cli.sync.history import SUBMODULE, is_ancestor
from sesync_cli.sync.working_copy import WorkingCopy, at


def is_earlier(copy: WorkingCopy, path: str, belongs: str, now: str = "HEAD") -> bool:
    """Whether a submodule's present commit comes before the one that `belongs` there, or belonged there once.

    What a colleague has moved, forward or back, is no change of the user's.
    """
    part = at(copy.top / path, f"{copy.shown}/{path}", f"{copy.name}/{path}")
    if is_ancestor(part, now, belongs):
        return True
    number = ask(["rev-parse", "--verify", "--quiet", now], part.top).out.strip()
    once = ["log", "-1", "--format=%H", f"--find-object={number}", "HEAD", "--", path]
    return bool(number and ask(once, copy.top).out.strip())


def goes_back(copy: WorkingCopy, path: str, now: str) -> bool:
    """Whether a submodule at `now` comes before the commit of it that belongs to the last commit here."""
    belongs = ask(["rev-parse", "--verify", "--quiet", f"HEAD:{path}"], copy.top).out.strip()
    return bool(belongs) and is_earlier(copy, path, belongs, now)


def parts(copy: WorkingCopy) -> Iterator[WorkingCopy]:
    """The submodules that are here, with theirs."""
    if not os.path.lexists(copy.top / ".gitmodules"):
        return
    for line in ask(["ls-files", "-z", "--stage"], copy.top).out.split("\0"):
        facts, _, path = line.partition("\t")
        if facts.startswith(SUBMODULE) and os.path.lexists(copy.top / path / ".git"):
            part = at(copy.top / path, f"{copy.shown}/{path}", f"{copy.name}/{path}")
            yield part
            yield from parts(part)
