"""What the workers of one run share."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from sesync_cli.put.entries import Found


@dataclass(frozen=True)
class Verification:
    """Whether what is there already is compared, whether SHA-256 sums are told, and how to replace what differs."""

    existing: bool
    sums: bool
    replacing: str


@dataclass(frozen=True)
class Job:
    """What the workers of one run share: all that was found, and how each file is to be treated.

    `replace` lets a file take the place of another; `closed` are folders whose group is given nothing.
    """

    found: Found
    batches: Sequence[Sequence[int]]
    verification: Verification
    replace: bool = False
    closed: Set[str] = frozenset()
