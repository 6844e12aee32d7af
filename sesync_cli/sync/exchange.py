"""What one side has and the other lacks, as far as the servers were asked."""

from dataclasses import dataclass, replace

from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.sync.history import Commit, Own, commits, own
from sesync_cli.sync.remote_reflog import seen
from sesync_cli.sync.selection import Chosen
from sesync_cli.sync.status import Change, Status
from sesync_cli.sync.tracking import RemoteBranch, Tracking, branches
from sesync_cli.sync.working_copy import WorkingCopy

_NOTHING = Own()


@dataclass(frozen=True)
class Exchange:
    """What is here, what is there, and what a person wants committed.

    `incoming` is what the branch that is followed has and this one has not, `own` the other way round. `unsent` is what
    the branch that is sent to lacks, and `unseen` what only that one has. `waiting` is what is not got for the time
    being. `left` are the changes that stay uncommitted, and `joins` says that the two sides are joined. `vanished`
    says that the branch which is followed was at the server, and is there no longer, and `said` is what git said while
    it asked the servers.
    """

    copy: WorkingCopy
    status: Status
    attempt: ServerAttempt
    tracks: Tracking
    incoming: tuple[Commit, ...] = ()
    own: Own = _NOTHING
    unsent: tuple[Commit, ...] = ()
    unseen: tuple[Commit, ...] = ()
    waiting: tuple[Commit, ...] = ()
    chosen: Chosen | None = None
    left: tuple[Change, ...] = ()
    joins: bool = False
    vanished: bool = False
    said: tuple[str, ...] = ()


def compared(begun: Exchange) -> Exchange:
    """The same with what both sides have."""
    copy, head, tracks = begun.copy, begun.status.commit, begun.tracks
    theirs, target = tracks.upstream.commit, tracks.target.commit
    incoming = commits(copy, theirs, head) if theirs else ()
    if not head:
        return replace(begun, incoming=incoming)
    mine = own(copy, head, tracks.upstream)
    begun = replace(begun, vanished=tracks.follows and not theirs and _was_there(copy, tracks.upstream))
    if tracks.is_one:
        return replace(begun, incoming=incoming, own=mine, unsent=mine.commits)
    unsent = commits(copy, head, target, theirs) if target or theirs else mine.commits
    unseen = commits(copy, target, head, theirs) if target else ()
    return replace(begun, incoming=incoming, own=mine, unsent=unsent, unseen=unseen)


def _was_there(copy: WorkingCopy, branch: RemoteBranch) -> bool:
    """Whether a server that has branches has had this one, as far as anybody has seen it there."""
    return bool(branch.tracking and seen(copy, branch.tracking) and branches(copy, branch.remote))
