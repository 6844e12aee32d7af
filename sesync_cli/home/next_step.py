"""The one command to type next: what is broken comes first, then what may be lost, then what is still to be set up."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import State
from sesync_cli.errors import SesyncError
from sesync_cli.home.room import HomeRoom
from sesync_cli.home.seen import NOT_SEEN, CloneSeen, DataSeen, KernelSeen
from sesync_cli.last_look import is_past
from sesync_cli.names import one_line
from sesync_cli.plan import by_hand, operand
from sesync_cli.site.settings import Site
from sesync_cli.sync.glance import HALF_DONE, IN_CONFLICT, OK, UNREADABLE
from sesync_cli.view import ago

_FRESH = timedelta(minutes=10)  # within which a look at data is enough to act on it

_BROKEN = {
    HALF_DONE: "A sesync that was killed has left something half done in {}. Put it right:",
    IN_CONFLICT: "A conflict in {} is to be settled. See where:",
    UNREADABLE: "Git cannot read {}. See why:",
}
_LOST = {
    State.NO_ACCESS: "You may not read what {} leads to. Tell support:",
    State.NO_ANSWER: "The file server of {} does not answer. If it stays so, tell support:",
    State.NOT_MOUNTED: "What {} leads to is not mounted here. Tell support:",
    State.NOT_A_DIRECTORY: "What {} leads to is no folder. Tell support:",
}


@dataclass(frozen=True)
class NextStep:
    """A command, and what it is good for."""

    command: str
    message: str


def next_step(
    room: HomeRoom,
    data: Sequence[DataSeen],
    clones: Sequence[CloneSeen],
    kernels: Sequence[KernelSeen],
    caller: Caller,
    site: Site,
) -> NextStep | None:
    """What to do next; None where there is nothing that a command does."""
    used = {one.project for one in clones} | {one.project for one in kernels}
    unlinked = [one for one in data if not one.links and one.state in (State.OK, State.READ_ONLY)]
    steps = (
        step
        for some in (
            _broken_clones(clones),
            _room(room),
            _broken_kernels(one for one in kernels if one.is_mendable),
            _lost_data(data, caller),
            _unsent(clones),
            _linking([one for one in unlinked if one.project in used], caller),
            _beginning([one for one in unlinked if one.project not in used and len(unlinked) == len(data)]),
            _cloning(data, clones, site),
            _making(data, clones, kernels),
            _linking(unlinked, caller),
            _changed(clones),
            _broken_kernels(kernels),
        )
        for step in some
    )
    return next(steps, None)


def _broken_clones(clones: Iterable[CloneSeen]) -> Iterator[NextStep]:
    for state, message in _BROKEN.items():
        for clone in clones:
            if clone.state == state:
                yield NextStep(_sync(clone), message.format(one_line(clone.name)))


def _room(room: HomeRoom) -> Iterator[NextStep]:
    if room.low and room.at and is_past(room.at, _FRESH):
        yield NextStep("sesync usage", f"Your home was nearly full {ago(room.at)}. See how it is now, and what can go:")
    elif room.low:
        yield NextStep("sesync usage", "Your home is nearly full. See what can go:")


def _broken_kernels(kernels: Iterable[KernelSeen]) -> Iterator[NextStep]:
    for kernel in kernels:
        if kernel.command and kernel.now:  # one that was broken some time ago may have been mended since
            yield NextStep(kernel.command, f"The kernel {one_line(kernel.name)} does not work: {kernel.problem}.")


def _lost_data(data: Iterable[DataSeen], caller: Caller) -> Iterator[NextStep]:
    for one in data:
        if not one.links or not one.at or one.state in (State.OK, State.READ_ONLY, State.FILE, NOT_SEEN):
            continue
        link, place = one.links[0], one.links[0].parent
        name = one_line(str(link.relative_to(caller.home)))
        inside = () if place == caller.home else ("--in", place)
        if is_past(one.at, _FRESH):
            yield NextStep(
                by_hand("sesync", "link", *inside), f"{name} could not be reached {ago(one.at)}. Look again:"
            )
        elif one.state == State.MISSING:
            command = by_hand("sesync", "unlink", *inside, *operand(link.name))
            yield NextStep(command, f"{name} leads to what is gone. Take the link away:")
        else:
            yield NextStep(by_hand("sesync", "report", link), _LOST[State(one.state)].format(name))


def _unsent(clones: Iterable[CloneSeen]) -> Iterator[NextStep]:
    for clone in clones:
        if clone.state == OK and clone.unsent_commits:
            yield NextStep(_sync(clone), f"Commits in {one_line(clone.name)} are only here. Send them:")


def _beginning(unlinked: Iterable[DataSeen]) -> Iterator[NextStep]:
    for one in unlinked:
        command = by_hand("sesync", "start", one.project)
        yield NextStep(command, f"Have the data and the code of {one.project} in your home, and a kernel for it:")


def _linking(unlinked: Iterable[DataSeen], caller: Caller) -> Iterator[NextStep]:
    for one in unlinked:
        if not os.path.lexists(caller.home / one.target.name):
            command = by_hand("sesync", "link", one.project)
            yield NextStep(command, f"Have the data of {one.project} in your home:")


def _cloning(data: Sequence[DataSeen], clones: Sequence[CloneSeen], site: Site) -> Iterator[NextStep]:
    if data and not clones and site.has("gitlab_url"):
        yield NextStep("sesync clone", "Bring your group's code into your home:")


def _making(data: Iterable[DataSeen], clones: Iterable[CloneSeen], kernels: Sequence[KernelSeen]) -> Iterator[NextStep]:
    """A kernel for the code of one's own project, or for any code where one has no kernel at all."""
    have, own = {one.project for one in kernels}, {one.project for one in data}
    for clone in clones:
        is_for_one = clone.project not in have and (clone.project in own or not kernels)
        if is_for_one and clone.now and clone.state == OK and _tells_its_packages(clone.path):
            command = by_hand("sesync", "kernel", "create", "--from", clone.path)
            yield NextStep(command, f"Make a kernel with the packages that {one_line(clone.name)} asks for:")


def _tells_its_packages(folder: Path) -> bool:
    """Whether `sesync kernel create` can read what the code in this folder needs."""
    # imported here since most who see their home have nothing to make
    from sesync_cli.clone.next_steps import asks_for_packages

    if not asks_for_packages(folder):
        return False
    from sesync_cli.kernel.sources import source_in

    try:
        return bool(source_in(folder))
    except (SesyncError, OSError, ValueError):
        return False


def _changed(clones: Iterable[CloneSeen]) -> Iterator[NextStep]:
    for clone in clones:
        if clone.state == OK and clone.address and clone.changed_files:
            yield NextStep(_sync(clone), f"Changes in {one_line(clone.name)} are only here. See how to commit them:")


def _sync(clone: CloneSeen) -> str:
    return by_hand("sesync", "sync", clone.path)  # a name alone would be a folder of where one is
