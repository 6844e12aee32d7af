"""The step that makes a working copy of a repository, and what is there already."""

import contextlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from sesync_cli.clone.request import Extent
from sesync_cli.clone.submodules import get_large_files, get_submodules
from sesync_cli.errors import Conflict
from sesync_cli.git.address import Address, read_address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import UNHOOKED, Connection, GitFailed, origin, talk
from sesync_cli.git.failures import explain
from sesync_cli.leftovers import partial, remove
from sesync_cli.plan import Report, by_hand


@dataclass(frozen=True)
class Clone:
    """Clone a repository beside its final place, and let it appear there by one rename; `said` is what git said."""

    attempt: ServerAttempt
    connection: Connection
    extent: Extent = field(default_factory=Extent)
    said: list[str] = field(default_factory=list, compare=False, repr=False)
    _made: list[tuple[Path, int]] = field(default_factory=list, compare=False, repr=False)

    @property
    def final(self) -> Path:
        return self.attempt.folder

    @property
    def doing(self) -> str:
        return f"Cloning {self.attempt.address.label} ..."

    def do(self, report: Report) -> None:
        for parent in reversed([folder for folder in self.final.parents if not folder.exists()]):
            parent.mkdir(exist_ok=True)
            self._remember(parent, parent)
        beside = partial(self.final, owner=self.final)
        remove(beside)
        self._make(beside)
        self._get(beside, report)
        self._appear(beside)

    def _get(self, beside: Path, report: Report) -> None:
        words = ["clone", "--progress", *self.extent.words, "--", self.attempt.address.url, str(beside)]
        pointers = replace(self.connection, env={**self.connection.env, "GIT_LFS_SKIP_SMUDGE": "1"})
        try:
            self.said.append(talk([*UNHOOKED, *words], pointers, report))
        except GitFailed as failed:
            raise explain(str(failed), self.attempt) from None
        if self.extent.submodules:
            get_submodules(beside, self.attempt, pointers, report)
        get_large_files(beside, self.connection, report)

    def undo(self) -> None:
        beside = partial(self.final, owner=self.final)
        remove(beside)
        for path, inode in reversed(self._made):
            if not path.is_dir() or path.stat().st_ino != inode:
                continue
            if path == self.final:
                path.rename(beside)
                remove(beside)
            else:
                with contextlib.suppress(OSError):
                    path.rmdir()
        self._made.clear()

    def _make(self, beside: Path) -> None:
        try:
            beside.mkdir()
        except OSError as error:
            error.filename = str(self.final.parent)  # the hidden name means nothing to a person
            raise

    def _appear(self, beside: Path) -> None:
        if os.path.lexists(self.final):
            raise Conflict(f"{self.final} has appeared meanwhile", hint="Run the command again.")
        self._remember(self.final, beside)
        beside.rename(self.final)  # what is not an empty folder makes this fail, and so is never replaced

    def _remember(self, path: Path, made: Path) -> None:
        self._made.append((path, made.stat().st_ino))

    def __str__(self) -> str:
        return by_hand("git", "clone", *self.extent.shown, self.attempt.address.url, self.final)


def existing(address: Address, final: Path, typed_there: bool) -> Address | None:
    """The address of the clone that is there already; None if nothing is there; a Conflict for anything else."""
    if not os.path.lexists(final):
        return None
    url = origin(final)
    there = read_address(url) if url else None
    if there and there.is_same(address):
        return there
    what = "is a clone of another repository" if url else "is there already, and is no clone of this repository"
    other = final / address.name if typed_there and final.is_dir() and not url else final.with_name(f"{final.name}-2")
    raise Conflict(
        f"{final} {what}; it stays as it is",
        hint=f"Say where else it shall go: '{by_hand('sesync', 'clone', 'REPO', other)}'.",
    )
