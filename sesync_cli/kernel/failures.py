"""What uv's long stories of failure mean for a person."""

import re
from pathlib import Path

from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.kernel.size import site_packages

_NOT_FOUND = re.compile(r"Because (?P<name>[\w.-]+) was not found in the package registry")
_NOT_HERE = re.compile(r"Distribution not found at: (?:file://)?(?P<path>.+)")
_NO_VERSION = re.compile(r"Because there is no version of (?P<wanted>\S+)")
_ONLY = re.compile(r"Because only (?P<found>\S+) is available and you require (?P<wanted>\S+),")
_OTHER_PYTHON = re.compile(r"(?:not satisfy|requires) Python ?[><=]")
_BAD_METADATA = re.compile(r"Because (?P<what>(?P<name>[\w.-]+)\S*) has (?:invalid metadata|an invalid package format)")
_REQUIRED = re.compile(r"(?<!conclude that )you require (?P<wanted>[^\s,]+(?:,[<>=!~][^\s,]+)*)")
_NOT_BUILT = re.compile(r"Failed to build `?(?P<name>[^`\s]+)`?")
_LACKS = re.compile(r"install a library that provides `(?P<file>[^`]+)`|fatal error: (?P<header>\S+): No such file")
_BAD_LINE = re.compile(r"Couldn't parse requirement in `(?P<file>[^`]+)`.*\n.*\n\s*(?P<line>.+)\n\s*\^")
_NO_FILE = re.compile(r"(?:File not found: |failed to read from file )`(?P<path>[^`]+)`")
_DENIED = re.compile(r"HTTP status \w+ error \((?P<status>[^)]+)\) for url \((?P<url>[^)]+)\)")
_UNREACHABLE = ("Failed to fetch", "dns error", "error sending request", "Could not connect", "tcp connect error")
_OFFLINE = "the network was disabled"


class BadMetadata(SesyncError):
    """A release of this package says what it needs in words that uv does not take."""

    def __init__(self, package: str, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.package = package


def explained(text: str, environment: Path, log_file: Path) -> SesyncError:
    """One clear sentence for uv's story; the log has the whole of it."""
    log = f"The whole story is in {log_file}."
    if number := full_in(text):
        return no_room(environment, number)
    if missing := _NOT_FOUND.search(text):
        return NotFound(f"there is no package named {missing['name']}", hint="Is it spelt rightly? " + log)
    if missing := _NOT_HERE.search(text) or _NO_FILE.search(text):
        return NotFound(f"there is no file or folder {missing[1]}", hint=log)
    if bad := _BAD_LINE.search(text):
        hint = "A line says a package as 'pandas' or 'pandas>=2'."
        return SesyncError(f"{bad['file']} has a line that is not a package: {bad['line'].strip()}", hint=hint)
    return _unreachable(text, log) or _unbuilt(text, log) or _unsolved(text, environment, log) or _unknown(text, log)


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


def _unsolved(text: str, environment: Path, log: str) -> SesyncError | None:
    """No versions fit: uv's proof, which may be pages long, as the one fact that a person can act on."""
    if "No solution found" not in text:
        return None
    story = " ".join(text.split())
    wanted = ", ".join(dict.fromkeys(match["wanted"] for match in _REQUIRED.finditer(story)))
    if missing := _NO_VERSION.search(story):
        return NotFound(f"there is no version of {missing['wanted']}", hint="Ask for another version. " + log)
    if odd := _BAD_METADATA.search(story):
        message = f"{odd['what']} says what it needs in a way that installers do not understand any more"
        return BadMetadata(odd["name"], message, hint="Ask for a newer version of it. " + log)
    if _OTHER_PYTHON.search(story):
        packages = site_packages(environment)
        python = packages.parent.name.removeprefix("python") if packages else "of this kernel"
        hint = f"Ask for another version, or choose another Python with '--python'. {log}"
        return NotFound(f"{wanted} does not work with Python {python}", hint=hint)
    if only := _ONLY.search(story):
        message = f"there is no version {only['wanted']}, only {only['found']}"
        return NotFound(message, hint="Ask for another version. " + log)
    return SesyncError(f"what was asked for does not fit together: {wanted}", hint="Ask for other versions. " + log)


def _unknown(text: str, log: str) -> SesyncError:
    lines = [line.strip() for line in text.splitlines()]
    reasons = [line for line in lines if line.startswith(("error:", "fatal:"))] or ["error: uv gave no reason"]
    why = ": ".join(reason.partition(":")[2].strip() for reason in reasons[:2])
    return SesyncError(f"the packages could not be installed: {why}", hint=log)
