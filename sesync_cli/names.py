"""Names that people type or read: checked before they become paths, matched with near ones, and told in a line."""

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sesync_cli.errors import WrongWords

T = TypeVar("T")

_LONGEST = 100


def checked(name: str, what: str) -> str:
    """The name itself, if it can be a folder's name everywhere; `what` says whose name it is, for the error."""
    plain = name.isascii() and all(letter.isalnum() or letter in "._-" for letter in name)
    if plain and name[:1].isalnum() and len(name) <= _LONGEST:
        return name
    hint = "A name has letters, digits, '.', '_' and '-', and begins with a letter or a digit."
    if len(name) > _LONGEST:
        hint = f"A name has at most {_LONGEST} letters."
    raise WrongWords(f"{name!r} cannot be the name of a {what}", hint=hint)


def near(name: str, known: Iterable[str]) -> list[str]:
    """Up to three of the known names that look like this one, the nearest first."""
    from difflib import get_close_matches

    by_folded = {one.casefold(): one for one in known}
    return [by_folded[match] for match in get_close_matches(name.casefold(), by_folded, n=3)]


def did_you_mean(words: Iterable[str]) -> str:
    """The question after a word that is not known, with what may be typed in its place; empty where nothing may."""
    known = [shlex.quote(word) for word in words]
    return f"Did you mean {listed(known)}?" if known else ""


def listed(names: Iterable[str]) -> str:
    """'a', 'a or b', 'a, b or c': for a hint; empty for none."""
    return _linked(names, "or")


def few(names: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b, c, d, e and 7 more'; empty for none."""
    return shortened(names, 5) if len(names) > 5 else joined(names)


def joined(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'; empty for none."""
    return _linked(names, "and")


def _linked(names: Iterable[str], word: str) -> str:
    *rest, last = [*names] or [""]
    return f"{', '.join(rest)} {word} {last}" if rest else last


def shortened(names: Sequence[str], most: int) -> str:
    """'a, b' of two, 'a, b and 7 more' of nine."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def first(items: Sequence[T], most: int, show: Callable[[T], str] = str, more: str = "and {} more") -> list[str]:
    """The first of these, as they are shown, and in the last line how many more there are."""
    return [*map(show, items[:most]), *([more.format(len(items) - most)] if len(items) > most else [])]


def one_line(text: str) -> str:
    """A name from outside in one line."""
    return text.replace("\n", "\\n")
