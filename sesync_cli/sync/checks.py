"""What can be wrong with clones in home: half done, in conflict, a secret in an address; and work that is only here."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.check import NO_ANSWER, Check, Finding
from sesync_cli.errors import NotReady, SesyncError
from sesync_cli.git.client import ask_git
from sesync_cli.git.exposed import exposures
from sesync_cli.git.folders import WALK, look_through
from sesync_cli.names import joined
from sesync_cli.plan import Watch, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync.glance import HALF_DONE, IN_CONFLICT, UNREADABLE, Glance
from sesync_cli.sync.glancing import glance
from sesync_cli.workers import ask

_UNSENT = {
    "unsent_commits": "{} commit{s} to send",
    "other_commits": "{} commit{s} on other branches",
    "changed_files": "{} changed file{s}",
    "stashes": "{} put away by git stash",
}


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The clones in home and in the folders in it, each by its own files alone: no server is asked."""
    patience = site.data_patience_seconds
    return (Check("clones", patience + WALK, lambda: _clones(caller, site, patience, watch)),)


def _clones(caller: Caller, site: Site, patience: float, watch: Watch) -> Iterator[Finding]:
    until = time.monotonic() + patience
    try:
        ask_git(["version"], caller.home)
    except NotReady:  # the check of git itself says why
        return
    tops = sorted(look_through(str(caller.home)).clones)
    # one that hangs keeps nobody from the others
    for top, found in ask({top: partial(_plain, Path(top), site) for top in tops}, until, watch).items():
        if found is None:
            message = f"git did not answer within {patience:g} seconds about {by_hand(top)}"
            yield Finding(NO_ANSWER, message, command=by_hand("sesync", "report", top))
        yield from (Finding(**one) for one in found or ())


def _plain(top: Path, site: Site) -> list[dict[str, Any]]:
    return [one.plain for one in _clone(top, site)]


def _clone(top: Path, site: Site) -> list[Finding]:
    """What is wrong with one."""
    seen = Glance(**glance(top, site))
    if trouble := _trouble(top, seen):
        return [trouble] if seen.state == UNREADABLE else [*_exposed(top, site), trouble]
    work = [*_work(seen)] if seen.address else []
    return [*_exposed(top, site), *([_only_here(top, work, _sends(top, seen))] if work else [])]


def _exposed(top: Path, site: Site) -> Iterator[Finding]:
    try:
        yield from exposures(top, by_hand(top), site)
    except SesyncError as error:
        yield Finding("unreadable", str(error), error.hint)


def _trouble(top: Path, seen: Glance) -> Finding | None:
    sync = by_hand("sesync", "sync", top)
    if seen.state == HALF_DONE:
        message = f"a sesync that was killed has left something half done in {by_hand(top)}"
        return Finding("half done", message, f"'{sync}' takes it back, and goes on.", command=sync)
    if seen.state == IN_CONFLICT:
        message = f"a conflict in {by_hand(top)} is to be settled: {seen.problem}"
        hint = f"'{sync}' shows where."
        return Finding("conflict", message, hint, why="Nothing more can be sent or got before.", command=sync)
    if seen.state == UNREADABLE:
        return Finding(
            "unreadable", f"git cannot read {by_hand(top)}: {seen.problem}", f"'{sync}' says why.", command=sync
        )
    return None


def _work(seen: Glance) -> Iterator[str]:
    for field, words in _UNSENT.items():
        if count := getattr(seen, field):
            yield words.format(count, s="" if count == 1 else "s")


def _sends(top: Path, seen: Glance) -> str:
    """What sends this work, or shows it; of other branches than the one that one is on, git alone knows how."""
    if seen.unsent_commits or seen.changed_files:
        return by_hand("sesync", "sync", top)
    if seen.other_commits:
        return by_hand("git", "-C", top, "push", "origin", "--all")
    return by_hand("git", "-C", top, "stash", "list")


def _only_here(top: Path, work: list[str], command: str) -> Finding:
    return Finding(
        "only here",
        f"{by_hand(top)} has work that is nowhere else: {joined(work)}",
        f"'{command}' sends it, or shows how.",
        why="Nobody else sees it, and a lost home takes it along.",
        command=command,
        broken=False,
    )
