"""What a line of a list asks for, what it is read beside, and what is said where it is not taken as it is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

ELSEWHERE = "without {}: that is on another machine"
NO_VERSION = "took {} in a version that fits: the line says where conda built it, and not which one it is"
BUILT = "took {}: the line says where conda built it"
NO_BUILD = "took conda's versions without its builds: {}"
PLAIN_BUILD = "took {}: a build after '+' is of another index, which the list does not name"
NOTHING = "without {}: that is no package"
NO_LIMIT = "without {}: what limits versions names a package"
READ_AS = "took {}"
NEWER_PYTHON = "took {} for Python 3.6 alone: newer ones have that"
NEEDED_NOW = "without {}: the kernel has what speaks with the Jupyter of today"


@dataclass(frozen=True)
class Reading:
    """What a line asks for, with `remark` and `what` where that is not what it says; no words if it is left out.

    `as_it_is` is true where an installer can read the line itself. A line of conda's may say which `python`.
    """

    words: tuple[str, ...] = ()
    remark: str = ""
    what: str = ""
    as_it_is: bool = False
    python: str = ""


class NoPackage(ValueError):
    """A line that nobody understands; its text is what to write instead, if that can be told."""


@dataclass(frozen=True)
class Around:
    """What a line is read beside: the folder that its paths are from, and what the list has in other lines.

    With `own_index` the list names an index, which may have builds of its own. `origin` is where the list is from:
    "debian" for its own Python, "conda" for an environment of its, or empty. `old_jupyter` is true where it asks for an
    ipykernel that no Jupyter of today can speak with.
    """

    folder: Path
    own_index: bool = False
    origin: str = ""
    old_jupyter: bool = False


def parsed(text: str) -> "Requirement | None":
    """The requirement in this text (PEP 508), or None."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
