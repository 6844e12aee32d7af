"""Checks that kernels work: each is started as Jupyter would, answers, and imports all that is installed for it."""

import os
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from sesync_cli.caller import Caller
from sesync_cli.diagnosis.explain import reason
from sesync_cli.errors import SesyncError, Stopped
from sesync_cli.kernel.advice import REPAIR, command
from sesync_cli.kernel.command import places, words
from sesync_cli.kernel.importable import importable
from sesync_cli.kernel.ipython_folder import ipython_folder, to_blame
from sesync_cli.kernel.questions import FACTS, HELP, ended, parsed, reason_in, trial
from sesync_cli.kernel.record import changed
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.start_test import Running, expanded, last_word, mute, running, value_of
from sesync_cli.kernel.view import CheckResult, edited, packages
from sesync_cli.leftovers import throwaway
from sesync_cli.plan import Report, Watch
from sesync_cli.site.settings import Site

_AT_ONCE = 4
_STARTS = 10  # of one kernel: an import that ends it costs one


class _Mute(SesyncError):
    """A kernel that was started does not answer, or not as it should."""


def check_kernels(kernels: Sequence[Kernel], caller: Caller, site: Site, watch: Watch) -> list[CheckResult]:
    """What comes of starting each of these kernels, side by side."""
    what = f"the kernel {kernels[0].name}" if len(kernels) == 1 else f"{len(kernels)} kernels"
    with watch(f"Checking {what}") as report:
        return _side_by_side(kernels, caller.env, site.kernels_start_seconds, report)


def _side_by_side(
    kernels: Sequence[Kernel], env: Mapping[str, str], patience: float, report: Report
) -> list[CheckResult]:
    from concurrent.futures import ThreadPoolExecutor

    progress, stop = _Fraction(len(kernels), report), threading.Event()
    with throwaway("check") as folder, ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as pool:
        checks = [
            _Trial(kernel, env, patience, folder / str(number), stop, progress.part(number))
            for number, kernel in enumerate(kernels)
        ]
        try:
            return [one.result() for one in [pool.submit(check.verdict) for check in checks]]
        finally:
            stop.set()  # an interrupt reaches only this thread; the others look whether it came, and end their kernels
            pool.shutdown(cancel_futures=True)


class _Fraction:
    """How far many checks are, as one number."""

    def __init__(self, count: int, report: Report) -> None:
        self.done = [0.0] * count
        self.report = report

    def part(self, number: int) -> Report:
        def hear(fraction: float | None, detail: str) -> None:
            self.done[number] = fraction or 0.0
            self.report(sum(self.done) / len(self.done), detail)

        return hear


@dataclass
class _Trial:
    """One kernel, and what is known of it so far."""

    kernel: Kernel
    env: Mapping[str, str]
    patience: float
    folder: Path
    stop: threading.Event
    report: Report
    python: str = ""
    seconds: float | None = None
    names: list[str] = field(default_factory=list)
    left: deque[str] = field(default_factory=deque)
    failed: dict[str, str] = field(default_factory=dict)
    endless: set[str] = field(default_factory=set)
    lost_a_port: bool = False
    command: str = ""

    def verdict(self) -> CheckResult:
        kernel = self.kernel
        unlike = edited_files(kernel)
        problem = self._problem() if kernel.works else kernel.problem or kernel.state
        problem = ", and ".join(filter(None, [problem, edited(unlike)]))
        mends = bool(problem) and _is_mendable(kernel)
        self.report(1.0, kernel.name)
        return CheckResult(
            kernel.name,
            works=not problem,
            problem=problem or None,
            python_version=self.python or kernel.python or None,
            seconds=self.seconds,
            imported=len(self.names) - len(self.failed) - len(self._untried),
            failed=dict(sorted(self.failed.items())),
            edited=unlike,
            command=self.command or (command(REPAIR, kernel.name) if mends else None),
        )

    def _problem(self) -> str:
        """What is wrong with it, found by starting it; empty if nothing is."""
        trouble = ""
        try:
            self._start_often()
        except _Mute as error:
            trouble = str(error) + (self._blame() if self.seconds is None else "")
        except (OSError, ValueError) as error:
            trouble = getattr(error, "strerror", None) or str(error)
        if self.seconds is None:
            return f"it does not start: {trouble}"
        failed, untried = len(self.failed), len(self._untried)
        wrongs = [f"{failed} of its {packages(len(self.names))} cannot be imported"] if failed else []
        wrongs += [f"{untried} were not tried" + f", since others ended it {_STARTS} times" * (not trouble)] * bool(
            untried
        )
        return ", and ".join([*wrongs, *([f"it did not start again: {trouble}"] if trouble else [])])

    @property
    def _untried(self) -> set[str]:
        return {*self.left} - {*self.failed}

    def _start_often(self) -> None:
        """Start it as long as there is something to import, and twice what fails: what was imported before may be why.

        Two packages that do not bear each other in one notebook are no reason to call a kernel broken.
        """
        again = True
        for number in range(_STARTS):
            if not self._start(self.folder / str(number)):
                continue
            if not self.left and again:
                again = False
                self.left.extend(name for name in self.failed if name not in self.endless)
            if not self.left:
                return

    def _blame(self) -> str:
        """What in the person's IPython folder it works without, for the end of a sentence; empty if that is not why."""
        own, blame = ipython_folder(self._env), None
        with suppress(OSError):
            blame = to_blame(own, self._answers, self.folder) if own else None
        self.command = blame.command() if blame else ""
        return f"; it works without {blame.told()}" if blame else ""

    def _answers(self, ipython: Path) -> bool:
        for _ in range(2):  # what another program has taken a port of says nothing: it is started once more
            with self._running(Path(mkdtemp(dir=self.folder)), ipython) as kernel:
                if kernel.language(self.patience, self._go_on) is not None:
                    return True
                if not kernel.lost_its_port:
                    return False
        return False

    def _running(self, folder: Path, ipython: Path | None) -> AbstractContextManager[Running]:
        argv, values = words(self.kernel, self.env), places(self.kernel, self.env)
        return running(argv, self._env, folder, ipython=ipython, values=values, cwd=folder)

    @property
    def _env(self) -> dict[str, str]:
        return expanded(self.kernel.env, self.env)

    def _start(self, folder: Path) -> bool:
        """Start it, and have it import what is left, until one of these ends it; false if it lost its port first."""
        folder.mkdir(parents=True)
        begun = time.monotonic()
        with self._running(folder, ipython_folder(self._env)) as kernel:
            speaks = kernel.language(self.patience, self._go_on)
            if speaks is None and kernel.lost_its_port and not self.lost_a_port:
                self.lost_a_port = True
                return False
            if speaks is None:
                raise _Mute(mute(kernel, self.patience))
            found = self._facts(kernel) if speaks == "python" else None
            if self.seconds is None:
                self.seconds = round(time.monotonic() - begun, 2)
                self.python, paths = found or ("", [])
                self.names = importable(paths)
                self.left.extend(self.names)
            kernel.forget_said()
            while self.left and self._imports(self.left.popleft(), kernel):
                kernel.forget_said()
        return True

    def _facts(self, kernel: Running) -> tuple[str, list[str]]:
        """Its version, and where it looks for modules, once it has told what 1+1 is."""
        asked = {"sum": "1+1", "facts": FACTS}
        values = kernel.values(asked, self.patience, code=HELP, meanwhile=self._go_on)
        if values is None:
            raise _Mute(mute(kernel, self.patience))
        answer, facts = value_of(values, "sum"), value_of(values, "facts")
        if answer != "2" or facts is None:
            raise _Mute(f"it says that 1+1 is {answer}" if answer else "it does not say what 1+1 is")
        version, paths = parsed(facts)
        return version, paths

    def _imports(self, name: str, kernel: Running) -> bool:
        """Have it import this; whether it is fit for more."""
        self.report(1 - (len(self.left) + 1) / len(self.names), f"{self.kernel.name}: {name}")
        asked = {"module": trial(name)}
        values = kernel.values(asked, self.patience, meanwhile=self._go_on)
        if values is None:
            self.failed[name] = _death(kernel)
            if not self.failed[name]:
                self.failed[name] = f"does not end within {self.patience:.0f} seconds"
                self.endless.add(name)
            return False
        self.failed.pop(name, None)
        if said := reason_in(value_of(values, "module")):
            self.failed[name] = reason(name, said)
        return True

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped


def edited_files(kernel: Kernel) -> tuple[str, ...]:
    """The files of a kernel of sesync's that are not as their packages brought them, of one that works otherwise."""
    if not (kernel.managed and kernel.environment and kernel.works):
        return ()
    return tuple(path for paths in changed(kernel.environment, every_byte=True).values() for path in paths)


def _is_mendable(kernel: Kernel) -> bool:
    """Whether the kernel is the user's, and sesync knows how it was made."""
    known = kernel.managed or kernel.recipe is not None
    return known and not kernel.server and kernel.state not in ("being made", "left over")


def _death(kernel: Running) -> str:
    """How a kernel has ended; empty if it has not."""
    if kernel.code is None:
        return ""
    word = last_word(kernel.said) if kernel.code > 0 else ""
    return f"ends the kernel ({ended(kernel.code)})" + (f": {word}" if word else "")
