"""How trees are laid out: amounts in a column of their own, so that the eye can run down them."""

from collections.abc import Iterator

from sesync_cli.view import Branch, Tree
from sesync_cli.wrapping import cells, shown, wrapped

_LEAST = 12  # columns for a name, however narrow the terminal is
_AMOUNT = 9  # columns


def branching(tree: Tree, width: int) -> Iterator[str]:
    """The lines of a tree; what is too long for so many columns goes on below itself."""
    yield from _line(tree.top, "", "", width)
    yield from _below(tree.top, "", width)


def _below(branch: Branch, before: str, width: int) -> Iterator[str]:
    for inner in branch.branches:
        first, later = ("└─ ", "   ") if inner is branch.branches[-1] else ("├─ ", "│  ")
        yield from _line(inner, before + first, before + later, width)
        yield from _below(inner, before + later, width)


def _line(branch: Branch, first: str, later: str, width: int) -> Iterator[str]:
    text = shown(f"{branch.name}  {branch.note}" if branch.note else branch.name)
    later += "│  " if branch.branches else ""
    room = max(_LEAST, width - _AMOUNT - 2 - len(first))
    whole = [text] if cells(text) <= room else wrapped(text, room - 3)
    for number, words in enumerate(whole):
        amount, guide = ("", later) if number else (branch.amount, first)
        yield f"{amount:>{_AMOUNT}}  {guide}{words}".rstrip()
