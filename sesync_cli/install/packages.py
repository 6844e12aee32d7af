"""The steps that install and uninstall a user's own packages, and what their failures mean. The door to pip."""

import contextlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.diagnosis import explain
from sesync_cli.diagnosis.diagnose import diagnose
from sesync_cli.diagnosis.explain import InstallAttempt
from sesync_cli.disk import full_in, full_place, no_room
from sesync_cli.errors import SesyncError
from sesync_cli.install.lists import Lists
from sesync_cli.install.usersite import NOT_FROM_HERE, Before, UserSite, pip_env
from sesync_cli.interrupts import unhurried
from sesync_cli.leftovers import partial, remove
from sesync_cli.lock import scratch
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.commands import of_lists
from sesync_cli.run import Output, ProgramFailed, follow

_PIP = NOT_FROM_HERE + "import runpy; runpy.run_module('pip', run_name='__main__', alter_sys=True)"
_WRITES = re.compile(r"Installing collected packages: (?P<names>.+)")

Hear = Callable[[str], None]


@dataclass(frozen=True)
class InstallForUser:
    """Install packages into a Python's user site; what a failure leaves half done there is taken away again."""

    site: UserSite
    packages: tuple[str, ...]
    lists: Lists
    upgrade: bool
    env: Mapping[str, str]
    attempt: InstallAttempt
    doing: str = "Installing packages"
    before: list[Before] = field(default_factory=list, compare=False)

    def do(self, report: Report) -> None:
        self.before.append(before := Before(self.site.folder))
        with unhurried(report) as let_finish:

            def on_line(line: str) -> None:
                if writes := _WRITES.match(line):
                    let_finish(True)
                    before.pip_writes(writes["names"].split(", "))
                report(None, line)

            with self.lists.words() as listed:
                _pip(self._words(listed), self, on_line, self.attempt.log)

    def undo(self) -> None:
        for before in self.before:
            before.restore()

    def _words(self, listed: tuple[str, ...]) -> tuple[str, ...]:
        return ("install", "--user", *(("--upgrade",) if self.upgrade else ()), *listed, *self.packages)

    def __str__(self) -> str:
        command = by_hand(self.site.python, "-m", "pip", *self._words(self.lists.by_hand))
        return of_lists(command, self.lists.constraints)


@dataclass(frozen=True)
class UninstallForUser:
    """Uninstall packages from a Python's user site."""

    site: UserSite
    packages: tuple[str, ...]
    env: Mapping[str, str]
    attempt: InstallAttempt
    doing: str = "Uninstalling packages"

    def do(self, report: Report) -> None:
        with unhurried(report) as let_finish:
            let_finish(True)
            # no log before it is done: this must work in a home that is full
            _keep(_pip(self._words, self, lambda line: report(None, line), None), self.attempt.log)

    def undo(self) -> None:
        # pip puts a package aside before it deletes it, and back if that fails
        return

    @property
    def _words(self) -> tuple[str, ...]:
        # pip asks for this before it touches what is installed for a Python of the system; these are the user's own
        return ("uninstall", "-y", *(("--break-system-packages",) if self.site.managed else ()), *self.packages)

    def __str__(self) -> str:
        return by_hand(self.site.python, "-m", "pip", *self._words)


def _pip(words: tuple[str, ...], step: "InstallForUser | UninstallForUser", hear: Hear, log: Path | None) -> Output:
    """Run that Python's pip to its end, with a folder of its own for what it throws away."""
    work = partial(scratch() / "pip", owner=step.site.folder)
    remove(work)
    work.mkdir(mode=0o700)
    try:
        argv = (str(step.site.python), "-c", _PIP, *words)
        return follow(argv, hear, env=pip_env(step.env) | {"TMPDIR": str(work)}, log=log)
    except ProgramFailed as failure:
        if log is None:
            _keep(failure.output, step.attempt.log)
            failure.log = step.attempt.log
        raise pip_failure(failure.output, step.attempt, step.site.folder) from None
    finally:
        remove(work)


def _keep(output: Output, log: Path) -> None:
    """Write a log afterwards, if there is room for it."""
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(output.out)


def pip_failure(output: Output, attempt: InstallAttempt, folder: Path) -> SesyncError:
    """The first known cause in the whole output of a pip that should have written to `folder`."""
    text = output.out
    if number := full_in(text):
        return no_room(full_place(text, folder, attempt.log.parent, scratch()), number)
    if output.code < 0 and not diagnose(text, attempt.facts):
        hint = f"All that the installer said is in {attempt.log}."
        return SesyncError("pip was ended from outside, perhaps for want of memory", hint=hint)
    return explain.explained(text, attempt)
