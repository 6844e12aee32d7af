"""sesync clone with several repositories, as one plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli import screen
from sesync_cli.answer import asked_for_json
from sesync_cli.clone import place
from sesync_cli.clone.cli.options import introduction, may_ask
from sesync_cli.clone.extent import Extent
from sesync_cli.clone.projects import folders
from sesync_cli.clone.together import One, Together, shared_login
from sesync_cli.clone.working_copy import Clone, existing
from sesync_cli.errors import Conflict, SesyncError, WrongWords
from sesync_cli.git import connection
from sesync_cli.git.address import typed
from sesync_cli.git.exposed import exposed
from sesync_cli.git.failures import Attempt
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.names import tilde
from sesync_cli.plan import Plan, asking
from sesync_cli.session import Session
from sesync_cli.sync.update import Update

_NAMED = 10  # how many repositories a sentence names


@dataclass(frozen=True)
class Wish:
    """How repositories are wanted: where, which way, how much of them, and whether those that are there are updated."""

    dir: str | None
    way: str
    update: bool
    anyway: bool
    extent: Extent


@dataclass(frozen=True)
class _Found:
    """What there is to do: clones that are wanted, those to be updated, and what is in the way of others."""

    new: tuple[Attempt, ...]
    there: tuple[Attempt, ...]
    blocked: dict[str, SesyncError]


def plan_group(session: Session, group: str, paths: Sequence[str], wish: Wish) -> Plan:
    """Clone all of these side by side; those that are there already stay as they are, or are updated."""
    found = _found(session, group, paths, wish)
    wanted = (*found.new, *(found.there if wish.update else ()))
    all_ = [{"repository": one.address.shown, "path": str(one.folder)} for one in (*found.new, *found.there)]
    facts = {"repositories": sorted(all_, key=lambda one: one["path"])}
    told = tuple(warning for one in found.there for warning in _exposed(session, one.folder))
    if not wanted:
        if found.blocked:
            raise _unfinished(found.blocked, len(paths))
        return Plan((), f"{_count(len(paths))} are cloned already; '--update' gets what is new.", facts, warnings=told)
    ways, there = _ways(session, wanted), found.there if wish.update else ()
    who, failed = introduction(session), dict(found.blocked)
    updates = [Update(attempt, ways[_server(attempt)].connection, session.caller) for attempt in there]
    ones: tuple[One, ...] = (
        *(Clone(attempt, ways[_server(attempt)].connection, wish.extent) for attempt in found.new),
        *updates,
    )
    together = Together(ones, screen.doing, shared_login(ones), failed)

    def after() -> dict[str, Any]:
        if failed:
            raise _unfinished(failed, len(paths))
        missed = [f"a submodule is at an earlier state: {told}" for one in updates for told in one.missed]
        return {"warnings": (*who.warnings, *missed)}

    steps = (*(step for way in ways.values() for step in way.steps), *who.steps, together)
    place_of = tilde(wanted[0].folder.parent, session.caller.home)
    done = f"{_count(len(paths))} are in {place_of}: {_named([one.folder.name for one in (*found.new, *found.there)])}."
    questions = (*(way.ask for way in ways.values()), _question(session, wanted, place_of))
    ask = "\n".join(filter(None, questions))
    owner = session.caller.home / ".sesync-group" / (group or "several")
    plan = Plan(
        steps, done, facts, questions=asking(ask), locks=(owner,), sweeps=(wanted[0].folder.parent,), after=after
    )
    return plan.warned(told)


def _found(session: Session, group: str, paths: Sequence[str], wish: Wish) -> _Found:
    new, there, blocked = list[Attempt](), list[Attempt](), dict[str, SesyncError]()
    home, cwd = session.caller.home, session.caller.cwd
    for path, name in folders(paths, group).items():
        try:
            address = typed(path, session.site, wish.way)
            final = place.chosen(f"{wish.dir or home}/{name}", address, home, cwd)
            known = existing(address, final, False)
        except (WrongWords, Conflict) as error:
            blocked[path] = error
            continue
        if not wish.anyway:
            place.refuse_data_directory(final, session.site)
        way = replace(known, label=path) if known else address
        (there if known else new).append(Attempt(way, final, session.site, home))
    return _Found(tuple(new), tuple(there), blocked)


def _exposed(session: Session, folder: Path) -> tuple[str, ...]:
    return exposed(folder, tilde(folder, session.caller.home), session.site)


def _ways(session: Session, wanted: Sequence[Attempt]) -> dict[str, connection.Way]:
    """How to get to each of the servers: there is more than one where some clones go over ssh and others over https."""
    ways: dict[str, connection.Way] = {}
    for attempt in wanted:
        if _server(attempt) not in ways:
            with screen.doing(f"Looking for {attempt.where}"):
                ways[_server(attempt)] = connection.prepare(attempt, session.caller, None, lent_token)
    return ways


def _server(attempt: Attempt) -> str:
    return f"{attempt.address.scheme}://{attempt.where}"


def _question(session: Session, wanted: Sequence[Attempt], where: str) -> str:
    """What is asked where nobody has just picked them by hand."""
    if session.watched and may_ask(session) and not asked_for_json():
        return ""
    return f"clone {_count(len(wanted))} to {where}: {_named([one.address.label for one in wanted])}?"


def _unfinished(failed: dict[str, SesyncError], count: int) -> SesyncError:
    lines = "".join(f"\n  {label}: {error}" for label, error in failed.items())
    others = "; the others are there" if len(failed) < count else ""
    hints = list(dict.fromkeys(error.hint for error in failed.values() if error.hint))
    return SesyncError(f"{len(failed)} of {_count(count)} could not be cloned{others}:{lines}", hint="\n".join(hints))


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _count(number: int) -> str:
    return f"{number} {'repository' if number == 1 else 'repositories'}"
