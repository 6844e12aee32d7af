"""The packages of a kernel's environment: what is required, what is there, and the steps between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesync_cli.errors import NoRoom, NotFound, SesyncError
from sesync_cli.kernel.hardlinks import have_as_published, keep_to_oneself
from sesync_cli.kernel.installer import compile_lock, uv_pip
from sesync_cli.kernel.pylock import NAME, Lock, read_lock
from sesync_cli.kernel.record import records
from sesync_cli.kernel.requirements import index_of
from sesync_cli.kernel.size import is_measured, remember_size
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.uv import DEFAULT_INDEX

NEEDED = ("ipykernel", "pip")

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")  # as pip lets requirements name passwords
_ASKED, _PINS = "asked.txt", "pins.txt"  # what uv is asked, in the environment that it is asked for


@dataclass(frozen=True)
class Requirements:
    """What is wanted in an environment: packages in words, files that uv reads, words for uv about them, and a lock.

    With a lock its versions are kept to; `lock_by_hand` is its file. `listing` is a lock as the text of a requirements
    file, which `listing_by_hand` would print. The versions of `prefer` are kept where they fit. `hashes` are the
    SHA-256 that a package's files must have.
    """

    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    options: tuple[str, ...] = ()
    listing: str = ""
    listing_by_hand: str = ""
    lock: Lock | None = None
    lock_by_hand: str = ""
    prefer: Lock | None = None
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def asking(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """The environment in which uv asks the index that the files name: pip heeds them before its settings."""
        index = _VARIABLE.sub(lambda found: env.get(found[1], found[0]), index_of(self.requirements, self.listing))
        return {DEFAULT_INDEX: index, **env} if index else env


@dataclass(frozen=True)
class ResolvePackages:
    """Find the versions that fit together and write them down as a lock: `pylock.toml` in the environment.

    A lock that is required is taken over, with what it lacks for a kernel.
    """

    environment: Path
    required: Requirements
    python: str
    about: Mapping[str, Any]
    env: Mapping[str, str]
    log: Path
    shown: Path
    doing: str = "Finding the versions that fit together"

    def do(self, report: Report) -> None:
        locked = self.required.lock or (self._listed(report) if self.required.listing else None)
        packages = self._packages(locked)
        lock = self._resolved(packages, locked, report) if packages or self.required.requirements else None
        if locked:
            lock = locked.with_more(lock) if lock else locked
        assert lock
        lock.only(self.required.hashes).of(self.python, self.about).write(self.environment / NAME)

    def _packages(self, locked: Lock | None) -> list[str]:
        there = locked.versions if locked else {}
        return [*(name for name in NEEDED if name not in there), *self.required.packages]

    def _listed(self, report: Report) -> Lock:
        """The lock of a listing: the versions that it says, and no more."""
        folder = self.environment
        (folder / _ASKED).write_text(self.required.listing)
        words: list[str | Path] = ["--no-deps", "--output-file", folder / NAME, folder / _ASKED]
        compile_lock(folder, words, self.required.asking(self.env), self.log, report)
        return read_lock(folder / NAME)

    def _resolved(self, packages: list[str], locked: Lock | None, report: Report) -> Lock:
        folder = self.environment
        indexes = [line for line in self.required.listing.splitlines() if line.startswith("--")]
        (folder / _ASKED).write_text("\n".join([*indexes, *packages, ""]))
        words: list[str | Path] = ["--output-file", folder / NAME]
        if locked:
            (folder / _PINS).write_text("\n".join([*locked.pins, ""]))
            words += ["--constraints", folder / _PINS]
        elif self.required.prefer:
            self.required.prefer.write(folder / NAME)  # uv keeps to the versions in the file that it is to write
        words += [*self.required.options, folder / _ASKED, *self.required.requirements]
        compile_lock(folder, words, self.required.asking(self.env), self.log, report)
        for name in (_ASKED, _PINS):
            (folder / name).unlink(missing_ok=True)
        return read_lock(folder / NAME)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return f"# the versions that fit together are written to {self.shown / NAME}"


@dataclass(frozen=True)
class InstallLock:
    """Install what the environment's lock says, by hard links from the one cache of the user.

    What an edit has made of a file in the cache is not taken over: with `every_byte` each file is compared with what
    its package says of it, else those that look edited.
    """

    environment: Path
    required: Requirements
    env: Mapping[str, str]
    log: Path
    shown: Path
    every_byte: bool = False
    doing: str = "Installing packages"

    def do(self, report: Report) -> None:
        folder = self.environment
        (folder / _ASKED).write_text(read_lock(folder / NAME).requirements)
        self._install(report, offline=True)

        def again(words: Sequence[str]) -> None:
            self._install(report, words, offline=False)

        have_as_published(folder, None, again, self.env, every_byte=self.every_byte)
        keep_to_oneself(folder)
        (folder / _ASKED).unlink()

    def _install(self, report: Report, more: Sequence[str] = (), *, offline: bool) -> None:
        folder = self.environment
        by_version = ["install", "--no-deps", "-r", str(folder / _ASKED)]
        by_address = ["install", "--preview-features", "pylock", "-r", str(folder / NAME)]
        # what the cache knows of the index may be old, but a lock needs no news; what it says may be of another index
        for words in (*([[*by_version, "--offline"]] if offline else []), by_version, by_address):
            told = words is by_version or words is by_address
            try:
                uv_pip(folder, [*words, *more], self.required.asking(self.env), self.log, report, explain=told)
                return
            except NoRoom:
                raise
            except SesyncError as error:
                if words is by_address or (words is by_version and not _may_be_elsewhere(error)):
                    raise

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        lists = [
            self.required.lock_by_hand,
            f"<({self.required.listing_by_hand})" if self.required.listing_by_hand else "",
        ]
        files = "".join(f" -r {one}" for one in (*lists, *map(by_hand, self.required.requirements)) if one)
        words = by_hand(*self.required.options, *NEEDED, *self.required.packages)
        return f"{by_hand('uv', 'pip', 'install', '--python', self.shown / 'bin/python')}{files} {words}"


def _may_be_elsewhere(error: SesyncError) -> bool:
    """Whether what the index has not, or cannot tell, may be had from the addresses in a lock."""
    return isinstance(error, NotFound) or (error.diagnosis or {}).get("kind") == "network"


@dataclass(frozen=True)
class InstallPackages:
    """Install packages into an environment that is in use."""

    environment: Path
    packages: tuple[str, ...]
    requirements: tuple[Path, ...]
    upgrade: bool
    env: Mapping[str, str]
    log: Path
    doing: str = "Installing packages"

    def do(self, report: Report) -> None:
        words, before = [*self._words, *(("--upgrade",) if self.upgrade else ())], records(self.environment)
        required = Requirements(self.packages, self.requirements)

        def install(more: Sequence[str] = ()) -> None:
            uv_pip(self.environment, [*words, *more], required.asking(self.env), self.log, report)

        install()
        came = [package for package, written in records(self.environment).items() if before.get(package) != written]
        have_as_published(self.environment, came, install, self.env)
        if is_measured(self.environment):
            keep_to_oneself(self.environment)
            remember_size(self.environment)

    def undo(self) -> None:
        # uv resolves and downloads everything before it touches the environment
        return

    @property
    def _words(self) -> tuple[str, ...]:
        files = tuple(word for file in self.requirements for word in ("-r", str(file)))
        return ("install", *files, *self.packages)

    def __str__(self) -> str:
        return by_hand("uv", "pip", self._words[0], "--python", self.environment / "bin/python", *self._words[1:])


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
        return by_hand("uv", "pip", "uninstall", "--python", self.environment / "bin/python", *self.packages)
