"""The plan that clones several repositories side by side: those of a group, or those that somebody picked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.clone import destination
from sesync_cli.clone.offers import introduction
from sesync_cli.clone.parallel import One, Together, shared_login
from sesync_cli.clone.projects import folder_names
from sesync_cli.clone.request import CloneRequest
from sesync_cli.clone.working_copy import Clone, existing
from sesync_cli.errors import Conflict, SesyncError, WrongWords, of_each
from sesync_cli.git import connection
from sesync_cli.git.address import name_at_site, typed
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.exposed import exposed
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.names import shortened
from sesync_cli.plan import Plan, Watch, asking, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.sync.update import Update

_NAMED = 10  # how many repositories a sentence names


@dataclass(frozen=True)
class _Sorting:
    """What there is to do: clones that are wanted, those to be updated, and what is in the way of others."""

    new: tuple[ServerAttempt, ...]
    there: tuple[ServerAttempt, ...]
    blocked: dict[str, SesyncError]


def plan_several(request: CloneRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """Clone all of these side by side; those that are there already stay as they are, or are updated."""
    found, count = _sorted(request, caller, site), len(request.repos)
    there = found.there if request.update else ()
    wanted = (*found.new, *there)
    facts = {"repositories": sorted(map(place_facts, (*found.new, *found.there)), key=lambda one: str(one["path"]))}
    told = tuple(warning for one in found.there for warning in _exposed(one))
    if not wanted:
        if found.blocked:
            raise _unfinished(found.blocked, count)
        return Plan((), f"{_are(count)} cloned already; '--update' gets what is new.", facts, warnings=told)
    ways = _ways(wanted, caller, watch)
    failed = dict(found.blocked)
    who = introduction(tuple(one.folder for one in wanted), caller, site, prompter)
    updates = [Update(attempt, ways[_server(attempt)].connection, caller) for attempt in there]
    ones: tuple[One, ...] = (
        *(Clone(attempt, ways[_server(attempt)].connection, request.extent) for attempt in found.new),
        *updates,
    )
    together = Together(ones, watch, shared_login(ones), failed)

    def after() -> dict[str, Any]:
        if failed:
            raise _unfinished(failed, count)
        brought = (together,) if found.new or any(one.received for one in updates) else ()
        warnings = (*who.warnings, *(told for one in updates for told in one.warnings))
        return {"warnings": warnings, "steps": (*introductions, *brought, *who.steps)}

    introductions = tuple(step for way in ways.values() for step in way.steps)
    steps = (*introductions, together, *who.steps)
    place_of = by_hand(wanted[0].folder.parent)
    names = shortened([one.folder.name for one in (*found.new, *found.there)], _NAMED)
    done = f"{_are(count)} in {place_of}: {names}."
    ask = "\n".join(filter(None, (*(way.ask for way in ways.values()), _question(wanted, place_of, prompter))))
    owner = caller.home / ".sesync-group" / (request.group or "several")
    plan = Plan(
        steps, done, facts, questions=asking(ask), locks=(owner,), sweeps=(wanted[0].folder.parent,), after=after
    )
    return plan.warned(told)


def place_facts(attempt: ServerAttempt) -> dict[str, Any]:
    """What is cloned and to where, for programs: GROUP/NAME if it is at the site's GitLab, and its address."""
    address = attempt.address
    repository = name_at_site(address, attempt.site) or None
    return {"repository": repository, "address": address.shown, "path": attempt.folder}


def _exposed(attempt: ServerAttempt) -> tuple[str, ...]:
    return exposed(attempt.folder, by_hand(attempt.folder), attempt.site)


def _sorted(request: CloneRequest, caller: Caller, site: Site) -> _Sorting:
    new, there, blocked = list[ServerAttempt](), list[ServerAttempt](), dict[str, SesyncError]()
    home = caller.home
    for path, name in folder_names(request.repos, request.group).items():
        try:
            address = typed(path, site, request.way)
            final = destination.folder_for(f"{request.dir or home}/{name}", address, home, caller.cwd)
            known = existing(address, final, False)
        except (WrongWords, Conflict) as error:
            blocked[path] = error
            continue
        if not request.anyway:
            destination.refuse_data_directory(final, site)
        way = replace(known, label=path) if known else address
        (there if known else new).append(ServerAttempt(way, final, site, home))
    return _Sorting(tuple(new), tuple(there), blocked)


def _ways(wanted: Sequence[ServerAttempt], caller: Caller, watch: Watch) -> dict[str, connection.Way]:
    """How to get to each of the servers: there is more than one where some clones go over ssh and others over https."""
    ways: dict[str, connection.Way] = {}
    for attempt in wanted:
        if _server(attempt) not in ways:
            with watch(f"Looking for {attempt.where}"):
                ways[_server(attempt)] = connection.prepare(attempt, caller, None, lent_token)
    return ways


def _server(attempt: ServerAttempt) -> str:
    return f"{attempt.address.scheme}://{attempt.where}"


def _question(wanted: Sequence[ServerAttempt], where: str, prompter: Prompter) -> str:
    """What is asked where nobody has just picked them by hand."""
    if prompter.watched and prompter.may_ask:
        return ""
    return f"clone {_count(len(wanted))} to {where}: {shortened([one.address.label for one in wanted], _NAMED)}?"


def _unfinished(failed: dict[str, SesyncError], count: int) -> SesyncError:
    others = "; the others are there" if len(failed) < count else ""
    return of_each(f"{len(failed)} of {_count(count)} could not be cloned{others}", failed)


def _count(number: int) -> str:
    return f"{number} {'repository' if number == 1 else 'repositories'}"


def _are(number: int) -> str:
    return f"{_count(number)} {'is' if number == 1 else 'are'}"
