"""What happened, in the words of people who do not think in git's."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sesync_cli.git.address import name_at_site
from sesync_cli.git.refusals import said_by
from sesync_cli.names import few, first, one_line
from sesync_cli.plan import by_hand
from sesync_cli.sync.exchange import Exchange
from sesync_cli.sync.history import Commit
from sesync_cli.sync.status import INSIDE, RIGHTS, untracked, without_rights
from sesync_cli.sync.tracking import has_branches
from sesync_cli.sync.working_copy import WorkingCopy

_MOST = 10  # commits and files that are shown one by one


def done(exchange: Exchange) -> str:
    """What was got, committed and sent, what the servers said to it, and what is still only here."""
    parts = [*_taken_away(exchange), *_got(exchange), *_sent(exchange)]
    if not parts:
        parts.append(_nothing_new(exchange))
    parts += said_by(*exchange.said)
    return "\n".join((*parts, *_only_here(exchange)))


def result(exchange: Exchange) -> dict[str, Any]:
    """The same for programs."""
    chosen, address = exchange.chosen, exchange.attempt.address
    return {
        "path": exchange.copy.top,
        "repository": name_at_site(address, exchange.attempt.site) or None,
        "address": address.shown,
        "branch": exchange.status.branch or None,
        "received": [asdict(one) for one in exchange.incoming],
        "sent": [asdict(one) for one in exchange.unsent],
        "committed": list(chosen.files) if chosen else [],
        "uncommitted": [{"name": change.path, "change": change.kind} for change in exchange.left],
    }


def question_of_rewriting(exchange: Exchange) -> str:
    """Whether to give up here what was taken away at the server."""
    away, name = exchange.own.taken_away, one_line(exchange.tracks.upstream.name)
    return (
        f"The history of {name} was rewritten at the server. {counted(away)} that you have"
        f" {'is' if len(away) == 1 else 'are'} no longer there:\n  {_told(away)}\n"
        "Follow it, and give these up here too? Your own changes stay."
    )


def counted(found: Sequence[object], what: str = "commit") -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def people(found: Iterable[Commit]) -> str:
    """Who made these commits."""
    return few(list(dict.fromkeys(one_line(one.author) for one in found)))


def lines(texts: Iterable[str]) -> str:
    """One below the other, indented."""
    return "\n  ".join(map(one_line, texts))


def _nothing_new(exchange: Exchange) -> str:
    if not exchange.status.commit and has_branches(exchange.copy):
        return f"The branch {one_line(exchange.status.branch)} of {exchange.copy.shown} has no commit yet."
    if not exchange.status.commit:
        return f"{exchange.copy.shown} and the server are empty: nobody has committed anything yet."
    where = f"branch {one_line(exchange.tracks.upstream.name)}"
    if exchange.waiting:
        return _waiting(exchange)
    if exchange.left:
        return f"The server has nothing new for {exchange.copy.shown} ({where})."
    return f"{exchange.copy.shown} and the server have the same ({where})."


def _waiting(exchange: Exchange) -> str:
    mine, theirs = one_line(exchange.status.branch), one_line(exchange.tracks.upstream.shown)
    again = exchange.copy.again("--merge")
    return f"{theirs} has {counted(exchange.waiting, 'new commit')} that {mine} has not: '{again}' joins the two."


def _taken_away(exchange: Exchange) -> list[str]:
    away = exchange.own.taken_away
    if not away:
        return []
    back = by_hand("git", "-C", exchange.copy.top, "branch", "NAME", exchange.status.commit[:10])
    return [
        f"Followed the server, where {counted(away)} {'is' if len(away) == 1 else 'are'} no longer:\n  {_told(away)}\n"
        f"For some weeks, '{back}' brings back how it was here."
    ]


def _got(exchange: Exchange) -> list[str]:
    if not exchange.incoming:
        return []
    return [f"Got {counted(exchange.incoming, 'new commit')} into {exchange.copy.shown}:\n  {_told(exchange.incoming)}"]


def _sent(exchange: Exchange) -> list[str]:
    chosen = exchange.chosen if exchange.chosen and exchange.chosen.files else None
    parts = []
    if exchange.joins:
        parts.append("Joined them with yours.")
    if chosen:
        parts.append(f"Committed {few([one_line(file) for file in chosen.files])}: {one_line(chosen.message)}")
    count = len(exchange.unsent) + bool(chosen) + exchange.joins
    if count or (exchange.tracks.is_one and not exchange.tracks.target.commit):
        address = exchange.attempt.address
        whose = name_at_site(address, exchange.attempt.site) or address.label
        to = f"branch {one_line(exchange.tracks.target.name)} of {whose}"
        parts.append(f"Sent {count} commit{'' if count == 1 else 's'} to {to}.")
    if parts and exchange.waiting:
        parts.append(_waiting(exchange))
    return parts if exchange.status.commit or chosen else []


def _told(found: Sequence[Commit]) -> str:
    width = min(20, max(len(one.author) for one in found[:_MOST]))
    return lines(first(found, _MOST, lambda one: f"{one_line(one.author):<{width}}  {one_line(one.subject)}"))


def _only_here(exchange: Exchange) -> list[str]:
    left = exchange.left
    if not left:
        return []
    width = max(len(change.kind) for change in left[:_MOST])
    changed = first(left, _MOST, lambda change: f"{change.kind:<{width}}  {one_line(change.path)}")
    told = [f"Changed here, and not committed:\n  {lines(changed)}"]
    rights = [one.path for one in left if one.kind == RIGHTS]
    if rights:
        away = without_rights(exchange.copy)
        told.append(f"If it is the disk that shows other rights: '{away}' has git leave rights alone.")
        told.append(f"This commits and sends those of one: {exchange.copy.again('-m', 'TEXT', files=rights[:1])}")
    ready = (one.path for one in left if one.kind not in (INSIDE, RIGHTS) and _has_files(exchange.copy, one.path))
    if one := next(ready, "").rstrip("/"):
        told.append(f"This commits and sends one: {exchange.copy.again('-m', 'TEXT', files=[one])}")
    return told


def _has_files(copy: WorkingCopy, path: str) -> bool:
    """Whether a new folder has files of its own: those of a repository in it are not committed here."""
    return not path.endswith("/") or not all(one.endswith("/") for one in untracked(copy, path))
