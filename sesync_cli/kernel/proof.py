"""The proof that a new kernel works: it is started as Jupyter would, and asked what 1+1 is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from sesync_cli.disk import full_in, full_place, no_room
from sesync_cli.errors import SesyncError
from sesync_cli.kernel.bytecode import keep
from sesync_cli.kernel.ipython_folder import ipython_folder, to_blame
from sesync_cli.kernel.start_test import mute, running, value_of
from sesync_cli.leftovers import remove
from sesync_cli.plan import Report, by_hand

_STARTS = 2  # another program may take a port between its choice and the kernel's start


@dataclass(frozen=True)
class Start:
    """What starts a kernel, in which environment, and how long it may take to answer."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    patience: float


@dataclass(frozen=True)
class StartResult:
    """What came of a start: whether it said that 1+1 is 2, else why not and what it wrote."""

    works: bool
    why: str
    said: str


def proven(start: Start, folder: Path) -> tuple[StartResult, str]:
    """What comes of a start, and a warning where that goes well only without something in the person's IPython folder.

    What the kernel writes stays in this folder.
    """
    own = ipython_folder(start.env)
    outcome = _started(start, folder, own)
    if outcome.works or own is None or not (alone := _started(start, folder, None)).works:
        return outcome, ""
    blame = to_blame(own, lambda ipython: _started(start, folder, ipython).works, folder)
    if blame is None:
        return alone, ""
    warning = f"your IPython settings keep it from starting in Jupyter: {outcome.why}; it works without "
    return alone, f"{warning}{blame.told()}: '{blame.command()}' puts that aside"


def _started(start: Start, folder: Path, ipython: Path | None) -> StartResult:
    for _ in range(_STARTS):
        place = Path(mkdtemp(dir=folder))
        with running(start.argv, start.env, place, ipython=ipython) as kernel:
            ready = kernel.language(start.patience) is not None
            works = ready and value_of(kernel.values({"sum": "1+1"}, start.patience), "sum") == "2"
            outcome = StartResult(works, "" if works else mute(kernel, start.patience), kernel.said)
            if not kernel.lost_its_port:
                break
    return outcome


@dataclass(frozen=True)
class ProveKernel:
    """Start a kernel and have it answer; what it writes meanwhile stays in its environment, its bytecode for others.

    `warnings` get what it says of the person's IPython folder.
    """

    environment: Path
    start: Start
    bytecode: Path
    warnings: list[str] = field(default_factory=list)
    doing: str = "Starting the kernel once, to see that it works"

    def do(self, report: Report) -> None:
        folder = self.environment / ".proof"
        folder.mkdir(mode=0o700, exist_ok=True)
        outcome, warning = proven(self.start, folder)
        remove(folder)
        if number := 0 if outcome.works else full_in(outcome.said):
            raise no_room(full_place(outcome.said, self.environment), number)
        if not outcome.works:
            hint = "Send this to support, with the command you typed."
            raise SesyncError(f"the kernel does not start: {outcome.why}", hint=hint)
        self.warnings[:] = [warning] if warning else []
        keep(self.environment, self.bytecode)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return f"# {by_hand(*self.start.argv[:-2])} is started once, and asked what 1+1 is"
