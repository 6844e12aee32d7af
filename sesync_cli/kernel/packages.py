"""The packages of a kernel's environment. The door to uv."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import NoAnswer, NotFound, SesyncError, WrongWords
from sesync_cli.kernel.environment import clean, remember_size, site_packages
from sesync_cli.lock import is_unfinished
from sesync_cli.plan import Report, by_hand
from sesync_cli.run import ProgramFailed, follow

NEEDED = ("ipykernel", "pip")

_NOT_FOUND = re.compile(r"Because (?P<name>[\w.-]+) was not found in the package registry")
_NO_VERSION = re.compile(
    r"Because (?P<story>(?:there is|only|all versions|the current Python).+?)(?:\n\n|\n\s*hint|\Z)", re.S
)
_NOT_BUILT = re.compile(r"[Ff]ailed to build `?(?P<name>[^`\s]+)`?")
_UNREACHABLE = ("Failed to fetch", "dns error", "error sending request", "Could not connect", "tcp connect error")


@dataclass(frozen=True)
class InstallPackages:
    """Install packages into an environment, by hard links from the one cache of the user."""

    environment: Path
    packages: tuple[str, ...]
    requirements: tuple[Path, ...]
    upgrade: bool
    env: Mapping[str, str]
    log: Path
    shown: Path | None = None

    @property
    def doing(self) -> str:
        return "Installing packages"

    def do(self, report: Report) -> None:
        _uv(self, (*self._words, *(("--upgrade",) if self.upgrade else ())), report)
        if not is_unfinished(self.environment):
            remember_size(self.environment)

    def undo(self) -> None:
        # uv resolves and downloads everything before it touches the environment
        return

    @property
    def _words(self) -> tuple[str, ...]:
        files = tuple(word for file in self.requirements for word in ("-r", str(file)))
        return ("install", *files, *self.packages)

    def __str__(self) -> str:
        python = (self.shown or self.environment) / "bin/python"
        return by_hand("uv", "pip", self._words[0], "--python", python, *self._words[1:])


@dataclass(frozen=True)
class UninstallPackages:
    """Take packages out of an environment."""

    environment: Path
    packages: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    doing: str = "Uninstalling packages"

    def do(self, report: Report) -> None:
        _uv(self, ("uninstall", *self.packages), report)
        remember_size(self.environment)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return by_hand("uv", "pip", "uninstall", "--python", self.environment / "bin/python", *self.packages)


def installed(environment: Path) -> dict[str, str]:
    """The versions of the packages in an environment, by name; read from the folders that installers leave."""
    folder = site_packages(environment)
    names = [entry.name for entry in folder.glob("*.dist-info")] if folder else []
    parts = (name.removesuffix(".dist-info").partition("-") for name in names)
    return {name.replace("_", "-").lower(): version for name, _, version in sorted(parts)}


def checked_package(word: str) -> str:
    """The word itself, if it can be a package and not an option of the installer or a secret."""
    if word.startswith("-") or not word.isprintable() or not word.strip():
        raise WrongWords(f"{word!r} is not a package", hint="Say it as 'pandas' or 'pandas>=2'.")
    if re.search(r"://[^/\s]*@", word):
        raise WrongWords(
            "a package's address must not carry a name or a password", hint="Leave out what is before '@'."
        )
    return word


def _uv(step: InstallPackages | UninstallPackages, words: tuple[str, ...], report: Report) -> None:
    from uv import find_uv_bin

    argv = [find_uv_bin(), "pip", words[0], "--python", str(step.environment / "bin/python"), *words[1:]]
    try:
        follow(argv, lambda line: report(None, line), env=clean(step.env), log=step.log)
    except ProgramFailed as failure:
        raise _explained(failure.output.out, step) from None


def _explained(text: str, step: InstallPackages | UninstallPackages) -> SesyncError:
    """One clear sentence for uv's story; the log has the whole of it."""
    log = f"The whole story is in {step.log}."
    if number := full_in(text):
        return no_room(step.environment, number)
    if missing := _NOT_FOUND.search(text):
        return NotFound(f"there is no package named {missing['name']}", hint="Is it spelt rightly? " + log)
    if any(words in text for words in _UNREACHABLE):
        return NoAnswer("the package index cannot be reached", hint="Try again later. " + log)
    if broken := _NOT_BUILT.search(text):
        hint = f"A system library is probably missing: send the log to support. {log}"
        return SesyncError(f"{broken['name']} could not be built", hint=hint)
    if story := _NO_VERSION.search(text):
        return NotFound(" ".join(story["story"].split()).rstrip("."), hint="Ask for other versions. " + log)
    last = next((line for line in text.splitlines() if line.startswith("error:")), "error: uv gave no reason")
    return SesyncError(f"the packages could not be installed: {last.removeprefix('error:').strip()}", hint=log)
