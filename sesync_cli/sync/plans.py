"""What has to be done so that a working copy and its server have the same, and when a person has to decide."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady
from sesync_cli.git import identity
from sesync_cli.git.exposed import exposed
from sesync_cli.git.identity import Introduce
from sesync_cli.git.large_files import notice, pointers
from sesync_cli.git.refusals import moved
from sesync_cli.gitlab.account import my_identity
from sesync_cli.lock import alone
from sesync_cli.names import one_line
from sesync_cli.plan import Plan, Step, Watch, asking
from sesync_cli.prompter import Prompter
from sesync_cli.run import need
from sesync_cli.site.settings import Site
from sesync_cli.sync import conflicts, summary
from sesync_cli.sync.exchange import Exchange, compared
from sesync_cli.sync.getting import Getting, getting, getting_first
from sesync_cli.sync.links import unlocked
from sesync_cli.sync.preconditions import need_calm, need_git_lfs
from sesync_cli.sync.recovery import plan_recovery, recover
from sesync_cli.sync.request import SyncRequest
from sesync_cli.sync.selection import Chosen, chosen
from sesync_cli.sync.sending import MakeCommit, Push
from sesync_cli.sync.server import Server, fetch, servers_of
from sesync_cli.sync.status import BEHIND, Change, status
from sesync_cli.sync.steps import Merge
from sesync_cli.sync.tracking import Tracking, branches, fetched, tracking
from sesync_cli.sync.update_submodules import UpdateSubmodules
from sesync_cli.sync.working_copy import WorkingCopy, find_working_copy


def plan_sync(request: SyncRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """The steps to the same state on both sides, once the server is asked; a Conflict where a person has to decide.

    What only a person can decide on of what a killed run has left comes first, alone.
    """
    need("git", hint=f"Ask {site.support} to install it.")
    request = request.told_apart(caller)
    copy = find_working_copy(request.repo, caller)
    with alone(copy.place, watch("Waiting for another sesync")):
        if left := recover(copy):
            return plan_recovery(copy, left)
        stands = status(copy)
        need_calm(copy, stands)
        picked = chosen(copy, stands, request, caller, site, prompter)
        need_git_lfs(copy, picked.files if picked else (), site)
        tracks = tracking(copy, stands.branch, site)
        there = prompter.once(f"server of {copy.place}", lambda: _looked_up(copy, tracks, caller, site, watch))
        copy = replace(copy, connection=there.connection)
        found = compared(
            Exchange(copy, stands, there.fetched, fetched(copy, tracks), chosen=picked, said=tuple(there.said.values()))
        )
        plan = _exchanging(found, there, caller, site, merge=request.merge)
        first = next((at for at, step in enumerate(plan.steps) if isinstance(step, (MakeCommit, Merge))), None)
        if first is not None:  # what comes before it may fail, and then no name is kept
            told = _introduction(copy, caller, site, prompter)
            plan = replace(plan, steps=(*plan.steps[:first], *told, *plan.steps[first:]))
        return plan.warned((*exposed(copy.top, copy.shown, site), *_moves(copy, there.said)))


def _looked_up(copy: WorkingCopy, tracks: Tracking, caller: Caller, site: Site, watch: Watch) -> Server:
    """The servers, once what is new there is got."""
    there = servers_of(copy, tracks, site, caller)
    fetch(copy, tracks, there, watch)
    return there


def _introduction(copy: WorkingCopy, caller: Caller, site: Site, prompter: Prompter) -> tuple[Introduce, ...]:
    """What git has to be told before it can commit, if it does not know whose commits these are."""
    if identity.has_identity(copy.top):
        return ()
    offer = answer = prompter.once("offer", lambda: my_identity(site, caller))
    if prompter.interactive and not prompter.dry_run:
        answer = prompter.once("identity", lambda: identity.ask_identity(offer, prompter.text, prompter.note))
    if answer.is_whole:
        return (Introduce(answer),)
    raise NotReady(
        "git does not know your name and e-mail address yet, which every commit carries",
        hint=f"{identity.how_to(offer)} set them.",
    )


def _exchanging(found: Exchange, there: Server, caller: Caller, site: Site, *, merge: bool) -> Plan:
    """The steps, from what both sides have."""
    picked = found.chosen
    found = replace(found, left=_left(found))
    if not found.status.commit and not (picked and picked.files):
        got = getting_first(found)
        return replace(_described(got.exchange, got.first), after=lambda: {"warnings": _stand_ins(got)})
    got = getting(found, merge=merge)
    found = got.exchange
    steps: list[Step] = [*got.first]
    wanted = picked or Chosen("")
    made = MakeCommit(found.copy, wanted.message, wanted.words, wanted.files, wanted.new, caller.interactive)
    submodules = _submodules(found, caller, site)
    if got.moves_submodules:
        steps.append(submodules)
    if wanted.files:
        steps.append(made)
    if got.join:
        steps += [got.join, *([submodules] if got.moves_submodules else [])]
    push = Push(found.copy, there.pushed, there.sending, found.status.branch, found.tracks.target, found.tracks.adopts)
    if _pushes(found):
        if found.own.gone:
            raise conflicts.no_longer_there(found)
        if found.unseen:
            raise conflicts.another_branch(found)
        steps.append(push)
    return replace(
        _described(found, tuple(steps)),
        questions=asking(_question(found, push in steps)),
        warnings=_warnings(picked),
        after=lambda: _after(got, made, push if push in steps else None, submodules),
    )


def _pushes(found: Exchange) -> bool:
    is_new = found.tracks.is_one and found.tracks.target.tracking and not found.tracks.target.commit
    return bool((found.chosen and found.chosen.files) or found.unsent or is_new)


def _submodules(found: Exchange, caller: Caller, site: Site) -> UpdateSubmodules:
    """The step for all but those that are to be committed as they are; what is committed as a whole needs it."""
    files = found.chosen.files if found.chosen else ()
    covering = [word for word in (found.chosen.words if found.chosen else ()) if word not in files]
    behind = [change.path for change in found.status.changes if change.kind == BEHIND]
    needed = [path for path in behind if any(word == "." or path.startswith(f"{word}/") for word in covering)]
    return UpdateSubmodules(found.copy, site, caller, tuple(set(behind) & set(files)), tuple(needed))


def _described(found: Exchange, steps: tuple[Step, ...]) -> Plan:
    return Plan(steps, summary.done(found), summary.result(found), locks=(found.copy.place,))


def _after(got: Getting, made: MakeCommit, push: Push | None, submodules: UpdateSubmodules) -> dict[str, Any]:
    found = got.exchange
    chosen = replace(found.chosen, files=tuple(made.committed)) if found.chosen and made.committed else found.chosen
    said = (*found.said, *(push.heard if push else ()))
    now = replace(found, left=tuple(status(found.copy).own), chosen=chosen, said=said)
    missed = [f"the submodule {path} is still at an earlier state: {why}" for path, why in submodules.missed.items()]
    annexed = unlocked(found.copy, made.committed)
    return {
        "done": summary.done(now),
        "result": summary.result(now),
        "warnings": (*_warnings(found.chosen), *missed, *annexed, *_stand_ins(got)),
    }


def _stand_ins(got: Getting) -> tuple[str, ...]:
    """What to say of large files that came without their contents."""
    copy = got.exchange.copy
    short = pointers(copy.top, got.coming)
    return (notice(copy.shown, short),) if short else ()


def _moves(copy: WorkingCopy, said: Mapping[str, str]) -> Iterator[str]:
    for remote, text in said.items():
        yield from moved(text, copy.top, remote)


def _left(found: Exchange) -> tuple[Change, ...]:
    """The changes that stay uncommitted, as far as one can tell beforehand."""
    taken = found.chosen.files if found.chosen else ()
    own = found.status.own
    return tuple(change for change in own if not any(f"{one}/".startswith(f"{change.path}") for one in taken))


def _warnings(chosen: Chosen | None) -> tuple[str, ...]:
    if not chosen:
        return ()
    told = (*chosen.doubts, *chosen.backwards, *chosen.notes)
    return told if chosen.files else (*told, "there was nothing to commit")


def _question(found: Exchange, pushes: bool) -> str:
    chosen, away = found.chosen, found.own.taken_away
    asked = []
    if chosen and chosen.doubts:
        asked.append(
            f"This does not belong into git:\n  {summary.lines(chosen.doubts)}\nCommit and send it all the same?"
        )
    if chosen and chosen.backwards:
        asked.append(f"This takes back what is there:\n  {summary.lines(chosen.backwards)}\nCommit it all the same?")
    if away:
        asked.append(summary.question_of_rewriting(found))
    if pushes:
        asked.append(_question_where(found))
    return "\n".join(filter(None, asked))


def _question_where(found: Exchange) -> str:
    """What is asked where a push would go to another branch than people would think, or to one that is new."""
    tracks, mine = found.tracks, one_line(found.status.branch)
    there = one_line(tracks.target.name)
    is_new = bool(tracks.target.tracking and not tracks.target.commit and branches(found.copy, tracks.target.remote))
    if there != mine:
        return f"By git's settings, your branch {mine} goes to the server's {there}. Send it there?"
    if tracks.follows and not tracks.is_sent_by_settings:
        follows = f"Your branch {mine} follows the server's {one_line(tracks.upstream.name)}."
        as_what = f"{'a new branch' if is_new else 'the branch'} {there}"
        return f"{follows} Send it as {as_what}, and follow that one from now on?"
    return f"The server has no branch {there} yet. Send yours as a new one?" if is_new else ""
