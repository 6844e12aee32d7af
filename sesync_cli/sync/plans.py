"""What has to be done so that a working copy and its server have the same, and when a person has to decide."""

from dataclasses import dataclass, replace
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.plan import Plan, Step, asking
from sesync_cli.site.settings import Site
from sesync_cli.sync import conflicts, words
from sesync_cli.sync.chosen import Chosen
from sesync_cli.sync.exchange import Exchange
from sesync_cli.sync.failures import heard
from sesync_cli.sync.getting import getting, getting_first
from sesync_cli.sync.sending import Commit, Push
from sesync_cli.sync.server import Server
from sesync_cli.sync.status import BEHIND, Change
from sesync_cli.sync.status import status as stands
from sesync_cli.sync.tracking import branches
from sesync_cli.sync.update_submodules import UpdateSubmodules


@dataclass(frozen=True)
class SyncRequest:
    """What a person wants beside the exchange: a commit, histories joined; who they are, and at which site."""

    chosen: Chosen | None
    merge: bool
    caller: Caller
    site: Site


def plan_sync(found: Exchange, server: Server, request: SyncRequest) -> Plan:
    """The steps to the same state on both sides; a Conflict where a person has to decide."""
    chosen = request.chosen
    found = replace(found, chosen=chosen, left=_left(found, chosen))
    if not found.status.commit and not (chosen and chosen.files):
        got = getting_first(found)
        return _described(got.exchange, got.first)
    got = getting(found, merge=request.merge)
    found = got.exchange
    steps: list[Step] = [*got.first]
    submodules = _submodules(found, request)
    if got.moves_submodules:
        steps.append(submodules)
    if chosen and chosen.files:
        interactive = request.caller.interactive
        steps.append(Commit(found.copy, chosen.message, chosen.words, chosen.files, chosen.new, interactive))
    if got.join:
        steps += [got.join, *([submodules] if got.moves_submodules else [])]
    push = Push(
        found.copy, server.pushed, server.sending, found.status.branch, found.tracks.target, found.tracks.adopts
    )
    if _pushes(found):
        if found.own.gone:
            raise conflicts.no_longer_there(found)
        if found.unseen:
            raise conflicts.another_branch(found)
        steps.append(push)
    return replace(
        _described(found, tuple(steps)),
        questions=asking(_question(found, push in steps)),
        warnings=_warnings(chosen),
        after=lambda: _after(found, steps, push, submodules),
    )


def _pushes(found: Exchange) -> bool:
    is_new = found.tracks.is_one and found.tracks.target.tracking and not found.tracks.target.commit
    return bool((found.chosen and found.chosen.files) or found.unsent or is_new)


def _submodules(found: Exchange, request: SyncRequest) -> UpdateSubmodules:
    """The step for all but those that are to be committed as they are; what is committed as a whole needs it."""
    files = request.chosen.files if request.chosen else ()
    covering = [word for word in (request.chosen.words if request.chosen else ()) if word not in files]
    behind = [change.path for change in found.status.changes if change.kind == BEHIND]
    needed = [path for path in behind if any(word == "." or path.startswith(f"{word}/") for word in covering)]
    return UpdateSubmodules(found.copy, request.site, request.caller, tuple(set(behind) & set(files)), tuple(needed))


def _described(found: Exchange, steps: tuple[Step, ...]) -> Plan:
    return Plan(steps, words.done(found), words.result(found), locks=(found.copy.place,))


def _after(found: Exchange, steps: list[Step], push: Push, submodules: UpdateSubmodules) -> dict[str, Any]:
    said = heard("\n".join(push.heard)) if push in steps else []
    now = replace(found, left=tuple(stands(found.copy).own))
    missed = [f"the submodule {path} is still at an earlier state: {why}" for path, why in submodules.missed.items()]
    return {
        "done": words.done(now, said),
        "result": words.result(now),
        "warnings": (*_warnings(found.chosen), *missed),
    }


def _left(found: Exchange, chosen: Chosen | None) -> tuple[Change, ...]:
    """The changes that stay uncommitted, as far as one can tell beforehand."""
    taken = chosen.files if chosen else ()
    own = found.status.own
    return tuple(change for change in own if not any(f"{one}/".startswith(f"{change.path}") for one in taken))


def _warnings(chosen: Chosen | None) -> tuple[str, ...]:
    if not chosen:
        return ()
    doubts = (*chosen.doubts, *chosen.backwards)
    return doubts or (() if chosen.files else ("there was nothing to commit",))


def _question(found: Exchange, pushes: bool) -> str:
    chosen, away = found.chosen, found.own.taken_away
    asked = []
    if chosen and chosen.doubts:
        asked.append(
            f"This does not belong into git:\n  {words.lines(chosen.doubts)}\nCommit and send it all the same?"
        )
    if chosen and chosen.backwards:
        asked.append(f"This takes back what is there:\n  {words.lines(chosen.backwards)}\nCommit it all the same?")
    if away:
        asked.append(words.question_of_rewriting(found))
    if pushes:
        asked.append(_question_where(found))
    return "\n".join(filter(None, asked))


def _question_where(found: Exchange) -> str:
    """What is asked where a push would go to another branch than people would think, or to one that is new."""
    tracks, mine = found.tracks, words.plain(found.status.branch)
    there = words.plain(tracks.target.name)
    is_new = bool(tracks.target.tracking and not tracks.target.commit and branches(found.copy, tracks.target.remote))
    if there != mine:
        return f"By git's settings, your branch {mine} goes to the server's {there}. Send it there?"
    if tracks.follows and not tracks.is_sent_by_settings:
        follows = f"Your branch {mine} follows the server's {words.plain(tracks.upstream.name)}."
        as_what = f"{'a new branch' if is_new else 'the branch'} {there}"
        return f"{follows} Send it as {as_what}, and follow that one from now on?"
    return f"The server has no branch {there} yet. Send yours as a new one?" if is_new else ""
