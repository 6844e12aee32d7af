"""The commands by which one makes environments and installs packages by hand, with what the person has on this machine.

Python's own `venv` and `pip` come first. Who has no uv can type the path of sesync's. Nothing is started to know it.
"""

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sesync_cli.plan import by_hand
from sesync_cli.python.environments import prefixes, site_packages
from sesync_cli.python.uv import uv_program
from sesync_cli.secrets import without_logins

VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")  # as pip lets requirements name passwords
_LIBRARIES = ("lib", "lib64")
_MODULES = ("venv/__init__.py", "ensurepip/__init__.py")  # Debian has the second in a package of its own


def environment_command(folder: Path, python: Path, minor: str, env: Mapping[str, str]) -> str:
    """The command that makes an environment of this Python (3.8) with the newest pip: Python's own, or else uv's."""
    if makes_environments(python, minor):
        made = by_hand(python, "-m", "venv", folder)
    else:
        made = by_hand(uv_program(env), "venv", "--seed", "--python", python, folder)
    return f"{made} && {by_hand(folder / 'bin/python', '-m', 'pip', 'install', '--upgrade', 'pip')}"


def pip_command(environment: Path, words: Sequence[str | Path], env: Mapping[str, str]) -> str:
    """The command that has pip do this in an environment: where it has no pip, uv does it, or pip comes first."""
    python, packages = environment / "bin/python", site_packages(environment)
    by_pip = by_hand(python, "-m", "pip", *words)
    if packages is None or (packages / "pip").is_dir():
        return by_pip
    if shutil.which("uv", path=env.get("PATH")) is None and makes_environments(python, _minor(packages)):
        return f"{by_hand(python, '-m', 'ensurepip')} && {by_pip}"
    return uv_pip_command(environment, [word for word in words if word != "-y"], env)  # uv never asks


def uv_pip_command(environment: Path, words: Sequence[str | Path], env: Mapping[str, str]) -> str:
    """The command that has uv do this in an environment."""
    first, *more = words
    return by_hand(uv_program(env), "pip", first, "--python", environment / "bin/python", *more)


def makes_environments(python: Path, minor: str) -> bool:
    """Whether the library of this Python (3.8), or of the one behind it, can make environments that have pip."""
    roots = {prefixes(python)[0], python.resolve().parent.parent}
    libraries = [root / lib / f"python{minor}" for root in roots for lib in _LIBRARIES]
    return any(all((library / module).is_file() for module in _MODULES) for library in libraries)


def with_modules(modules: Iterable[str], command: str) -> str:
    """The same command where these modules are loaded first."""
    names = list(modules)
    return f"{by_hand('module', 'load', *names)} && {command}" if names else command


def as_words(lines: Iterable[str]) -> list[str]:
    """Lines of a requirements file as words of a command line: without hashes, and without the login of an index."""
    said = (line.partition(" --hash")[0].strip() for line in lines)
    return [word for line in said for word in (_option(line) if line.startswith("-") else [line])]


def of_lists(command: str, constraints: Iterable[str]) -> str:
    """A command that has words of lists in it: these constraints limit it, and their variables are the shell's."""
    lines = list(constraints)
    said = by_hand("printf", "%s\\n", *lines)
    return VARIABLE.sub("'\"\\g<0>\"'", f"{command} -c <({said})" if lines else command)


def _option(line: str) -> list[str]:
    return without_logins(line).replace("://***@", "://").split(" ", 1)  # pip asks, or looks into ~/.netrc


def _minor(packages: Path) -> str:
    return packages.parent.name.removeprefix("python")
