"""What uv's long stories of failure mean for a person."""

import re
from collections.abc import Mapping
from pathlib import Path

from sesync_cli.diagnosis import explain
from sesync_cli.diagnosis.explain import Attempt
from sesync_cli.diagnosis.index import newest_ready_made
from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import NotFound, SesyncError
from sesync_cli.python.environments import site_packages

_NOT_HERE = re.compile(r"Distribution not found at: (?:file://)?(?P<path>.+)")
_NO_FILE = re.compile(r"(?:File not found: |failed to read from file )`(?P<path>[^`]+)`")
_BAD_METADATA = re.compile(r"Because (?P<what>(?P<name>[\w.-]+)\S*) has (?:invalid metadata|an invalid package format)")
_BAD_LINE = re.compile(r"Couldn't parse requirement in `(?P<file>[^`]+)`.*\n.*\n\s*(?P<line>.+)\n\s*\^")


class BadMetadata(SesyncError):
    """A release of this package says what it needs in words that uv does not take."""

    def __init__(self, package: str, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.package = package


def explained(text: str, environment: Path, env: Mapping[str, str], log: Path) -> SesyncError:
    """One clear sentence for uv's story; the log has the whole of it."""
    if number := full_in(text):
        return no_room(environment, number)
    if missing := _NOT_HERE.search(text) or _NO_FILE.search(text):
        return NotFound(
            f"there is no file or folder {missing['path']}", hint=f"All that the installer said is in {log}."
        )
    if bad := _BAD_LINE.search(text):
        hint = "A line says a package as 'pandas' or 'pandas>=2'."
        return SesyncError(f"{bad['file']} has a line that is not a package: {bad['line'].strip()}", hint=hint)
    if odd := _BAD_METADATA.search(" ".join(text.split())):
        message = f"{odd['what']} says what it needs in a way that installers do not understand any more"
        return BadMetadata(
            odd["name"], message, hint=f"Ask for a newer version of it. All that the installer said is in {log}."
        )
    return explain.explained(text, _attempt(environment, env, log))


def _attempt(environment: Path, env: Mapping[str, str], log: Path) -> Attempt:
    packages, python = site_packages(environment), environment / "bin/python"
    version = packages.parent.name.removeprefix("python") if packages else ""
    return Attempt((), version, log, newest=lambda name: newest_ready_made(name, python, env))
