"""The parts of a start that are clones: what is to be cloned, and to where."""

from dataclasses import replace
from pathlib import Path

from sesync_cli.clone import destination
from sesync_cli.clone.offers import AskName
from sesync_cli.clone.plans import plan_clone
from sesync_cli.clone.request import CloneRequest
from sesync_cli.clone.working_copy import existing
from sesync_cli.errors import SesyncError
from sesync_cli.plan import Plan, by_hand
from sesync_cli.start.code import Repository
from sesync_cli.start.context import StartContext
from sesync_cli.start.parts import CODE, StartPart
from sesync_cli.steps import later


def folder_of(repository: Repository, context: StartContext) -> Path:
    """Where a repository's clone is, or will be."""
    return repository.clone or destination.folder_for(None, repository.address, context.caller.home, context.caller.cwd)


def clone_part(repository: Repository, context: StartContext) -> StartPart:
    """That a clone of a repository is here."""
    name = repository.name(context.site)
    says = f"clone {name}"
    try:
        folder = folder_of(repository, context)
        if repository.clone or existing(repository.address, folder, False):
            return StartPart(CODE, str(folder), result=repository.facts(context.site, folder))
    except SesyncError as error:
        return StartPart(CODE, says, failure=error)
    shown = by_hand("git", "clone", repository.address.shown, folder)
    plan = later(lambda: _cloning(repository, context), f"Cloning {name}", shown)
    return StartPart(CODE, f"{says} to {folder}", plan)


def _cloning(repository: Repository, context: StartContext) -> Plan:
    """The plan, without what is asked and told once, at the end of all: a name for commits, and what to do next."""
    request = CloneRequest((repository.said,), way=context.request.way)
    plan = plan_clone(request, context.caller, context.site, context.watch, context.prompter)
    if not plan.steps:  # it has come to be there meanwhile
        return replace(plan, done=f"{plan.result['path']} is cloned already.")
    learn = plan.after

    def after() -> dict[str, object]:
        learnt = dict(learn()) if learn else {}
        return {**learnt, "done": str(learnt.get("done", plan.done)).partition("\n")[0]}

    steps = tuple(step for step in plan.steps if not isinstance(step, AskName))
    return replace(plan, steps=steps, after=after)
