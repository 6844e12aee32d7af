"""What could not be read, in one shape for all answers."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unread:
    """A file or folder that could not be read, and why."""

    path: Path
    problem: str
