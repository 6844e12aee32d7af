"""What would mend an install that failed: each idea is resolved as it would be typed, before it is told."""

import time
from collections.abc import Sequence
from dataclasses import replace

from sesync_cli.diagnosis.dry_run import DryRun, resolved
from sesync_cli.diagnosis.ideas import Idea, Ways, ideas
from sesync_cli.errors import Remedy, SesyncError
from sesync_cli.names import joined
from sesync_cli.secrets import without_secrets

_MOST = 2  # remedies that are told


def remedies(error: SesyncError, ways: Ways) -> tuple[Remedy, ...]:
    """What would mend this failure; modules that may bring what is missing are told in its hint."""
    facts, until = error.diagnosis or {}, time.monotonic() + ways.seconds
    if there := ways.modules(facts.get("modules", ()), until):
        modules = f"the module{'s' * (len(there) > 1)} {joined(there)}"
        error.hint = f"This server has {modules}, which may bring what is missing. {error.hint}"
    return those_that_work(list(ideas(facts, ways)) if facts else [], ways, until)


def those_that_work(worth: Sequence[Idea], ways: Ways, until: float) -> tuple[Remedy, ...]:
    """At most two of these ideas that would work, the first ones first; none that was not found out in time.

    None that has a secret in it either, which would not be shown as it is to be typed.
    """
    alone = resolved([_dry_run(idea, ways, alone=True) for idea in worth], ways.folder, until)
    left: dict[str, list[Idea]] = {}
    for idea, found in zip(worth, alone, strict=True):
        if found:
            left.setdefault(idea.sort, []).append(idea.typed(found))
    resorts = {idea.sort for idea in worth if idea.last}
    told: dict[str, Remedy] = {}
    while trying := [left[sort].pop(0) for sort in left if left[sort] and sort not in told]:
        if time.monotonic() > until:
            break
        told |= _worked(trying, ways, until)
    first = told.keys() - resorts or told.keys()
    working = [told[sort] for sort in left if sort in first]
    return tuple(one for one in working if list(map(without_secrets, one.typed)) == list(one.typed))[:_MOST]


def _worked(trying: Sequence[Idea], ways: Ways, until: float) -> dict[str, Remedy]:
    """Those of the ideas that work as they would be typed, where an installer may build; what it would is pinned."""
    ready = resolved([_dry_run(idea, ways) for idea in trying], ways.folder, until)
    fitting = [(idea, found) for idea, found in zip(trying, ready, strict=True) if found]
    newest = [replace(idea, packages=(*idea.packages, *found.of)) for idea, found in fitting]
    free = resolved([_dry_run(idea, ways, alone=True, ready=False) for idea in newest], ways.folder, until)
    typed = [
        (idea.pinned(of_its_own.to_build, found), found)
        for (idea, found), of_its_own in zip(fitting, free, strict=True)
        if of_its_own
    ]
    proven = resolved([_dry_run(idea, ways, ready=False) for idea, _ in typed], ways.folder, until)
    return {
        idea.sort: remedy
        for (idea, found), as_typed in zip(typed, proven, strict=True)
        if as_typed and not as_typed.to_build and (remedy := idea.tell(idea.packages, found))
    }


def _dry_run(idea: Idea, ways: Ways, *, alone: bool = False, ready: bool = True) -> DryRun:
    packages = idea.packages if alone else (*idea.packages, *idea.needs)
    return DryRun(replace(ways.wanted, packages=packages), idea.python, idea.env, ready, alone)
