"""What a command is about to do, as values: shown by --dry-run, carried out otherwise, undone when it fails."""

import contextlib
import os
import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sesync_cli.errors import Conflict, Stopped
from sesync_cli.lock import alone, partial, remove, vanish

Report = Callable[[float | None, str], None]
"""Hears how far a step is: a fraction from 0 to 1 or None, and a few words."""


class Step(Protocol):
    """One thing to do. Its text is the command that one would type by hand; `doing` says it in words.

    `undo` is called after `do` failed or was interrupted at any point, and after a later step failed; it takes back
    only what this step made, and may find that nothing was made.
    """

    @property
    def doing(self) -> str: ...

    def do(self, report: Report) -> None: ...

    def undo(self) -> None: ...


Watch = Callable[[str], AbstractContextManager[Report]]


@dataclass(frozen=True)
class Plan:
    """Steps in order, and the sentence that is true once they are done; no steps means that it is so already.

    `owner` is the path whose lock the run holds, `sweeps` are the folders where killed runs may have left things,
    `needs` is the room that the steps take, in bytes, and the folder that has to have it; `after` is asked once all is
    done for the fields of this plan that only the steps could learn (a version, an address). `each` are questions, one
    for each step: a step whose answer is no is left out, and one with an empty question is not asked about. Such a plan
    is not made again under the lock. `note` is what a person should know before anything is done.
    """

    steps: tuple[Step, ...]
    done: str
    result: Mapping[str, Any] = field(default_factory=dict)
    ask: str = ""
    warnings: tuple[str, ...] = ()
    owner: Path | None = None
    sweeps: tuple[Path, ...] = ()
    needs: tuple[int, Path] | None = None
    after: Callable[[], Mapping[str, Any]] | None = None
    each: tuple[str, ...] = ()
    note: str = ""

    def warned(self, told: tuple[str, ...]) -> "Plan":
        """The same with these warnings before its own, those that it learns of when it is done included."""
        learn = self.after

        def after() -> Mapping[str, Any]:
            learnt = learn() if learn else {}
            return {**learnt, "warnings": (*told, *learnt.get("warnings", self.warnings))}

        return replace(self, warnings=(*told, *self.warnings), after=after)

    def carry_out(self, watch: Watch) -> None:
        """Do every step, or none: a failure or an interrupt undoes what was done, the latest first."""
        begun: list[Step] = []
        try:
            for step in self.steps:
                begun.append(step)
                with watch(step.doing) as report:
                    step.do(report)
        except BaseException as error:
            for step in reversed(begun):
                with contextlib.suppress(OSError):
                    step.undo()
            if isinstance(error, KeyboardInterrupt) and any(isinstance(step, RemoveTree) for step in begun):
                raise Stopped("stopped in the middle; run it again to finish") from None
            raise


def by_hand(*words: str | Path) -> str:
    """A command line as one would type it."""
    return shlex.join(map(str, words))


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
        beside = partial(path, owner=self.path)
        mode = path.stat().st_mode & (0o600 if self.secret else 0o777) if path.exists() else self.mode
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(self.text(old).encode(errors="surrogateescape"))  # its other lines keep their bytes
        beside.replace(path)

    def undo(self) -> None:
        # the lines that this step adds (a pinned host key, an ignored link) are true and harmless on their own
        remove(partial(Path(os.path.realpath(self.path)), owner=self.path))

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class RemoveTree:
    """Remove a folder: first out of sight by one rename to `aside`, then file by file."""

    path: Path
    aside: Path
    doing: str

    def do(self, report: Report) -> None:
        vanish(self.path, self.aside)

    def undo(self) -> None:
        # once removal has begun there is no way back; what is out of sight is swept by the next run
        return

    def __str__(self) -> str:
        return by_hand("rm", "-r", self.path)
