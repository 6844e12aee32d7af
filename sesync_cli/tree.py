"""Trees as lines of text, amounts in a column of their own, so that the eye can run down them."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

_LEAST = 12  # columns for a name, however narrow the terminal is
_AMOUNT = 9  # columns


class Branch(NamedTuple):
    """A line of a tree: how much, of what, a word beside it, and what is in it."""

    amount: str
    name: str
    note: str = ""
    branches: Sequence["Branch"] = ()


class Tree(NamedTuple):
    """A tree, by its top."""

    top: Branch

    def lines(self, width: int) -> Iterator[str]:
        """Its lines; what is too long for this width goes on below itself."""
        yield from _line(self.top, "", "", width)
        yield from _below(self.top, "", width)


def _below(branch: Branch, before: str, width: int) -> Iterator[str]:
    for inner in branch.branches:
        first, later = ("└─ ", "   ") if inner is branch.branches[-1] else ("├─ ", "│  ")
        yield from _line(inner, before + first, before + later, width)
        yield from _below(inner, before + later, width)


def _line(branch: Branch, first: str, later: str, width: int) -> Iterator[str]:
    text = f"{branch.name}  {branch.note}" if branch.note else branch.name
    later += "│  " if branch.branches else ""
    room = max(_LEAST, width - _AMOUNT - 2 - len(first))
    whole = [text] if len(text) <= room else wrap(text, room - 3) or [text]
    for number, words in enumerate(whole):
        amount, guide = ("", later) if number else (branch.amount, first)
        yield f"{amount:>{_AMOUNT}}  {guide}{words}".rstrip()
