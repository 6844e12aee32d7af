"""The shapes that an answer can take on a screen. Nothing here knows how to draw."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias


class Tone(Enum):
    """How good the news is that a word has."""

    GOOD = "good"
    ODD = "odd"
    BAD = "bad"


class Toned(str):
    """A text with a tone, for a state."""

    tone: Tone

    def __new__(cls, text: str, tone: Tone) -> "Toned":
        made = super().__new__(cls, text)
        made.tone = tone
        return made


class Command(str):
    """A value that one would type."""


class Url(str):
    """The address of a page, on which one would click."""


def good(text: str) -> Toned:
    """A state that is as it should be."""
    return Toned(text, Tone.GOOD)


def odd(text: str) -> Toned:
    """A state that one should know of."""
    return Toned(text, Tone.ODD)


def bad(text: str) -> Toned:
    """A state that stops somebody."""
    return Toned(text, Tone.BAD)


class Table(NamedTuple):
    """Rows under headings; `empty` is said instead when there are none.

    `end` is the part of the answer that stands below them, and `note` a word beside it.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str = "Nothing to show."
    note: str = ""
    end: str = ""


class Facts(NamedTuple):
    """One thing, as names and values."""

    title: str
    facts: Sequence[tuple[str, str]]


class Branch(NamedTuple):
    """A line of a tree: how much, of what, a word beside it, and what is in it."""

    amount: str
    name: str
    note: str = ""
    branches: Sequence["Branch"] = ()


class Tree(NamedTuple):
    """A tree, by its top."""

    top: Branch


class Letter(NamedTuple):
    """Words for another place or for somebody else: they are shown as they are, for people to copy."""

    text: str


class Commands(NamedTuple):
    """What one would type, a command or a comment in each line; one that goes on in the next can be typed as well."""

    lines: Sequence[str]


class Notice(NamedTuple):
    """One thing behind a mark: a sentence, more of it below, and what one would type."""

    mark: Toned
    message: str
    more: str = ""
    command: str = ""


class Signpost(NamedTuple):
    """A sentence, and below it what leads there: links, and commands for whatever computer, one in each line."""

    says: str
    lines: Sequence[Url | Command]


class Page(NamedTuple):
    """Several shapes, one below the other."""

    views: Sequence["View"]


View: TypeAlias = "Table | Facts | Notice | Signpost | Page | Tree | Commands | Letter | str"


def ago(moment: str) -> str:
    """How long ago a moment was, given as ISO 8601 has it, as people say it: `2 days ago`; empty if it is none."""
    from datetime import UTC, datetime

    import humanize

    try:
        return humanize.naturaltime(datetime.now(UTC) - datetime.fromisoformat(moment))
    except (ValueError, TypeError, OverflowError):
        return ""


def lasting(seconds: float) -> str:
    """A time as people say it: `3 hours`."""
    import humanize

    return humanize.naturaldelta(seconds)


def size(count: int) -> str:
    """Bytes as people say them, in the units of disks and quotas: 1.5 GB is 1,500,000,000 bytes."""
    import humanize

    return humanize.naturalsize(count, format="%.0f" if count < 10_000_000 else "%.1f").replace(" Bytes", " bytes")
