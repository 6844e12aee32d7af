"""The steps that many plans have: links, text files, folders that go, and a plan that can only be made later."""

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict, Refused, Remedy, SesyncError
from sesync_cli.leftovers import partial, remove, vanish, written_whole
from sesync_cli.lock import alone
from sesync_cli.plan import Make, NoWayBack, Plan, Report, by_hand


@dataclass(frozen=True)
class Symlink:
    """Make a link; with `replaces`, in the place of the link that pointed there."""

    target: Path
    at: Path
    replaces: str = ""

    @property
    def doing(self) -> str:
        return f"Linking {self.at.name}"

    def do(self, report: Report) -> None:
        if not self.replaces:
            return self._make(self.target)
        if not self.at.is_symlink():
            raise Conflict(f"{self.at} has changed meanwhile", hint="Run the command again.")
        self._swap(self.target)

    def undo(self) -> None:
        if self.at.is_symlink() and os.readlink(self.at) == str(self.target):
            self._swap(self.replaces) if self.replaces else self.at.unlink()

    def _make(self, target: Path) -> None:
        try:
            self.at.symlink_to(target)
        except FileExistsError:
            raise Conflict(f"{self.at} has appeared meanwhile", hint="Run the command again.") from None

    def _swap(self, target: Path | str) -> None:
        beside = partial(self.at, owner=self.at)
        remove(beside)
        beside.symlink_to(target)
        beside.replace(self.at)

    def __str__(self) -> str:
        return by_hand("ln", "-sfn" if self.replaces else "-s", self.target, self.at)


@dataclass(frozen=True)
class RemoveLink:
    """Take a link away; what it points to stays."""

    at: Path
    target: str

    @property
    def doing(self) -> str:
        return f"Removing the link {self.at.name}"

    def do(self, report: Report) -> None:
        if not self.at.is_symlink() or os.readlink(self.at) != self.target:
            raise Conflict(f"{self.at} has changed meanwhile", hint="Run the command again.")
        self.at.unlink()

    def undo(self) -> None:
        if not os.path.lexists(self.at):
            self.at.symlink_to(self.target)

    def __str__(self) -> str:
        return by_hand("rm", self.at)


@dataclass(frozen=True)
class RewriteFile:
    """Give a text file new contents, whole or not at all; `text` makes the new contents from the old.

    Two runs that write the same file do so one after the other, so that neither loses what the other wrote. A `secret`
    is read by nobody else from then on, whoever could read the file before.
    """

    path: Path
    text: Callable[[str], str]
    shown: str
    doing: str
    mode: int = 0o600
    secret: bool = False

    def do(self, report: Report) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(self.path, nullcontext()):
            self._write()

    def _write(self) -> None:
        path = Path(os.path.realpath(self.path))  # a dotfile is often a link into a repository: it stays one
        old = path.read_bytes().decode(errors="surrogateescape") if path.exists() else ""
        mode = path.stat().st_mode & (0o600 if self.secret else 0o777) if path.exists() else self.mode
        with written_whole(path, self.path, mode) as file:
            file.write(self.text(old).encode(errors="surrogateescape"))  # its other lines keep their bytes

    def undo(self) -> None:
        # the lines that this step adds (a pinned host key, an ignored link) are true and harmless on their own
        return

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class SetRights:
    """Set the rights of a file or folder: to take some from others, or to have them oneself."""

    path: Path
    mode: int

    @property
    def doing(self) -> str:
        return f"Setting the rights of {self.path.name}"

    def do(self, report: Report) -> None:
        self.path.chmod(self.mode)
        if stat.S_IMODE(self.path.stat().st_mode) != self.mode:
            raise Refused(
                f"the file system of {self.path} does not keep rights, and they are as they were",
                hint="Ask support for a home on a file system that does.",
            )

    def undo(self) -> None:
        # what is closed does no harm, and ssh itself asks for it
        return

    def __str__(self) -> str:
        return by_hand("chmod", f"{self.mode:o}", self.path)


OFF = ".off"
"""How the name ends of what is set aside."""


@dataclass(frozen=True)
class SetAside:
    """Give a file or folder another name, under which nobody looks for it; what has that name stays."""

    path: Path
    to: Path

    @property
    def doing(self) -> str:
        return f"Setting {self.path.name} aside"

    def do(self, report: Report) -> None:
        if os.path.lexists(self.to):
            raise Conflict(f"{self.to} is there already, and it stays", hint="Give it another name, or remove it.")
        self.path.rename(self.to)

    def undo(self) -> None:
        if os.path.lexists(self.to) and not os.path.lexists(self.path):
            self.to.rename(self.path)

    def __str__(self) -> str:
        return by_hand("mv", "-n", self.path, self.to)


def aside(path: Path) -> Path:
    """A name under which this can be set aside, and that nothing has yet."""
    names = (path.with_name(f"{path.name}{OFF}{number}") for number in ("", *range(2, 1000)))
    return next(one for one in names if not os.path.lexists(one))


@dataclass(frozen=True)
class RemoveTree:
    """Remove a folder: first out of sight by one rename to `aside`, then file by file."""

    path: Path
    aside: Path
    doing: str

    def do(self, report: Report) -> None:
        vanish(self.path, self.aside)

    def undo(self) -> None:
        # what is out of sight is swept by the next run
        raise NoWayBack("stopped in the middle; run it again to finish")

    def __str__(self) -> str:
        return by_hand("rm", "-rf", self.path)  # which asks nothing about files without write bits


@dataclass(frozen=True)
class Later:
    """Make a plan that can only be made once the steps before are done, and carry it out."""

    make: Make
    doing: str
    shown: str
    made: list[Plan] = field(default_factory=list, compare=False, repr=False)

    def do(self, report: Report) -> Make:
        return self._make

    def _make(self) -> Plan:
        self.made[:] = [self.make()]
        return self.made[0]

    def undo(self) -> None:
        # the steps of that plan undo themselves
        return

    def learnt(self) -> Mapping[str, Any]:
        """What that plan says, once it is done; nothing if it was not to be."""
        if not self.made:
            return {}
        plan = self.made[0].learnt() if self.made[0].steps else self.made[0]
        told = {"done": plan.done, "result": plan.result, "warnings": plan.warnings}
        return told if plan.steps else {**told, "steps": ()}

    def mends(self, error: SesyncError) -> tuple[Remedy, ...]:
        """What would mend a failure of that plan."""
        find = self.made[0].mends if self.made else None
        return find(error) if find else ()

    def __str__(self) -> str:
        return self.shown


def later(make: Make, doing: str, shown: str) -> Plan:
    """A plan that is made when it is its turn; `shown` is the command that does the same."""
    step = Later(make, doing, shown)
    return Plan((step,), "", after=step.learnt, mends=step.mends)
