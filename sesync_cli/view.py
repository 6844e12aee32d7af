"""The shapes that an answer can take on a screen. Nothing here knows how to draw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from sesync_cli.tree import Tree


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


class Page(NamedTuple):
    """Several shapes, one below the other."""

    views: Sequence["View"]


View: TypeAlias = "Table | Facts | Page | Tree | str"


def ago(moment: str) -> str:
    """How long ago a moment was, given as ISO 8601 has it, as people say it: `2 days ago`; empty if it is none."""
    from datetime import UTC, datetime

    import humanize

    try:
        return humanize.naturaltime(datetime.now(UTC) - datetime.fromisoformat(moment))
    except (ValueError, TypeError, OverflowError):
        return ""


def size(count: int) -> str:
    """Bytes as people say them, in the units of disks and quotas: 1.5 GB is 1,500,000,000 bytes."""
    import humanize

    return humanize.naturalsize(count, format="%.0f" if count < 10_000_000 else "%.1f").replace(" Bytes", " bytes")
