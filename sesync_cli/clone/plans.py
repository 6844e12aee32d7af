"""The plans that clone a repository, have a clone go another way, and get what is new in it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.clone import destination, next_steps, submodules
from sesync_cli.clone.offers import introduction, weighed
from sesync_cli.clone.redirect import Redirect
from sesync_cli.clone.request import CloneRequest
from sesync_cli.clone.several import place_facts, plan_several
from sesync_cli.clone.working_copy import Clone, existing
from sesync_cli.git import client, connection
from sesync_cli.git.address import Address, typed
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.exposed import exposed
from sesync_cli.git.refusals import moved, said_by
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.plan import Need, Plan, Watch, asking, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.sync.summary import counted
from sesync_cli.sync.update import Update


def plan_clone(request: CloneRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """How to come to have these repositories; of what is cloned already, only what is new, if that is wanted."""
    if len(request.repos) != 1 or request.group:
        return plan_several(request, caller, site, watch, prompter)
    address = typed(request.repos[0], site, request.way)
    final = destination.folder_for(request.dir, address, caller.home, caller.cwd)
    if not request.anyway:
        destination.refuse_data_directory(final, site)
    there = existing(address, final, request.dir is not None)
    attempt = ServerAttempt(address, final, site, caller.home)
    facts = place_facts(attempt)
    if there is None:
        return _cloning(attempt, request, facts, caller, watch, prompter)
    shown = by_hand(final)
    if request.way and there.scheme != address.scheme and not request.update:
        told = exposed(final, shown, site, moves=True)
        return _redirecting(attempt, there, facts, caller, watch).warned(told)
    told = exposed(final, shown, site)
    if not request.update:
        done = f"{shown} is cloned from {address.label} already; '--update' gets what is new."
        return Plan((), done, facts, warnings=told)
    return _updating(replace(attempt, address=there), facts, caller, watch).warned(told)


def _cloning(
    attempt: ServerAttempt,
    request: CloneRequest,
    facts: Mapping[str, Any],
    caller: Caller,
    watch: Watch,
    prompter: Prompter,
) -> Plan:
    final, site = attempt.folder, attempt.site
    shown = by_hand(final)
    done = f"Cloned {attempt.address.label} to {shown}."
    way = _way(attempt, caller, watch, None)
    big = weighed(attempt, request.extent, caller, prompter)
    who = introduction((final,), caller, site, prompter)

    clone = Clone(attempt, way.connection, big.extent)

    def after() -> dict[str, Any]:
        text = "\n".join(clone.said)
        told = (*_oddities(final), *submodules.notices(final, shown), *moved(text, final, "origin"))
        return {
            "done": "\n".join((done, *said_by(text), *next_steps.next_steps(final, shown, caller.home, site))),
            "warnings": (*told, *big.warnings, *who.warnings),
        }

    steps = (*way.steps, clone, *who.steps)
    needs = (Need(big.bytes, final.parent),) if big.bytes else ()
    return Plan(
        steps, done, facts, questions=asking(way.ask), locks=(final,), sweeps=(final.parent,), needs=needs, after=after
    )


def _redirecting(
    attempt: ServerAttempt, there: Address, facts: Mapping[str, Any], caller: Caller, watch: Watch
) -> Plan:
    shown = by_hand(attempt.folder)
    way = _way(attempt, caller, watch, None)
    steps = (*way.steps, Redirect(attempt, there.url, way.connection))
    done = f"{shown} now goes to {attempt.where} over {attempt.address.scheme}."
    return Plan(steps, done, facts, questions=asking(way.ask), locks=(attempt.folder,))


def _updating(attempt: ServerAttempt, facts: Mapping[str, Any], caller: Caller, watch: Watch) -> Plan:
    final = attempt.folder
    shown = by_hand(final)
    way = _way(attempt, caller, watch, final)
    update = Update(attempt, way.connection, caller)

    def after() -> dict[str, Any]:
        text = "\n".join(update.said.values())
        done = f"{shown} is up to date: {counted(update.received, 'new commit')}."
        told = {"done": "\n".join((done, *said_by(text))), "warnings": update.warnings}
        return told if update.received else {**told, "steps": way.steps}

    steps = (*way.steps, update)
    return Plan(steps, f"{shown} is up to date.", facts, questions=asking(way.ask), locks=(final,), after=after)


def _way(attempt: ServerAttempt, caller: Caller, watch: Watch, folder: Path | None) -> connection.Way:
    with watch(f"Looking for {attempt.where}"):
        return connection.prepare(attempt, caller, folder, lent_token)


def _oddities(folder: Path) -> tuple[str, ...]:
    if client.commit(folder):
        branch = client.ask_git(["symbolic-ref", "--quiet", "HEAD"], folder)
        return (
            () if not branch.code else ("this is no branch: 'git switch -c NAME' there makes one before you change it",)
        )
    if names := client.server_branches(folder):
        return (f"no files are there, since its default branch is missing; it has {', '.join(names[:5])}",)
    return ("the repository is empty: nobody has put anything in it yet",)
