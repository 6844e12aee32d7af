"""The step that only gets what is new: for a clone that is there already, by sync's own way."""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import Connection
from sesync_cli.git.large_files import notice, pointers
from sesync_cli.git.refusals import moved
from sesync_cli.lock import alone
from sesync_cli.names import few
from sesync_cli.plan import Report, by_hand
from sesync_cli.sync import conflicts, journal
from sesync_cli.sync.exchange import Exchange, compared
from sesync_cli.sync.getting import getting, getting_first
from sesync_cli.sync.history import Commit
from sesync_cli.sync.preconditions import need_calm
from sesync_cli.sync.recovery import recover
from sesync_cli.sync.server import address, get_branches, remembered
from sesync_cli.sync.stale_locks import RemoveLock
from sesync_cli.sync.status import Status, status
from sesync_cli.sync.tracking import Tracking, branches, fetched, has_branches, tracking
from sesync_cli.sync.update_submodules import UpdateSubmodules
from sesync_cli.sync.working_copy import WorkingCopy, from_home


@dataclass(frozen=True)
class Update:
    """Bring a working copy up to date, if that takes nothing but going forward.

    `received` tells afterwards which commits came, and `missed` which submodules could not be brought along; `short`
    is a sentence about large files that did not come, if any, and `said` what git said of each server.
    """

    attempt: ServerAttempt
    connection: Connection
    caller: Caller
    received: list[Commit] = field(default_factory=list, compare=False, repr=False)
    missed: list[str] = field(default_factory=list, compare=False, repr=False)
    short: list[str] = field(default_factory=list, compare=False, repr=False)
    said: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return f"Updating {self.attempt.folder.name} ..."

    def do(self, report: Report) -> None:
        copy = self._copy
        with alone(copy.place, nullcontext()):
            self._update(copy, report)

    def _update(self, copy: WorkingCopy, report: Report) -> None:
        site = self.attempt.site
        if left := recover(copy):
            locks = few([one.path.name for one in left if isinstance(one, RemoveLock)])
            what = f"a git that no longer runs has left a lock in {copy.shown} ({locks})"
            raise Conflict(
                what if locks else f"a sesync on another machine is at work in {copy.shown}, or was killed there",
                hint=f"'{copy.again()}' removes what was left when you agree.",
            )
        stands = status(copy)
        need_calm(copy, stands)
        tracks = tracking(copy, stands.branch, site)
        found = self._looked_up(copy, stands, tracks, report)
        got = getting(found) if stands.commit else getting_first(found)
        if got.exchange.waiting:
            raise conflicts.diverged(found)
        for step in got.first:
            step.do(report)
        self.received.extend(got.exchange.incoming)
        if short := pointers(copy.top, got.coming):
            self.short.append(notice(copy.shown, short))
        if got.moves_submodules:
            submodules = UpdateSubmodules(copy, site, self.caller)
            submodules.do(report)
            self.missed.extend(f"{path}: {error}" for path, error in submodules.missed.items())

    def _looked_up(self, copy: WorkingCopy, stands: Status, tracks: Tracking, report: Report) -> Exchange:
        upstream = tracks.upstream
        there = address(copy, self.attempt.site, upstream.remote)
        if not there.is_same(self.attempt.address):
            raise Conflict(
                f"what is checked out in {copy.shown} follows another server ({upstream.remote}); nothing was changed",
                hint=f"'{copy.again()}' gets what is new there.",
            )
        with remembered(copy, tracks):
            said = get_branches(copy, upstream.remote, [upstream], self.attempt, self.connection, report)
            self.said[upstream.remote] = said
        now = fetched(copy, tracks)
        found = compared(Exchange(copy, stands, self.attempt, now))
        if found.vanished:
            raise conflicts.vanished(found)
        if (stands.commit or has_branches(copy)) and not now.upstream.commit and branches(copy, upstream.remote):
            raise Conflict(
                f"the branch {stands.branch} of {copy.shown} follows no branch of the server, so nothing was changed",
                hint=f"'{by_hand('git', '-C', copy.top, 'branch', '-vv')}' shows the branches;"
                f" '{by_hand('git', '-C', copy.top, 'switch', 'BRANCH')}' changes to one.",
            )
        if found.own.taken_away:
            raise Conflict(
                f"the history of {now.upstream.name} was rewritten at the server, and {copy.shown} has commits that are"
                " no longer there; nothing was changed and nothing is lost",
                hint=f"'{copy.again()}' shows them, and follows the server when you agree.",
            )
        return found

    @property
    def _copy(self) -> WorkingCopy:
        return replace(from_home(self.attempt.folder, self.caller), connection=self.connection)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know afterwards."""
        behind = (f"a submodule is at an earlier state: {one}" for one in self.missed)
        folder = self.attempt.folder
        told = (one for remote, words in self.said.items() for one in moved(words, folder, remote))
        return (*behind, *told, *self.short)

    def undo(self) -> None:
        journal.take_back_ours(self._copy)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.attempt.folder, "pull", "--ff-only")
