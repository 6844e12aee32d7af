"""What support asks first: which machine, which versions, whose account, how much room."""

import platform
import re
import shlex
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

from sesync_cli.disk import room
from sesync_cli.errors import SesyncError
from sesync_cli.report.draft import Section
from sesync_cli.report.rights import whoami
from sesync_cli.run import run
from sesync_cli.site.settings import Site
from sesync_cli.view import size

_SECONDS = 10.0  # that a program may take to say its version


def machine(home: Path, site: Site, python: Path | None) -> Section:
    """The facts about this machine and account; `python` is the one that installs are for."""
    return Section("The machine", tuple(_facts(home, site, python)))


def wanted_python(command: str) -> str | None:
    """The Python that a command line of sesync's names."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    named = [word for before, word in pairwise(words) if before == "--python"]
    joined = [word.partition("=")[2] for word in words if word.startswith("--python=")]
    return next(iter(named + joined), None)


def _facts(home: Path, site: Site, python: Path | None) -> Iterator[str]:
    yield f"host: {platform.node()}, site: {site.site_name}, {_system()}"
    yield f"account: {whoami()}"
    yield f"sesync {version('sesync-cli')} on Python {platform.python_version()} ({sys.executable})"
    if python:
        yield f"installs go to: {python}, {_said([str(python), '-m', 'pip', '--version'])}"
    yield f"{_uv()}, {_said(['git', '--version'])}"
    disk = room(home)
    quota = f"the site's quota is {site.home_quota_gb} GB" if site.has("home_quota_gb") else "the site names no quota"
    used = f"{size(disk.used)} of {size(disk.total)} used, {size(disk.free)} free"
    yield f"home: {home}, on {disk.mount}: {used}; {quota}"


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


def _said(argv: list[str]) -> str:
    """The first line that a program says of its version."""
    name = "pip" if "pip" in argv else argv[0]
    try:
        first = run(argv, seconds=_SECONDS, env=None).out.partition("\n")[0]
    except (SesyncError, OSError):
        return f"no {name}"
    return re.sub(r" from .* \(python.*", "", first)
