"""What a move that was killed has left to do: a link in a source's place, and parts of a database to be removed."""

import os
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict
from sesync_cli.plan import Report, by_hand
from sesync_cli.put.steps import PutTally


@dataclass(frozen=True)
class Point:
    """Put a link where a run that was killed had removed a source."""

    at: Path
    final: str
    tally: PutTally

    @property
    def doing(self) -> str:
        return f"Linking {self.at.name}"

    def do(self, report: Report) -> None:
        try:
            self.at.symlink_to(self.final)
        except FileExistsError:
            raise Conflict(f"{self.at} has appeared meanwhile", hint="Run the command again.") from None
        self.tally.links.append(str(self.at))

    def undo(self) -> None:
        if self.at.is_symlink() and os.readlink(self.at) == self.final:
            self.at.unlink()

    def __str__(self) -> str:
        return by_hand("ln", "-s", self.final, self.at)


@dataclass(frozen=True)
class Tidy:
    """Remove what a move that was killed has left of a database, which is a link into the data directory by then."""

    at: Path

    @property
    def doing(self) -> str:
        return f"Removing {self.at.name}"

    def do(self, report: Report) -> None:
        self.at.unlink(missing_ok=True)

    def undo(self) -> None:
        # the move had proven its copy before it made the link
        return

    def __str__(self) -> str:
        return by_hand("rm", "-f", self.at)
