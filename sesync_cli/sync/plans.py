"""What has to be done so that a working copy and its server have the same, and when a person has to decide."""

from dataclasses import dataclass, replace
from typing import Any

from sesync_cli.errors import Conflict
from sesync_cli.plan import Plan, Step
from sesync_cli.sync import words
from sesync_cli.sync.chosen import Chosen
from sesync_cli.sync.failures import heard
from sesync_cli.sync.history import commits, in_the_way, touched
from sesync_cli.sync.locks import RemoveLock
from sesync_cli.sync.server import Branch, Server, first_branch
from sesync_cli.sync.status import Change, Status
from sesync_cli.sync.status import status as stands
from sesync_cli.sync.steps import Commit, Forward, Merge, Push, SwitchTo
from sesync_cli.sync.words import Exchange
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class Wish:
    """What a person wants beside the exchange: a commit, histories joined; and whether they can be asked."""

    chosen: Chosen | None
    merge: bool
    interactive: bool


def plan_unlock(copy: WorkingCopy, locks: list[RemoveLock]) -> Plan:
    """How to get rid of the locks of a git that is gone and that was not ours."""
    names = ", ".join(lock.path.name for lock in locks)
    return Plan(
        tuple(locks),
        f"Removed what a killed git had left in {copy.shown}. Now run it again.",
        {"path": copy.top},
        ask=f"A git that no longer runs on this machine has left a lock in {copy.shown} ({names}). If none runs on"
        " another machine either, it can go. Remove it?",
        owner=copy.top,
    )


def plan_sync(copy: WorkingCopy, status: Status, server: Server, branch: Branch, wish: Wish) -> Plan:
    """The steps to the same state on both sides; a Conflict where a person has to decide."""
    if not status.commit and not (wish.chosen and wish.chosen.files):
        return _plan_first(copy, status, server, branch)
    incoming = commits(copy, branch.commit, status.commit) if branch.commit else ()
    outgoing = commits(copy, status.commit, branch.commit) if status.commit else ()
    left = _left(status.changes, wish.chosen)
    exchange = Exchange(copy, status, server.fetched, branch, incoming, outgoing, wish.chosen, left)
    push = Push(copy, server.pushed, server.sending, branch.remote, status.branch, branch.name)
    steps = _steps(exchange, wish, push)
    exchange = replace(exchange, joins=any(isinstance(step, Merge) for step in steps))
    return replace(
        _described(exchange, steps),
        ask=_question(exchange, wish, push in steps),
        warnings=_warnings(wish.chosen),
        after=lambda: _after(exchange, steps, push),
    )


def _steps(exchange: Exchange, wish: Wish, push: Push) -> tuple[Step, ...]:
    copy, chosen = exchange.copy, wish.chosen
    steps: list[Step] = []
    commit = chosen if chosen and chosen.files else None
    join = bool(exchange.incoming and exchange.outgoing)
    if exchange.incoming:
        blocked = in_the_way(
            copy, exchange.status.changes, touched(copy, exchange.status.commit, exchange.branch.commit)
        )
        left = [path for path in blocked if not commit or path not in commit.files]
        if left or (blocked and not wish.merge):
            raise _blocked(exchange, left or blocked, own=not left)
        join = join or bool(blocked)
        if join and not wish.merge:
            raise _diverged(exchange)
        if not join:
            steps.append(Forward(copy, exchange.branch.commit, exchange.branch.tracking))
    if commit:
        steps.append(Commit(copy, commit.message, commit.words, commit.files, commit.new, wish.interactive))
    if join:
        steps.append(Merge(copy, exchange.branch.tracking))
    if commit or exchange.outgoing or not exchange.branch.commit:
        steps.append(push)
    return tuple(steps)


def _plan_first(copy: WorkingCopy, status: Status, server: Server, branch: Branch) -> Plan:
    """For a copy without any commit: what the server has by now, if it has anything."""
    name = first_branch(copy, server.remote, branch.name)
    if not name:
        exchange = Exchange(copy, status, server.fetched, branch, (), (), None, status.changes)
        return _described(exchange, ())
    found = replace(branch, name=name)
    incoming = commits(copy, f"refs/remotes/{server.remote}/{name}", "")
    exchange = Exchange(copy, status, server.fetched, found, incoming, (), None, status.changes)
    blocked = in_the_way(copy, status.changes, touched(copy, "", f"refs/remotes/{server.remote}/{name}"))
    if blocked:
        raise _blocked(exchange, blocked, own=False)
    same = name == status.branch
    step: Step = Forward(copy, incoming[0].id, found.tracking) if same else SwitchTo(copy, name, server.remote)
    return _described(exchange, (step,))


def _described(exchange: Exchange, steps: tuple[Step, ...]) -> Plan:
    return Plan(steps, words.done(exchange), words.result(exchange), owner=exchange.copy.top)


def _after(exchange: Exchange, steps: tuple[Step, ...], push: Push) -> dict[str, Any]:
    said = heard("\n".join(push.heard)) if push in steps else []
    now = replace(exchange, left=stands(exchange.copy).changes)
    return {"done": words.done(now, said), "result": words.result(now)}


def _left(changes: tuple[Change, ...], chosen: Chosen | None) -> tuple[Change, ...]:
    """The changes that stay uncommitted, as far as one can tell beforehand."""
    taken = chosen.files if chosen else ()
    return tuple(change for change in changes if not any(f"{one}/".startswith(f"{change.path}") for one in taken))


def _warnings(chosen: Chosen | None) -> tuple[str, ...]:
    if not chosen:
        return ()
    return chosen.doubts or (() if chosen.files else ("there was nothing to commit",))


def _question(exchange: Exchange, wish: Wish, pushes: bool) -> str:
    doubts = wish.chosen.doubts if wish.chosen else ()
    asked = []
    if doubts:
        asked.append(f"This does not belong into git:\n  {words.lines(doubts)}\nCommit and send it all the same?")
    if pushes and exchange.branch.is_new:
        asked.append(f"The server has no branch {exchange.branch.name} yet. Send yours as a new one?")
    return "\n".join(asked)


def _blocked(exchange: Exchange, paths: list[str], own: bool) -> Conflict:
    copy, status = exchange.copy, exchange.status
    span = (exchange.branch.commit, status.commit)
    people = dict.fromkeys(one.author for path in paths[:5] for one in commits(copy, *span, path=path))
    names = words.few([words.plain(path) for path in paths])
    if own:
        hint = "Add '--merge' to commit yours and join the two; if the same lines were changed, it stops and says so."
    else:
        again = copy.again("--merge", "-m", "TEXT", files=paths[:5])
        hint = (
            f"'{again}' commits yours and joins the two, if not the same lines were changed."
            " Or move yours away, run this again, and compare."
        )
    return Conflict(
        f"{names}: changed by you, and meanwhile also by {words.few(list(people)) or 'others'}; nothing was changed"
        " and nothing is lost",
        hint=hint,
    )


def _diverged(exchange: Exchange) -> Conflict:
    theirs, ours = exchange.incoming, exchange.outgoing
    people = words.few(list(dict.fromkeys(one.author for one in theirs)))
    again = exchange.copy.again("--merge")
    support = exchange.attempt.site.support_email
    return Conflict(
        f"{exchange.copy.shown} and the server have gone different ways: you have {words.counted(ours)} that the server"
        f" has not, and it has {words.counted(theirs)} that you have not, by {people}. Nothing was changed and nothing"
        " is lost",
        hint=f"'{again}' joins the two, if not the same lines were changed; else it stops, and you talk to"
        f" {people}, or to {support}.",
    )
