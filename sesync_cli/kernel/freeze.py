"""What is in an environment by now, as a lock: what it was made with, and what has come or changed since."""

import os
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady, Refused
from sesync_cli.kernel.installer import compile_lock, frozen
from sesync_cli.kernel.layout import is_conda
from sesync_cli.kernel.pylock import NAME, Lock, read_lock
from sesync_cli.kernel.shared import PREVIOUS, keep_previous
from sesync_cli.kernel.specs import Kernel
from sesync_cli.leftovers import written_whole
from sesync_cli.lock import scratch
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.commands import uv_pip_command
from sesync_cli.python.distributions import canonical, environment_packages, installed
from sesync_cli.secrets import without_logins

_FOR_ALL = 0o6777  # but for the bit by which nobody may replace what another account has made


@dataclass(frozen=True)
class Contents:
    """A kernel's packages: how many there are, those of them that its lock tells of, and the versions of the others.

    `repository` is the one whose code the kernel is for, if that is told: GROUP/NAME or its address.
    """

    kernel: Kernel
    count: int
    locked: Lock | None
    others: Mapping[str, str]
    repository: str = ""

    @property
    def versions(self) -> dict[str, str]:
        """The version of each, as its lock says it."""
        return {**(self.locked.versions if self.locked else {}), **self.others}

    @property
    def about(self) -> dict[str, Any]:
        """What is to be known of the kernel by whoever makes it from its lock."""
        recipe = self.kernel.recipe
        said = recipe.public if recipe else {"python": self.kernel.python}
        of = {"repository": self.repository} if self.repository else {}
        return {"name": self.kernel.name, "display_name": self.kernel.display_name, **said, **of}


def contents_of(kernel: Kernel) -> Contents:
    """What is in a kernel's environment; `NotReady` where it cannot be looked at."""
    environment = kernel.environment
    if environment is None or not (kernel.works or kernel.state in ("no ipykernel", "not in Jupyter", "moved")):
        why = kernel.problem or "it has no environment of its own"
        hint = f"'sesync kernel show {kernel.name}' says more."
        raise NotReady(f"nothing tells which packages {kernel.name} has: {why}", hint=hint)
    if is_conda(environment):
        hint = f"Conda says it: {by_hand('conda', 'env', 'export', '--prefix', environment)}."
        raise Refused(f"the kernel {kernel.name} is a conda environment, which no pylock.toml can hold", hint=hint)
    there = installed(environment)
    path = kernel.lock
    locked = read_lock(path).of_those(there) if path else None
    known = locked.versions if locked else {}
    return Contents(kernel, len(there), locked, {name: one for name, one in there.items() if name not in known})


@dataclass(frozen=True)
class WriteLock:
    """Write the lock of what is in an environment to a file, whole or not at all.

    With `within`, a folder of the group's, it is the group's too: it has `mode`, the folders that are missing are made
    as that one is, what it takes the place of is kept beside, and the only places of this machine that it may name are
    below it. `replaces` says that there is something to take the place of.
    """

    contents: Contents
    at: Path
    env: Mapping[str, str]
    log: Path
    within: Path | None = None
    mode: int = 0o666
    replaces: bool = False
    doing: str = "Writing down every version"

    def do(self, report: Report) -> None:
        text = self._lock(report).text
        for folder in reversed([one for one in self.at.parents if not one.exists()]):
            folder.mkdir()
            self._for_all(folder, self.within.stat().st_mode & _FOR_ALL if self.within else 0)
        with written_whole(self.at, self.at, self.mode) as file:
            file.write(text.encode())
            self._for_all(file.fileno(), self.mode)
            if self.within and self.at.exists():
                keep_previous(self.at)

    def _for_all(self, path: Path | int, mode: int) -> None:
        if self.within:
            with suppress(PermissionError):  # the group of a folder that is not one's own may be closed to one
                os.chown(path, -1, self.within.stat().st_gid)
            os.chmod(path, mode)

    def undo(self) -> None:
        # it appears by one rename, as the last thing
        return

    def _lock(self, report: Report) -> Lock:
        kernel = self.contents.kernel
        lock = self.contents.locked
        if self.contents.others or lock is None:
            more = self._resolved(report)
            lock = lock.with_more(more) if lock else more
        if self.within and (private := [one for one in lock.private_places if self.within not in Path(one).parents]):
            hint = "Put it where all can reach it, a repository or the data directory, and install it from there."
            raise Refused(f"the kernel {kernel.name} has a package from a place of yours: {private[0]}", hint=hint)
        minor = ".".join(kernel.python.split(".")[:2])
        return lock.of(minor, self.contents.about)

    def _resolved(self, report: Report) -> Lock:
        """The lock of what came after the lock that there is, with the hashes that the index tells."""
        from tempfile import TemporaryDirectory

        environment = self.contents.kernel.environment
        assert environment
        with TemporaryDirectory(dir=scratch()) as name:
            folder = Path(name)
            lines = [line for line in frozen(environment, self.env) if _name_of(line) in self.contents.others]
            lines += _not_frozen(environment, self.contents.others)
            (folder / "asked.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
            words = ("--no-deps", "--output-file", folder / NAME, folder / "asked.txt")
            compile_lock(environment, words, self.env, self.log, report)
            return read_lock(folder / NAME)

    def __str__(self) -> str:
        lines = [self._written_by_hand]
        if self.replaces:
            previous = self.at.with_name(PREVIOUS)
            lines.insert(0, by_hand("mv", self.at, previous) if self.within else by_hand("rm", self.at))
        if self.within:
            folders = 0o777 & ~(self.mode | (self.mode & 0o444) >> 2)  # who may read may enter
            lines.insert(0, f"(umask {folders:03o} && {by_hand('mkdir', '-p', self.at.parent)})")
            lines.append(by_hand("chmod", f"{self.mode:o}", self.at))
        return "\n".join(lines)

    @property
    def _written_by_hand(self) -> str:
        kernel = self.contents.kernel
        if not self.contents.others and kernel.lock:
            return by_hand("cp", kernel.lock, self.at)
        assert kernel.environment
        words = ("compile", "--no-deps", "--format", "pylock.toml", "-o", self.at, "-")
        frozen, listed = (uv_pip_command(kernel.environment, one, self.env) for one in (("freeze",), words))
        return f"{frozen} | {listed}"


def _not_frozen(environment: Path, names: Container[str]) -> list[str]:
    """Those of these packages that uv says nothing of, or not where their project is: eggs, and links to projects."""
    there = environment_packages(environment).values()
    return [one.requirement for one in there if one.name in names and one.entry != one.metadata]


def _name_of(line: str) -> str:
    """The package that a line of a requirements file names."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return canonical(Requirement(without_logins(line)).name)
    except InvalidRequirement:
        return ""
