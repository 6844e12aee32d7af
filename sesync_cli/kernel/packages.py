"""The packages of a kernel's environment: what is required, what is there, and the steps between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NoRoom, NotFound, SesyncError
from sesync_cli.kernel.hardlinks import have_as_published, keep_to_oneself
from sesync_cli.kernel.installer import compile_lock, uv_pip
from sesync_cli.kernel.pylock import NAME, Lock, read_lock
from sesync_cli.plan import Report, by_hand
from sesync_cli.python.commands import VARIABLE, as_words, of_lists, uv_pip_command
from sesync_cli.python.uv import DEFAULT_INDEX
from sesync_cli.requirements.listing import for_pip, index_in
from sesync_cli.secrets import write_private

NEEDED = ("ipykernel", "pip")

_ASKED, _PINS = "asked.txt", "pins.txt"  # what uv is asked, in the environment that it is asked for


@dataclass(frozen=True)
class Requirements:
    """What is wanted in an environment: packages in words, files that uv reads, words for uv about them, and a lock.

    With a lock its versions are kept to; it is in `lock_file`, or `lock_command` writes it. `listing` is a lock as the
    text of a requirements file. The versions of `prefer` are kept where they fit. `hashes` are the SHA-256 that a
    package's files must have. `heading` are lines about the index as a requirements file has them, and `constraints`
    limit the versions of whatever comes.
    """

    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    options: tuple[str, ...] = ()
    listing: str = ""
    lock: Lock | None = None
    lock_file: Path | None = None
    lock_command: str = ""
    prefer: Lock | None = None
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    heading: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()

    @property
    def is_lock(self) -> bool:
        """Whether these are every version that there is to be."""
        return self.lock is not None or bool(self.listing)

    def with_more(self, other: "Requirements") -> "Requirements":
        """Both together; of the other what is no lock."""
        return replace(
            self,
            packages=(*self.packages, *other.packages),
            requirements=(*self.requirements, *other.requirements),
            options=(*self.options, *other.options),
            hashes={**self.hashes, **other.hashes},
            heading=(*self.heading, *other.heading),
            constraints=(*self.constraints, *other.constraints),
        )

    def commands(self, environment: Path, env: Mapping[str, str]) -> list[str]:
        """The commands that install it all into an environment that has pip: by pip, but for what only uv does."""
        pip = environment / "bin/python", "-m", "pip", "install"
        lock = self.lock_file or environment / NAME
        commands = [f"{self.lock_command} -o {by_hand(lock)}"] if self.lock_command else []
        if self.lock:
            commands.append(uv_pip_command(environment, ["install", "-r", lock], env))
        if self.listing:
            commands.append(by_hand(*pip, "--no-deps", *as_words(self.listing.splitlines())))
        files = [word for file in self.requirements for word in ("-r", file)]
        words = [*as_words(self.heading), *files, "ipykernel", *as_words(self.packages)]
        install = by_hand(*pip, *for_pip(self.options), *words)
        if self._is_for_uv:
            install = uv_pip_command(environment, ["install", *self.options, *words], env)
        return [*commands, of_lists(install, self.constraints)]

    @property
    def _is_for_uv(self) -> bool:
        """Whether pip cannot read a file of them, or demands a hash of every package since one has any."""
        hashes = bool(self.hashes) and not self.is_lock
        return hashes or any(file.suffix in (".toml", ".py", ".cfg") for file in self.requirements)

    def asking(self, env: Mapping[str, str]) -> Mapping[str, str]:
        """The environment in which uv asks the index that the files name."""
        return asking([*self.heading, self.listing], env)


def asking(heading: Iterable[str], env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment in which uv asks the index that a list names: pip heeds that before its settings."""
    index = VARIABLE.sub(lambda found: env.get(found[1], found[0]), index_in("\n".join(heading)))
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
        write_private(folder / _ASKED, self.required.listing)
        words: list[str | Path] = ["--no-deps", "--output-file", folder / NAME, folder / _ASKED]
        compile_lock(folder, words, self.required.asking(self.env), self.log, report)
        return read_lock(folder / NAME)

    def _resolved(self, packages: list[str], locked: Lock | None, report: Report) -> Lock:
        folder = self.environment
        indexes = [line for line in self.required.listing.splitlines() if line.startswith("--")]
        write_private(folder / _ASKED, "\n".join([*self.required.heading, *indexes, *packages, ""]))
        words: list[str | Path] = ["--output-file", folder / NAME]
        if pins := [*(locked.pins if locked else ()), *self.required.constraints]:
            (folder / _PINS).write_text("\n".join([*pins, ""]), encoding="utf-8")
            words += ["--constraints", folder / _PINS]
        if self.required.prefer and not locked:
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
        write_private(folder / _ASKED, read_lock(folder / NAME).requirements)
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
        return "\n".join(self.required.commands(self.shown, self.env))


def _may_be_elsewhere(error: SesyncError) -> bool:
    """Whether what the index has not, or cannot tell, may be had from the addresses in a lock."""
    return isinstance(error, NotFound) or (error.diagnosis or {}).get("kind") == "network"
