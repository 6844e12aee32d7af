"""The packages of a kernel's environment: what is wished for, what is there, and the steps between them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sesync_cli.diagnosis.modules import check_name
from sesync_cli.errors import WrongWords
from sesync_cli.kernel.installer import compile_lock, uv_pip
from sesync_cli.kernel.pylock import NAME, Lock, read_lock
from sesync_cli.kernel.record import records
from sesync_cli.kernel.requirements import index_of
from sesync_cli.kernel.sharing import have_as_published, keep_to_oneself
from sesync_cli.kernel.size import is_measured, remember_size
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.uv import DEFAULT_INDEX
from sesync_cli.secrets import without_logins

NEEDED = ("ipykernel", "pip")

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".zip")

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")  # as pip lets requirements name passwords
ASKED, _PINS = "asked.txt", "pins.txt"  # what uv is asked, in the environment that it is asked for


@dataclass(frozen=True)
class Wish:
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
        """The environment in which uv asks the index that the files name, if they name one."""
        return asking(env, self.requirements, self.listing)


@dataclass(frozen=True)
class ResolvePackages:
    """Find the versions that fit together and write them down as a lock: `pylock.toml` in the environment.

    A lock that was wished for is taken over, with what it lacks for a kernel.
    """

    environment: Path
    wish: Wish
    python: str
    about: Mapping[str, Any]
    env: Mapping[str, str]
    log: Path
    shown: Path
    doing: str = "Finding the versions that fit together"

    def do(self, report: Report) -> None:
        wished = self.wish.lock or (self._listed(report) if self.wish.listing else None)
        packages = self._packages(wished)
        lock = self._resolved(packages, wished, report) if packages or self.wish.requirements else None
        if wished:
            lock = wished.with_more(lock) if lock else wished
        assert lock
        lock.only(self.wish.hashes).of(self.python, self.about).write(self.environment / NAME)

    def _packages(self, wished: Lock | None) -> list[str]:
        there = wished.versions if wished else {}
        return [*(name for name in NEEDED if name not in there), *self.wish.packages]

    def _listed(self, report: Report) -> Lock:
        """The lock of a listing: the versions that it says, and no more."""
        folder = self.environment
        (folder / ASKED).write_text(self.wish.listing)
        words: list[str | Path] = ["--no-deps", "--output-file", folder / NAME, folder / ASKED]
        compile_lock(folder, words, self.wish.asking(self.env), self.log, report)
        return read_lock(folder / NAME)

    def _resolved(self, packages: list[str], wished: Lock | None, report: Report) -> Lock:
        folder = self.environment
        indexes = [line for line in self.wish.listing.splitlines() if line.startswith("--")]
        (folder / ASKED).write_text("\n".join([*indexes, *packages, ""]))
        words: list[str | Path] = ["--output-file", folder / NAME]
        if wished:
            (folder / _PINS).write_text("\n".join([*wished.pins, ""]))
            words += ["--constraints", folder / _PINS]
        elif self.wish.prefer:
            self.wish.prefer.write(folder / NAME)  # uv keeps to the versions in the file that it is to write
        words += [*self.wish.options, folder / ASKED, *self.wish.requirements]
        compile_lock(folder, words, self.wish.asking(self.env), self.log, report)
        for name in (ASKED, _PINS):
            (folder / name).unlink(missing_ok=True)
        return read_lock(folder / NAME)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return f"# the versions that fit together are written to {self.shown / NAME}"


def asking(env: Mapping[str, str], files: Iterable[Path], text: str = "") -> Mapping[str, str]:
    """The environment in which uv asks the index that these requirements name: pip heeds them before its settings."""
    index = _VARIABLE.sub(lambda found: env.get(found[1], found[0]), index_of(files, text))
    return {DEFAULT_INDEX: index, **env} if index else env


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

        def install(more: Sequence[str] = ()) -> None:
            uv_pip(self.environment, [*words, *more], asking(self.env, self.requirements), self.log, report)

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


def checked_package(word: str) -> str:
    """The word itself, if it can be a package and not an option of the installer or a secret."""
    if word.startswith("-") or not word.isprintable() or not word.strip():
        raise WrongWords(f"{word!r} is not a package", hint="Say it as 'pandas' or 'pandas>=2'.")
    if without_logins(word) != word:
        hint = "Leave out what is before '@', and write it into ~/.netrc, which only you may read (chmod 600)."
        raise WrongWords("a package's address must not carry a name or a password", hint=hint)
    if "/" not in word and not word.startswith(".") and not word.endswith(ARCHIVES):
        _check_requirement(word)
        check_name(re.split(r"[\s\[<>=!~;@]", word, maxsplit=1)[0])
    return word


def _check_requirement(word: str) -> None:
    meant = re.sub(r"(?<![=<>!~])=(?!=)", "==", word)  # conda's way to say a version
    if not _is_requirement(word):
        hint = f"Did you mean '{meant}'?" if _is_requirement(meant) else "Say it as 'pandas' or 'pandas>=2'."
        raise WrongWords(f"{word!r} is not a package", hint=hint)


def _is_requirement(word: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return bool(Requirement(word))
    except InvalidRequirement:
        return False
