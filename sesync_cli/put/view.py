"""How it looks what came of comparing files with their checksums."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sesync_cli.names import first, one_line
from sesync_cli.plan import by_hand
from sesync_cli.view import Page, Table, View, bad, odd, size

if TYPE_CHECKING:
    from sesync_cli.put.checking import Comparison

_SHOWN = 8  # files without checksums, and odd things, that are named on a terminal


def verdict(checked: "Comparison") -> View:
    """What is not as it was, one line each, and what nobody can tell of."""
    unread = sorted(os.path.relpath(one.path, checked.folder) for one in checked.unreadable)
    states = {bad("different"): checked.different, bad("missing"): checked.missing, odd("unreadable"): unread}
    rows = [(state, one_line(path)) for state, paths in states.items() for path in paths]
    wrong = [f"{_summary(checked)}:", Table(("STATE", "FILE"), rows)] if rows else [f"{_summary(checked)}."]
    return Page((*wrong, *_without(checked), *_some(checked.warnings)))


def _summary(checked: "Comparison") -> str:
    """What came of it in a sentence, without its end."""
    wrong, folder = len(checked.different) + len(checked.missing), checked.folder
    silent = len(checked.unreadable)
    unread = f"{silent:,} {'file or folder' if silent == 1 else 'files or folders'}" if silent else ""
    if wrong:
        said = f"{wrong:,} of {checked.files:,} files in {folder} are not as their checksums say"
        return f"{said}, and {unread} cannot be read" if unread else said
    if unread:
        return f"{unread} in {folder} cannot be read"
    have = " that have checksums are as these say" if checked.without else " are as their checksums say"
    return f"All {checked.files:,} files ({size(checked.bytes)}) in {folder}{have}"


def _without(checked: "Comparison") -> Iterator[str]:
    count = len(checked.without)
    if count:
        one = "file has no checksums, so nobody can tell if it has"
        more = "files have no checksums, so nobody can tell if they have"
        yield f"{count:,} {one if count == 1 else more} changed:"
        yield from (f"  {line}" for line in _some(checked.without))
        it = "it" if count == 1 else "them"
        yield f"'{by_hand('sesync', 'put', '--manifest', checked.folder)}' keeps checksums of {it} from now on."


def _some(lines: tuple[str, ...]) -> list[str]:
    return first(lines, _SHOWN, one_line, "and {:,} more; '--json' names them all")
