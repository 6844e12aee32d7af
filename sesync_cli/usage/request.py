"""What somebody wants to know of what fills their home, or to be rid of, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UsageRequest:
    """A file or folder, home if `path` is empty; folders down to this depth below it are counted by themselves.

    What is told `by` owner or by age is not told by what it is.
    """

    path: str = ""
    depth: int = 2
    by: str = ""
