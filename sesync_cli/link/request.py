"""What somebody wants of links, as it was said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LinkRequest:
    """A link to a project's data directory, in `folder` (home, if empty) and called `name` (else as the directory is).

    With `replace`, another link of that name gives way.
    """

    project: str
    name: str = ""
    folder: str = ""
    replace: bool = False


@dataclass(frozen=True)
class UnlinkRequest:
    """No link of this name, or to this project, in `folder` (home, if empty)."""

    name: str
    folder: str = ""
