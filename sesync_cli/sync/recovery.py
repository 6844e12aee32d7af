"""What a killed run has left half done, taken back before anything else is done."""

from dataclasses import dataclass

from sesync_cli.errors import Conflict
from sesync_cli.leftovers import sweep
from sesync_cli.plan import Plan, Report, asking
from sesync_cli.sync import journal
from sesync_cli.sync.stale_locks import RemoveLock, left_locks
from sesync_cli.sync.submodules import parts
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class TakeBack:
    """Take back what a run on another machine has left half done."""

    copy: WorkingCopy
    holder: str

    @property
    def doing(self) -> str:
        return "Taking back what was half done"

    def do(self, report: Report) -> None:
        journal.take_back(self.copy)

    def undo(self) -> None:
        # what is taken back is as it was before that run
        return

    def __str__(self) -> str:
        return f"# take back what a run {self.holder} has left half done in {self.copy.top}"


Left = RemoveLock | TakeBack


def recover(copy: WorkingCopy) -> list[Left]:
    """Take back what a killed run of ours left half done, here and in submodules; what only a person can decide on.

    A Conflict while such a run is still at work.
    """
    for one in (copy, *parts(copy)):
        for folder in {one.git_dir, one.common}:
            sweep(folder)
        if not journal.is_open(one):
            continue
        holder = journal.holder(one)
        if holder.startswith("on "):
            return [TakeBack(one, holder)]
        if holder:
            raise Conflict(f"another sesync is at work in {one.shown} ({holder})", hint="Wait until it has ended.")
        journal.take_back(one)
    return [*left_locks(copy)]


def plan_recovery(copy: WorkingCopy, left: list[Left]) -> Plan:
    """How to get rid of what another git or a run on another machine has left, once a person agrees."""
    locks = ", ".join(one.path.name for one in left if isinstance(one, RemoveLock))
    ask = (
        f"A git that no longer runs on this machine has left a lock in {copy.shown} ({locks}). If none runs on another"
        " machine either, it can go. Remove it?"
    )
    done = f"Removed what a killed git had left in {copy.shown}. Now run it again."
    for one in left:
        if isinstance(one, TakeBack):
            ask = f"A sesync {one.holder} is at work in {one.copy.shown}, or was killed there. Is it over?"
            done = f"Took back what was half done in {one.copy.shown}. Now run it again."
    nothing = dict.fromkeys(("received", "sent", "committed", "uncommitted"), ())
    result = {"path": copy.top, "repository": None, "address": None, "branch": None, **nothing}
    return Plan(tuple(left), done, result, questions=asking(ask), locks=(copy.place,))
