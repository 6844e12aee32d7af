"""The parts of a start that are clones: what is to be cloned, and to where."""

import os
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

from sesync_cli.clone import destination
from sesync_cli.clone.offers import UNNAMED, AskName
from sesync_cli.clone.plans import plan_clone
from sesync_cli.clone.request import CloneRequest, Extent
from sesync_cli.clone.working_copy import existing
from sesync_cli.errors import Conflict, SesyncError
from sesync_cli.parted import PlanPart
from sesync_cli.plan import Plan, by_hand
from sesync_cli.start.code import Repository
from sesync_cli.start.context import CODE, StartContext
from sesync_cli.steps import later


def clone_parts(repositories: Iterable[Repository], context: StartContext) -> dict[Repository, PlanPart]:
    """For each repository, that a clone of it is here; no two go to one folder."""
    parts: dict[Repository, PlanPart] = {}
    for one in repositories:
        part = _part(one, context)
        if part.is_wanted and any(part.folder == other.folder for other in parts.values()):
            error = Conflict(f"{part.folder} will be the clone of another repository")
            part = _impossible(one, error, part.folder, context)
        parts[one] = part
    return parts


def _part(repository: Repository, context: StartContext) -> PlanPart:
    home, address, folder = context.caller.home, repository.address, repository.clone
    try:
        folder = folder or destination.folder_for(None, address, home, context.caller.cwd)
        if repository.clone or existing(address, folder, False):
            return PlanPart(CODE, str(folder), result=repository.facts(context.site, folder), folder=folder)
    except SesyncError as error:
        return _impossible(repository, error, folder or home / address.name.lstrip("."), context)
    name = repository.name(context.site)
    plan = later(
        lambda: _cloning(repository, context), f"Cloning {name}", by_hand("git", "clone", address.shown, folder)
    )
    return PlanPart(CODE, f"clone {name} to {folder}", plan, folder=folder)


def _impossible(repository: Repository, error: SesyncError, folder: Path | None, context: StartContext) -> PlanPart:
    """The part that cannot be; its hint is what clones the repository to a folder that is free."""
    assert folder
    spare = (folder if number == 1 else folder.with_name(f"{folder.name}-{number}") for number in count(1))
    free = next(one for one in spare if not os.path.lexists(one) and (one != folder or not isinstance(error, Conflict)))
    way = by_hand("sesync", "clone", repository.said, free)
    error.hint = f"'{way}' clones it to another folder."
    return PlanPart(CODE, f"clone {repository.name(context.site)}", failure=error)


def _cloning(repository: Repository, context: StartContext) -> Plan:
    """The plan, without what is asked and told once, at the end of all: a name for commits, and what to do next."""
    extent = Extent() if context.gitlab_answers else Extent(lean=False)  # whose size need not be asked for
    request = CloneRequest((repository.said,), way=repository.way, extent=extent)
    plan = plan_clone(request, context.caller, context.site, context.watch, context.prompter)
    if not plan.steps:  # it has come to be there meanwhile
        return replace(plan, done=f"{plan.result['path']} is cloned already.")
    learn, name = plan.after, repository.name(context.site)

    def after() -> dict[str, object]:
        learnt = dict(learn()) if learn else {}
        told = [word for word in learnt.get("warnings", ()) if not word.startswith(UNNAMED)]
        warnings = tuple(word if str(plan.result["path"]) in word else f"{name}: {word}" for word in told)
        return {**learnt, "done": str(learnt.get("done", plan.done)).partition("\n")[0], "warnings": warnings}

    steps = tuple(step for step in plan.steps if not isinstance(step, AskName))
    return replace(plan, steps=steps, after=after)
