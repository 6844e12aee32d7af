"""What is wrong with a kernel, as far as one sees from outside: nothing is started."""

import os
import re
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sesync_cli.check import Finding
from sesync_cli.kernel.layout import is_conda
from sesync_cli.python.environments import settings_of, site_packages

WORKS = ("ok", "elsewhere", "same name", "same title")  # the states of kernels that Jupyter can start

_BARE = re.compile(r"python(3(\.\d+)?)?")  # Jupyter puts the Python that runs it in its place
_NAMED = re.compile(r"python3\.\d+")
_LAUNCHERS = ("ipykernel_launcher", "ipykernel")
_LINKS = 40  # more in a row lead in a circle


def trouble_of(argv: Sequence[str], environment: Path | None) -> Finding | None:
    """What keeps this command from starting a kernel; `environment` is where its packages are, if that can be told."""
    program = argv[0]
    if environment and not os.path.isdir(environment):
        return Finding("no environment", f"its environment {environment} {_lost(str(environment))}")
    real = _followed(program)
    if problem := _no_program(program, real) or (_no_python(environment, real) if environment else ""):
        return Finding("no Python", problem)
    if environment and _runs_ipykernel(argv) and not _has_ipykernel(environment):
        return Finding("no ipykernel", f"the package ipykernel is missing in {environment}")
    if owner := _owner(program):
        return Finding("elsewhere", f"its Python is in the home of {owner}: {program}")
    return None


def _no_program(program: str, real: str) -> str:
    """Why a program cannot be run; empty if it can."""
    if os.sep not in program:
        there = _BARE.fullmatch(program) or shutil.which(program)
        return "" if there else f"there is no program {program} on this machine"
    if not os.path.isfile(real):
        return f"{real}{', the Python behind its environment,' * (real != program)} {_lost(real)}"
    return "" if os.access(real, os.X_OK) else f"you may not run {real}"


def _no_python(environment: Path, real: str) -> str:
    """Why the Python that is there does not belong to this environment, or lacks what it stands on; empty if not so."""
    if real.startswith(f"{environment}{os.sep}"):  # a copy, which needs the library of the Python it was copied from
        home = settings_of(environment).get("home", "")
        return (
            f"the Python behind its environment, in {home}, {_lost(home)}" if home and not os.path.isdir(home) else ""
        )
    name = os.path.basename(real)
    if not _NAMED.fullmatch(name) or os.path.isdir(os.path.join(environment, "lib", name)):
        return ""
    packages = site_packages(environment)
    return f"its packages are for {packages.parent.name}, and its Python has become {real}" if packages else ""


def _runs_ipykernel(argv: Sequence[str]) -> bool:
    return any(one == "-m" and word in _LAUNCHERS for one, word in pairwise(argv))


def _has_ipykernel(environment: Path) -> bool:
    packages = site_packages(environment)
    if packages and os.path.exists(os.path.join(packages, "ipykernel_launcher.py")):
        return True
    if settings_of(environment).get("include-system-site-packages", "").lower() == "true":
        return True  # it may be in one of many other places
    users = os.path.expanduser("~/.local/lib/{}/site-packages/ipykernel_launcher.py")
    return bool(packages and is_conda(environment) and os.path.exists(users.format(packages.parent.name)))


def _followed(path: str) -> str:
    """Where a file's links lead, one after the other, whether or not anything is there."""
    for _ in range(_LINKS):
        try:
            path = os.path.join(os.path.dirname(path), os.readlink(path))
        except OSError:
            break
    return path


def _lost(path: str) -> str:
    """What has become of a path that one cannot look at."""
    try:
        os.stat(path)
    except PermissionError:
        owner = _owner(path)
        return f"is out of your reach, in the home of {owner}" if owner else "is out of your reach"
    except OSError:
        return "is gone"
    return "is something else now"


def _owner(path: str) -> str:
    """Whose home a path is in, if it is somebody else's."""
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        try:
            uid = os.stat(folder).st_uid
            break
        except OSError:
            folder = os.path.dirname(folder)
    if uid in (0, os.getuid()):
        return ""
    import pwd

    try:
        owner = pwd.getpwuid(uid)
    except KeyError:
        return ""
    return owner.pw_name if path.startswith(owner.pw_dir.rstrip("/") + "/") else ""
