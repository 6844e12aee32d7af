"""What a person's shell is told that breaks programs: variables, by whichever file sets them, the PATH, the locale."""

import locale
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.doctor.script import SetLine, SetLines
from sesync_cli.doctor.start_files import (
    TakeOut,
    faults_of_files,
    lines_that_set,
    login_file,
    start_files,
    text_of,
)
from sesync_cli.install.request import jupyters_own
from sesync_cli.names import shortened
from sesync_cli.plan import by_hand
from sesync_cli.python.pip_settings import is_on

_MOST = 3  # names in a sentence
_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
_FOR_ALL = "Every Python looks there first, those of kernels that others made, too."
REFUSES = "In an environment or a kernel, pip then refuses to install anything."
LOST = "No Python looks for packages there."
_CONDA = re.compile(r"^[^#\n]*'(?P<conda>/[^'\n]+/bin/conda)' '?shell\.", re.MULTILINE)
_NO_BASE = re.compile(r"^\s*auto_activate(_base)?\s*:\s*[\"']?(false|no|off)\b", re.MULTILINE | re.IGNORECASE)
_KEEPS_PATH = re.compile(r"\$\{?PATH|\$\(|`|/usr/bin|\$path", re.IGNORECASE)
_AGAIN = "Then open a new terminal."


def findings(caller: Caller) -> Iterator[Finding]:
    """What is wrong in this shell, and what will be in the next one."""
    shell = _Surroundings(caller)
    yield from faults_of_files(caller)
    yield from shell.paths()
    yield from shell.variables()
    yield from _conda(caller, shell)
    yield from _own_programs(caller)


Fault = Callable[[str], str]
"""What is wrong with a value, as the end of a sentence; empty if nothing is, or nobody can tell."""


@dataclass(frozen=True)
class _Surroundings:
    """What this terminal has, and what start files set for certain in every new one."""

    caller: Caller

    @cached_property
    def lines(self) -> dict[str, SetLines]:
        return lines_that_set(self.caller)

    def _said(self, name: str) -> SetLines:
        """The lines that set a variable."""
        return self.lines.get(name, SetLines(()))

    def variables(self) -> Iterator[Finding]:
        """The variables that break programs."""
        yield from self._judged("PYTHONHOME", str, "No other Python than that one starts.")
        yield from self._pythonpath()
        yield from self._judged("PIP_USER", lambda value: value if is_on(value) else "", REFUSES)
        for name in ("PIP_TARGET", "PIP_PREFIX"):
            yield from self._judged(name, str, LOST)
        for name in _CERTIFICATES:
            yield from self._judged(name, self._no_certificates, "Programs trust no server then.", "certificates")
        yield from self._judged("TMPDIR", self._no_place, "Programs that need a place for a while fail.")
        for name in _LOCALES:
            why = "Programs warn of it, and letters such as ü may come out wrong."
            yield from self._judged(name, _no_locale, why, "locale", broken=False)

    def paths(self) -> Iterator[Finding]:
        """That a file takes all the system's folders out of PATH."""
        lines = self._said("PATH").lines
        if faulty := [one for one in lines if one.value and not _KEEPS_PATH.search(one.value)]:
            why = "Programs such as ls and git are not found."
            yield _of_file("PATH", "all other folders are taken out of PATH", faulty, why, broken=True)

    def value(self, name: str) -> str:
        """What a new terminal has as this variable, as far as one can tell; else what this one has."""
        said = self._said(name)
        is_set = said.lines and (said.exported or name in self.caller.env)
        return said.last.value if is_set else self.caller.env.get(name, "")

    def _judged(self, name: str, fault: Fault, why: str, kind: str = "", *, broken: bool = True) -> Iterator[Finding]:
        """What a variable does wrong in new terminals, by the lines that set it; else in this one."""
        said, now = self._said(name), self.caller.env.get(name, "")
        faulty = [one for one in said.lines if fault(one.value)]
        if faulty and faulty[-1] == said.last and (said.exported or name in self.caller.env):
            message = f"{name} is set: {fault(said.last.value)}"
            yield _of_file(kind or name, message, faulty, why, broken=broken)
        elif (wrong := fault(now)) and not said.lines:
            yield _of_terminal(kind or name, name, f"{name} is set in this terminal: {wrong}", why, broken=broken)

    def _pythonpath(self) -> Iterator[Finding]:
        name, loaded = "PYTHONPATH", self.caller.env.get("LOADEDMODULES") or self.caller.env.get("_LMFILES_")
        value = self.value(name)
        if not value or (loaded and not self._said(name).lines):
            return  # a module that is loaded sets what it needs
        folders = [self._path(one) for one in value.split(os.pathsep) if one and "$PYTHON" not in one]
        taken = sorted({found for folder in folders if folder for found in _taken(folder)})
        of_one = any(part in ("site-packages", "dist-packages") for one in folders if one for part in one.parts)
        why = f"{_FOR_ALL} What is there is for one Python alone." if of_one else _FOR_ALL
        if taken:
            why = f"{_FOR_ALL} What is there takes the place of {shortened(taken, _MOST)}."
        yield from self._judged(name, str, why, broken=bool(taken) or of_one)

    def _path(self, text: str) -> Path | None:
        """The path that is written so; None where only the shell knows."""
        plain = re.sub(r"^~(?=/|$)|\$HOME\b|\$\{HOME\}", lambda _: str(self.caller.home), text)
        return None if "$" in plain or "`" in plain else Path(plain)

    def _no_certificates(self, value: str) -> str:
        path = self._path(value)
        return f"{value}, and there is no such file" if value and path and not os.path.exists(path) else ""

    def _no_place(self, value: str) -> str:
        path = self._path(value)
        if not value or path is None or os.access(path, os.W_OK | os.X_OK):
            return ""
        return f"{value}, {'where you may not write' if os.path.exists(path) else 'and there is no such folder'}"


def _of_file(kind: str, message: str, lines: list[SetLine], why: str, *, broken: bool) -> Finding:
    same = [one for one in lines if one.file == lines[-1].file]
    out = TakeOut(same)
    hint = f"'{out.command}' takes it out; then open a new terminal."
    told = f"{message} ({same[-1].place})"
    return Finding(kind, told, hint, out.mend, why=f"{why} Take it out. {_AGAIN}", command=out.command, broken=broken)


def _of_terminal(kind: str, name: str, message: str, why: str, *, broken: bool) -> Finding:
    """What no file sets in plain words: a file that one of them reads may, or what this was started from."""
    unset = f"unset {name}"
    search = f"'grep -sn {name} ~/.*' may show which file sets it."
    hint = f"'{unset}' takes it away in this terminal; {search}"
    return Finding(kind, message, hint, why=f"{why} {search}", command=unset, broken=broken)


def _taken(folder: Path) -> list[str]:
    """Modules of Python itself, and packages that Jupyter runs on, whose place something in this folder takes."""
    try:
        names = {name.removesuffix(".py") for name in os.listdir(folder) if not name.startswith((".", "__"))}
    except OSError:
        return []
    packages = (one.replace("_", "-") for one in names if one.isidentifier())
    return [*(names & sys.stdlib_module_names), *jupyters_own(packages)]


def _no_locale(value: str) -> str:
    if not value or "$" in value or "`" in value:
        return ""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, value)
    except locale.Error:
        return f"{value}, and this machine has no locale of that name"
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return ""


def _conda(caller: Caller, shell: _Surroundings) -> Iterator[Finding]:
    """That conda's base is what every new terminal begins with."""
    env = caller.env
    found = [one["conda"] for file in start_files(caller) if (one := _CONDA.search(text_of(file)))]
    conda = next((one for one in found if os.access(one, os.X_OK)), "")
    root = Path(conda or env.get("CONDA_EXE") or "/").parent.parent
    settings = [caller.home / ".condarc", caller.home / ".conda/.condarc", root / ".condarc"]
    off = any(_NO_BASE.search(text_of(file)) for file in settings if file.is_file())
    named = (shell.value(f"CONDA_AUTO_ACTIVATE{end}") for end in ("_BASE", ""))
    if off or any(value.lower() in ("false", "no", "off", "0") for value in named):
        return
    if not conda and env.get("CONDA_DEFAULT_ENV") != "base":
        return
    program = "conda" if shutil.which("conda", path=env.get("PATH")) else conda or env.get("CONDA_EXE", "conda")
    way = by_hand(program, "config", "--set", "auto_activate_base", "false")
    yield Finding(
        "conda base",
        "every new terminal begins in conda's environment 'base'",
        f"'{way}' ends that; 'conda activate' still leads there.",
        why="'python' and 'pip' are conda's there, and not the server's.",
        command=way,
        broken=False,
    )


def _own_programs(caller: Caller) -> Iterator[Finding]:
    """That what pip installs for the user is not found by its name."""
    own = caller.home / ".local/bin"
    here = [Path(one) for one in caller.env.get("PATH", "").split(os.pathsep) if one]
    said = any(re.search(r"^[^#\n]*\.local/bin", text_of(file), re.MULTILINE) for file in start_files(caller))
    if own in here or said or not os.access(own, os.R_OK | os.X_OK):
        return
    if not any(os.access(one, os.X_OK) for one in own.iterdir()):
        return
    line = r"""'\nexport PATH="$HOME/.local/bin:$PATH"\n'"""
    way = f"printf {line} >> {by_hand(login_file(caller))}"
    why = f"What pip installs for you is not found by its name. Add the folder. {_AGAIN}"
    message = f"your own programs in {own} are not on PATH"
    yield Finding("not on PATH", message, f"'{way}' adds that folder.", why=why, command=way, broken=False)
