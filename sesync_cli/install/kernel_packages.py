"""The steps that install packages into a kernel that is in use, and take them out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.install.lists import Lists
from sesync_cli.kernel.hardlinks import have_as_published, keep_to_oneself
from sesync_cli.kernel.installer import uv_pip
from sesync_cli.kernel.packages import asking
from sesync_cli.kernel.record import records
from sesync_cli.kernel.size import is_measured, remember_size
from sesync_cli.plan import Report
from sesync_cli.python.commands import of_lists, pip_command


@dataclass(frozen=True)
class InstallPackages:
    """Install packages into an environment that is in use."""

    environment: Path
    packages: tuple[str, ...]
    lists: Lists
    upgrade: bool
    env: Mapping[str, str]
    log: Path
    doing: str = "Installing packages"

    def do(self, report: Report) -> None:
        before, upgrade = records(self.environment), ("--upgrade",) if self.upgrade else ()
        asks = asking([line for one in self.lists.found for line in one.heading], self.env)

        def install(more: Sequence[str] = ()) -> None:
            with self.lists.words(uv=True) as listed:
                words = ["install", *listed, *self.packages, *upgrade, *more]
                uv_pip(self.environment, words, asks, self.log, report)

        install()
        came = [package for package, written in records(self.environment).items() if before.get(package) != written]
        have_as_published(self.environment, came, install, self.env)
        if is_measured(self.environment):
            keep_to_oneself(self.environment)
            remember_size(self.environment)

    def undo(self) -> None:
        # uv resolves and downloads everything before it touches the environment
        return

    def __str__(self) -> str:
        upgrade = ("--upgrade",) if self.upgrade else ()
        words = ("install", *upgrade, *self.lists.by_hand, *self.packages)
        return of_lists(pip_command(self.environment, words, self.env), self.lists.constraints)


@dataclass(frozen=True)
class UninstallPackages:
    """Take packages out of an environment."""

    environment: Path
    packages: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    doing: str = "Uninstalling packages"

    def do(self, report: Report) -> None:
        uv_pip(self.environment, ["uninstall", *self.packages], self.env, self.log, report)
        if is_measured(self.environment):
            remember_size(self.environment)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return pip_command(self.environment, ["uninstall", "-y", *self.packages], self.env)
