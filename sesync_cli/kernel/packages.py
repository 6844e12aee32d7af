"""The packages of a kernel's environment. The door to uv."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import NoAnswer, NotFound, Refused, SesyncError, WrongWords
from sesync_cli.kernel.environment import clean
from sesync_cli.kernel.size import remember_size, site_packages
from sesync_cli.lock import is_unfinished
from sesync_cli.plan import Report, by_hand
from sesync_cli.run import ProgramFailed, follow, unhurried, without_secrets

NEEDED = ("ipykernel", "pip")

ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".zip")

_WIDE = "10000"  # columns for uv, which otherwise breaks its sentences, and the names in them, at the terminal's width
_PHASE = re.compile(r"(?P<writes>Resolved|Prepared)|Downloading|Building|Updating")  # after the first uv may write
_NOT_FOUND = re.compile(r"Because (?P<name>[\w.-]+) was not found in the package registry")
_NOT_HERE = re.compile(r"Distribution not found at: (?:file://)?(?P<path>.+)")
_NO_VERSION = re.compile(r"Because there is no version of (?P<wanted>\S+)")
_ONLY = re.compile(r"Because only (?P<found>\S+) is available and you require (?P<wanted>\S+),")
_OTHER_PYTHON = re.compile(r"Using Python (?P<python>\d+\.\d+).* (?:not satisfy|requires) Python ?>=")
_REQUIRED = re.compile(r"(?<!conclude that )you require (?P<wanted>[^\s,]+(?:,[<>=!~][^\s,]+)*)")
_NOT_BUILT = re.compile(r"Failed to build `?(?P<name>[^`\s]+)`?")
_LACKS = re.compile(r"install a library that provides `(?P<file>[^`]+)`|fatal error: (?P<header>\S+): No such file")
_BAD_LINE = re.compile(r"Couldn't parse requirement in `(?P<file>[^`]+)`.*\n.*\n\s*(?P<line>.+)\n\s*\^")
_NO_FILE = re.compile(r"(?:File not found: |failed to read from file )`(?P<path>[^`]+)`")
_DENIED = re.compile(r"HTTP status \w+ error \((?P<status>[^)]+)\) for url \((?P<url>[^)]+)\)")
_UNREACHABLE = ("Failed to fetch", "dns error", "error sending request", "Could not connect", "tcp connect error")
_OFFLINE = "the network was disabled"


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
    if without_secrets(word) != word:
        hint = "Leave out what is before '@', and write it into ~/.netrc, which only you may read (chmod 600)."
        raise WrongWords("a package's address must not carry a name or a password", hint=hint)
    if "/" not in word and not word.startswith(".") and not word.endswith(ARCHIVES):
        _check_requirement(word)
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


def _uv(step: InstallPackages | UninstallPackages, words: tuple[str, ...], report: Report) -> None:
    from uv import find_uv_bin

    argv = [find_uv_bin(), "pip", words[0], "--python", str(step.environment / "bin/python"), *words[1:]]
    in_use = not is_unfinished(step.environment)
    try:
        with unhurried(report) as let_finish:
            let_finish(in_use and words[0] == "uninstall")

            def on_line(line: str) -> None:
                if in_use and (phase := _PHASE.match(line.strip())):
                    let_finish(bool(phase["writes"]))
                report(None, line)

            follow(argv, on_line, env=clean(step.env) | {"COLUMNS": _WIDE}, log=step.log)
    except ProgramFailed as failure:
        raise _explained(failure.output.out, step) from None


def _explained(text: str, step: InstallPackages | UninstallPackages) -> SesyncError:
    """One clear sentence for uv's story; the log has the whole of it."""
    log = f"The whole story is in {step.log}."
    if number := full_in(text):
        return no_room(step.environment, number)
    if missing := _NOT_FOUND.search(text):
        return NotFound(f"there is no package named {missing['name']}", hint="Is it spelt rightly? " + log)
    if missing := _NOT_HERE.search(text) or _NO_FILE.search(text):
        return NotFound(f"there is no file or folder {missing[1]}", hint=log)
    if bad := _BAD_LINE.search(text):
        hint = "A line says a package as 'pandas' or 'pandas>=2'."
        return SesyncError(f"{bad['file']} has a line that is not a package: {bad['line'].strip()}", hint=hint)
    return _unreachable(text, log) or _unbuilt(text, log) or _unsolved(text, log) or _unknown(text, log)


def _unreachable(text: str, log: str) -> SesyncError | None:
    if _OFFLINE in text:
        return NoAnswer("the network is switched off for uv (UV_OFFLINE)", hint="'unset UV_OFFLINE', and try again.")
    if denied := _DENIED.search(text):
        return Refused(f"{denied['url']} answers: {denied['status']}", hint=log)
    if any(words in text for words in _UNREACHABLE):
        return NoAnswer("the package index cannot be reached", hint="Try again later. " + log)
    return None


def _unbuilt(text: str, log: str) -> SesyncError | None:
    broken = _NOT_BUILT.search(text)
    if not broken:
        return None
    lacks = _LACKS.search(text)
    why = f": {lacks['file'] or lacks['header']} is missing" if lacks else ""
    hint = f"A system library is probably missing: send the log to support. {log}"
    return SesyncError(f"{broken['name']} could not be built{why}", hint=hint)


def _unsolved(text: str, log: str) -> SesyncError | None:
    """No versions fit: uv's proof, which may be pages long, as the one fact that a person can act on."""
    if "No solution found" not in text:
        return None
    story = " ".join(text.split())
    wanted = ", ".join(dict.fromkeys(match["wanted"] for match in _REQUIRED.finditer(story)))
    if missing := _NO_VERSION.search(story):
        return NotFound(f"there is no version of {missing['wanted']}", hint="Ask for another version. " + log)
    if python := _OTHER_PYTHON.search(story):
        hint = f"Ask for another version, or choose another Python with '--python'. {log}"
        return NotFound(f"{wanted} does not work with Python {python['python']}", hint=hint)
    if only := _ONLY.search(story):
        message = f"there is no version {only['wanted']}, only {only['found']}"
        return NotFound(message, hint="Ask for another version. " + log)
    return SesyncError(f"what was asked for does not fit together: {wanted}", hint="Ask for other versions. " + log)


def _unknown(text: str, log: str) -> SesyncError:
    lines = [line.strip() for line in text.splitlines()]
    reasons = [line for line in lines if line.startswith(("error:", "fatal:"))] or ["error: uv gave no reason"]
    why = ": ".join(reason.partition(":")[2].strip() for reason in reasons[:2])
    return SesyncError(f"the packages could not be installed: {why}", hint=log)
