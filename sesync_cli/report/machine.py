"""What support asks first: which machine, which versions, whose account, how much room."""

import platform
import re
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.disk import room
from sesync_cli.errors import SesyncError
from sesync_cli.kernel.context import interpreter, places
from sesync_cli.plan import Watch
from sesync_cli.quota import quotas_of
from sesync_cli.report import programs
from sesync_cli.report.draft import Section, aligned, folded
from sesync_cli.report.rights import whoami
from sesync_cli.run import run
from sesync_cli.site.settings import Site
from sesync_cli.view import size
from sesync_cli.workers import Question, ask

_PYTHON, _PYTHONS, _QUOTA = Path("python"), Path("pythons"), Path("quota")
_OF_PATIENCE = 0.5  # how much of the patience for file servers programs get, all of them side by side
Answers = Mapping[Path, Any]


def asked(caller: Caller, site: Site, command: str, watch: Watch) -> Answers:
    """What programs answer within a few seconds; nothing that hangs, here or on a file server, keeps the mail waiting.

    The Python that installs are for is the one that this command line of sesync's names, or the usual one.
    """
    seconds = site.data_patience_seconds * _OF_PATIENCE
    until = time.monotonic() + seconds
    questions: dict[Path, Question] = {
        _PYTHON: partial(_python, caller, site, command, seconds),
        _PYTHONS: partial(_pythons, caller, site),
        _QUOTA: partial(_quota, caller.home, until),
    }
    asks = questions | programs.questions(caller.env.get("PATH", ""), seconds)
    return ask(asks, until, lambda _: watch("Asking programs for their versions"))


def python_of(answers: Answers) -> tuple[str, str]:
    """The Python that installs are for: where it is and its version; both empty if there is none, or none answers."""
    where, number, _ = answers[_PYTHON] or ("", "", "")
    return where, number


def machine(caller: Caller, site: Site, answers: Answers) -> Section:
    """The facts about this machine and account."""
    return Section("The machine", aligned(_facts(caller, site, answers)))


def wanted(command: str, option: str) -> str | None:
    """What a command line of sesync's says behind this option, such as --python."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    named = [word for before, word in pairwise(words) if before == option]
    joined = [word.partition("=")[2] for word in words if word.startswith(f"{option}=")]
    return next(iter(named + joined), None)


def _facts(caller: Caller, site: Site, answers: Answers) -> Iterator[tuple[str, str]]:
    yield "host", f"{platform.node()}, site: {site.site_name}"
    yield "system", _system()
    yield "account", whoami()
    if answers[_PYTHON] is None:
        yield "installs go to", "the Python does not answer"
    elif answers[_PYTHON]:
        where, _, pip = answers[_PYTHON]
        yield "installs go to", f"{where}, {pip}"
    if answers[_PYTHONS]:
        yield "Pythons here", folded(answers[_PYTHONS], ", ")
    yield "programs", folded(programs.told(answers, caller.home), ", ")
    yield "sesync", f"{version('sesync-cli')} on Python {platform.python_version()} ({sys.executable}), {_uv()}"
    disk = room(caller.home)
    quota = f"the site's quota is {site.home_quota_gb} GB" if site.has("home_quota_gb") else "the site names no quota"
    used = f"{size(disk.used)} of {size(disk.total)} used, {size(disk.free)} free"
    yield "home", f"{caller.home}, on {disk.mount}: {used}; {quota}"
    if answers[_QUOTA]:
        used_bytes, limit = answers[_QUOTA]
        yield "my own share", f"{size(used_bytes)} of {size(limit)} used"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    return f"{name or platform.system()}, kernel {platform.release()}, {platform.machine()}"


def _uv() -> str:
    try:
        return f"uv {version('uv')}"
    except PackageNotFoundError:
        return "no uv"


def _python(caller: Caller, site: Site, command: str, seconds: float) -> list[str]:
    """The Python that installs are for, its version, and what it says of its pip; nothing if there is none."""
    try:
        found = interpreter(caller, site, wanted(command, "--python"))[0]
    except (SesyncError, OSError):
        return []
    return [str(found.executable), found.version, _pip(found.executable, seconds)]


def _pip(python: Path, seconds: float) -> str:
    try:
        first = run([str(python), "-m", "pip", "--version"], seconds=seconds).out.partition("\n")[0]
    except (SesyncError, OSError):
        return "no pip"
    return re.sub(r" from .* \(python.*", "", first)


def _pythons(caller: Caller, site: Site) -> list[str]:
    from sesync_cli.python.interpreters import versions

    return versions(places(caller, site))


def _quota(home: Path, until: float) -> list[int]:
    found = quotas_of(home, until).bytes
    return [found.used, found.limit] if found else []
