"""What speaks against a put, said before anything is copied."""

import os
from collections.abc import Iterable

from sesync_cli.errors import Conflict, Refused
from sesync_cli.plan import by_hand
from sesync_cli.put.entries import Found, There
from sesync_cli.put.errand import PutRequest
from sesync_cli.put.steps import WHOSE, unreadable
from sesync_cli.put.sums import NAME

_SHOWN = 3


def check(found: Found, request: PutRequest) -> None:
    """Refuse what would lose, mix or leave out something unasked."""
    if request.manifest:
        _need_no_manifest(found)
    _need_no_mixing(found)
    blocked = [one for one in found.entries if one.there == There.BLOCKED]
    others = [one for one in found.entries if one.there == There.ANOTHER]
    if blocked:
        paths = some(found.final(one) for one in blocked)
        whole = [found.final(one) for one in blocked]
        hint = "'--as NAME' gives another name."
        raise Conflict(f"something else is in the way, and it stays: {paths}", hint=hint, problems=whole)
    if others and not request.replace:
        paths = some(found.final(one) for one in others)
        hint = "'--as NAME' gives what you put another name, and '--replace' asks for each file."
        whole = [found.final(one) for one in others]
        raise Conflict(f"other files are there already, and stay: {paths}", hint=hint, problems=whole)
    secrets = [f"{path} looks like a secret" for path in found.secrets]
    if request.move and (left := [*found.odd, *secrets, *(f"{path} cannot be read" for path, _ in found.unreadable)]):
        hint = "Leave out '--move' to copy the rest."
        raise Refused(f"this cannot be moved whole: {some(left)}", hint=hint, problems=left)
    if found.unreadable and not has_work(found, range(len(found.entries))):
        raise Refused(f"this cannot be looked into: {some(unreadable(found))}", hint=WHOSE, problems=unreadable(found))


def _need_no_mixing(found: Found) -> None:
    """Refuse to put a database beside what has not been written into another one of its name: it would be, unasked."""
    there = {found.final(one): one.there for one in found.entries} if found.unwritten else {}
    for final, beside in found.unwritten:
        if there.get(final, There.SAME) != There.SAME and there.get(beside) != There.SAME:
            hint = f"'--as NAME' gives yours another name. If nobody needs what is there: '{by_hand('rm', beside)}'."
            raise Conflict(f"{beside} is there already, and would be read into {final}", hint=hint)


def _need_no_manifest(found: Found) -> None:
    """Refuse a source that would be the file of the checksums, on some file systems or on all."""
    for source, final in zip(found.sources, found.finals, strict=True):
        if os.path.basename(final).upper() == NAME:
            hint = "'--as NAME' gives it another name. Or leave out '--manifest': 'put --check' reads its sums, too."
            raise Conflict(f"{source} would be the very file that '--manifest' writes into", hint=hint)


def has_work(found: Found, chosen: Iterable[int]) -> bool:
    """Whether any of these entries is to be made."""
    return any(found.entries[number].there == There.NOTHING for number in chosen)


def some(texts: Iterable[str]) -> str:
    """A few of these texts, and how many more there are."""
    whole = list(texts)
    more = f", and {len(whole) - _SHOWN:,} more ('--json' names them all)" if len(whole) > _SHOWN else ""
    return ", ".join(whole[:_SHOWN]) + more
