"""The one way by which what is new comes into a working copy: nothing of the user's is overwritten or made up."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sesync_cli.plan import Step
from sesync_cli.sync import conflicts
from sesync_cli.sync.exchange import Exchange
from sesync_cli.sync.history import Touch, commits, is_cut_off, touched
from sesync_cli.sync.in_the_way import in_the_way, unknown_to_git
from sesync_cli.sync.server import first_branch
from sesync_cli.sync.status import BEHIND
from sesync_cli.sync.steps import Follow, Forward, Merge, SwitchTo
from sesync_cli.sync.tracking import has_branches
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class Getting:
    """The exchange, what is done before anything is committed, and what joins the two sides after that.

    `moves_submodules` says that submodules which are here do not stay where they are, and `coming` are the paths that
    are written.
    """

    exchange: Exchange
    first: tuple[Step, ...] = ()
    join: Merge | None = None
    moves_submodules: bool = False
    coming: tuple[str, ...] = ()


def getting(found: Exchange, *, merge: bool = False) -> Getting:
    """How to get what is new; a Conflict where a person has to decide."""
    copy, upstream = found.copy, found.tracks.upstream
    if found.vanished:
        raise conflicts.vanished(found)
    is_behind = any(change.kind == BEHIND for change in found.status.changes)
    if not found.incoming and not found.own.taken_away:
        return Getting(found, moves_submodules=is_behind)
    if (found.own.taken_away or found.own.commits) and is_cut_off(copy, upstream.commit, found.status.commit):
        raise conflicts.cut_off(found)
    if found.own.taken_away and found.own.commits:
        raise conflicts.rewritten(found)
    if found.own.commits and not found.tracks.is_one and not merge:
        return Getting(replace(found, incoming=(), waiting=found.incoming), moves_submodules=is_behind)
    follows = bool(found.own.taken_away)
    coming = touched(copy, found.status.commit, upstream.commit, joins=not follows)
    needs_commit = _check(found, coming, merge=merge and not follows)
    paths = tuple(path for path, one in coming.items() if one.kind != "D")
    moves = is_behind or _moves_submodules(copy, coming)
    if follows:
        return Getting(found, (Follow(copy, found.status.branch, upstream.commit, upstream.shown),), None, moves, paths)
    if found.own.commits or needs_commit:
        if not merge:
            raise conflicts.diverged(found)
        return Getting(replace(found, joins=True), (), Merge(copy, upstream), moves, paths)
    return Getting(found, (Forward(copy, upstream.commit, upstream.shown),), None, moves, paths)


def getting_first(found: Exchange) -> Getting:
    """The same for a copy without any commit: what the server has by now, if it has anything."""
    copy, upstream = found.copy, found.tracks.upstream
    name = first_branch(copy, upstream.remote, upstream.name)
    if not name or (has_branches(copy) and name != upstream.name):
        return Getting(found)  # somebody has begun a branch anew, and means that one
    theirs = f"refs/remotes/{upstream.remote}/{name}"
    branch = replace(upstream, ref=f"refs/heads/{name}", tracking=theirs, shown=f"{upstream.remote}/{name}")
    incoming = commits(copy, theirs)
    found = replace(found, incoming=incoming, tracks=replace(found.tracks, upstream=branch, target=branch))
    coming = touched(copy, "", incoming[0].id)
    _check(found, coming, merge=False)
    if name == found.status.branch:
        return Getting(found, (Forward(copy, incoming[0].id, branch.shown),), coming=tuple(coming))
    return Getting(found, (SwitchTo(copy, name, upstream.remote),), coming=tuple(coming))


def _check(found: Exchange, coming: Mapping[str, Touch], *, merge: bool) -> bool:
    """Whether something has to be committed before it is got; a Conflict if something of the user's is in the way."""
    files = found.chosen.files if found.chosen else ()
    blocked = in_the_way(found.copy, found.status, coming)
    left = [path for path in blocked if path not in files]
    if left or (blocked and not merge):
        raise conflicts.blocked(found, left or blocked, own=not left and not found.own.taken_away)
    if hidden := unknown_to_git(found.copy, coming):
        raise conflicts.hidden(found, hidden)
    return bool(blocked)


def _moves_submodules(copy: WorkingCopy, coming: Mapping[str, Touch]) -> bool:
    return any(one.is_submodule and os.path.lexists(copy.top / path / ".git") for path, one in coming.items())
