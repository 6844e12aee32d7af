"""What a person's shell is told that breaks programs: variables, by whichever file sets them, the PATH, the locale."""

import locale
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.doctor.start_files import SetLine, broken_scripts, lines_that_set, start_files
from sesync_cli.install.request import jupyters_own
from sesync_cli.names import shortened
from sesync_cli.plan import by_hand
from sesync_cli.python.pip_settings import is_on, pip_settings, places_of

_MOST = 3  # names in a sentence
_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
_LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
_FOR_ALL = "Every Python looks there first, those of kernels that others made, too."
_REFUSES = "In an environment or a kernel, pip then refuses to install anything."
_LOST = "No Python looks for packages there."
_OF_PIP = {"user": _REFUSES, "target": _LOST, "prefix": _LOST}
_PIP_CONFIG = "PIP_CONFIG_FILE"
_CONDA = re.compile(r"'(?P<conda>/[^'\n]+/bin/conda)' '?shell\.")
_NO_BASE = re.compile(r"^\s*auto_activate(_base)?\s*:\s*(false|no|off)\b", re.MULTILINE | re.IGNORECASE)


Said = Mapping[str, "tuple[str, SetLine | None]"]
"""The values of variables, each with the line that sets it; None for one that only this terminal has."""


def findings(caller: Caller) -> Iterator[Finding]:
    """What is wrong in this shell, and what will be in the next one."""
    lines = lines_that_set(caller)
    # what a file says is what the next terminal has, too
    said = {name: (value, None) for name, value in caller.env.items()} | {
        name: (one.value, one) for name, one in lines.items()
    }
    yield from broken_scripts(caller.home)
    yield from _path(caller, lines)
    yield from _python(said, caller)
    yield from _pip(said)
    yield from _conda(caller)
    yield from _missing_files(said, caller)
    yield from _locale(said)


def _value(name: str, said: Said) -> tuple[str, SetLine | None]:
    return said.get(name, ("", None))


def _told(kind: str, message: str, why: str, line: SetLine | None, name: str, *, broken: bool = True) -> Finding:
    """What a variable does, and what takes it away: out of the file that sets it, else out of this terminal."""
    if line:
        hint = f"'{line.command}' takes it out; then open a new terminal."
        return Finding(kind, message, hint, line.mend, why=why, command=line.command, broken=broken)
    unset = f"unset {name}"
    hint = f"'{unset}' takes it away in this terminal; no file of yours sets it."
    return Finding(kind, message, hint, why=why, command=unset, broken=broken)


def _set_by(name: str, line: SetLine | None) -> str:
    return f"{name} is set ({line.place})" if line else f"{name} is set"


def _python(said: Said, caller: Caller) -> Iterator[Finding]:
    value, line = _value("PYTHONHOME", said)
    if value:
        message = f"{_set_by('PYTHONHOME', line)}: {value}"
        yield _told("PYTHONHOME", message, "No other Python than that one starts.", line, "PYTHONHOME")
    value, line = _value("PYTHONPATH", said)
    loaded = caller.env.get("LOADEDMODULES") or caller.env.get("_LMFILES_")
    if not value or (loaded and not line):  # a module that is loaded sets what it needs
        return
    folders = [_expanded(one, caller) for one in value.split(os.pathsep) if one and "$PYTHON" not in one]
    taken = sorted({name for folder in folders for name in _taken(folder)})
    of_one_python = any(part in ("site-packages", "dist-packages") for folder in folders for part in folder.parts)
    message = f"{_set_by('PYTHONPATH', line)}: {value}"
    why = _FOR_ALL
    if of_one_python:
        why = f"{_FOR_ALL} What is there is for one Python alone."
    if taken:
        why = f"{_FOR_ALL} What is there takes the place of {shortened(taken, _MOST)}."
    yield _told("PYTHONPATH", message, why, line, "PYTHONPATH", broken=bool(taken) or of_one_python)


def _expanded(text: str, caller: Caller) -> Path:
    home = str(caller.home)
    return Path(re.sub(r"^~(?=/|$)|\$HOME\b|\$\{HOME\}", home, text))


def _taken(folder: Path) -> list[str]:
    """Modules of Python itself, and packages that Jupyter runs on, whose place something in this folder takes."""
    try:
        names = {name.removesuffix(".py") for name in os.listdir(folder) if not name.startswith((".", "__"))}
    except OSError:
        return []
    packages = (one.replace("_", "-") for one in names if one.isidentifier())
    return [*(names & sys.stdlib_module_names), *jupyters_own(packages)]


def _pip(said: Said) -> Iterator[Finding]:
    for key, why in _OF_PIP.items():
        name = f"PIP_{key.upper()}"
        value, line = _value(name, said)
        if value and (key != "user" or is_on(value)):
            yield _told(name, f"{_set_by(name, line)}: {value}", why, line, name)
    files = {name: value for name, (value, _) in said.items() if not name.startswith("PIP_") or name == _PIP_CONFIG}
    kept = pip_settings(files)
    for key, why in _OF_PIP.items():
        if kept.get(key) and (key != "user" or is_on(kept[key])):
            yield _in_pip_conf(key, kept[key], why, places_of(key, files)[-1])


def _in_pip_conf(key: str, value: str, why: str, file: Path) -> Finding:
    message = f"{file} has pip go by {key} = {value}"
    lines = file.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    number = next((at for at, one in enumerate(lines, 1) if re.match(rf"\s*{key}\s*[=:]", one)), 0)
    if not number or not os.access(file, os.W_OK):
        return Finding("pip.conf", message, "Ask whoever keeps that file to take it out.", why=why)
    line = SetLine(file, number, lines[number - 1], key, value, script=False)
    return Finding("pip.conf", message, f"'{line.command}' takes it out.", line.mend, why=why, command=line.command)


def _conda(caller: Caller) -> Iterator[Finding]:
    """That conda's base is what every new terminal begins with."""
    env = caller.env
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in start_files(caller.home)]
    started = next((found["conda"] for text in texts if (found := _CONDA.search(text))), "")
    settings = caller.home / ".condarc"
    off = settings.is_file() and _NO_BASE.search(settings.read_text(encoding="utf-8", errors="replace"))
    if off or (not (started and os.access(started, os.X_OK)) and env.get("CONDA_DEFAULT_ENV") != "base"):
        return
    conda = "conda" if shutil.which("conda", path=env.get("PATH")) else started or env.get("CONDA_EXE", "conda")
    way = by_hand(conda, "config", "--set", "auto_activate_base", "false")
    yield Finding(
        "conda base",
        "every new terminal begins in conda's environment 'base'",
        f"'{way}' ends that; 'conda activate' still leads there.",
        why="'python' and 'pip' are conda's there, and not the server's.",
        command=way,
        broken=False,
    )


def _path(caller: Caller, lines: Mapping[str, SetLine]) -> Iterator[Finding]:
    line = lines.get("PATH")
    if line and not re.search(r"\$\{?PATH|\$\(|`|/usr/bin|\$path", line.value):
        message = f"{line.place} takes all other folders out of PATH: {line.value}"
        yield _told("PATH", message, "Programs such as ls and git are not found.", line, "PATH")
    own = caller.home / ".local/bin"
    here = [Path(one) for one in caller.env.get("PATH", "").split(os.pathsep) if one]
    said = any(".local/bin" in file.read_text(encoding="utf-8", errors="replace") for file in start_files(caller.home))
    if own in here or said or not own.is_dir() or not any(os.access(one, os.X_OK) for one in own.iterdir()):
        return
    way = """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.profile"""
    why = "What pip installs for you is not found by its name."
    message = f"your own programs in {own} are not on PATH"
    hint = "Add that folder to PATH in your ~/.profile, and open a new terminal."
    yield Finding("not on PATH", message, hint, why=why, command=way, broken=False)


def _missing_files(said: Said, caller: Caller) -> Iterator[Finding]:
    for name in _CERTIFICATES:
        place, line = _value(name, said)
        if place and "$(" not in place and not _expanded(place, caller).exists():
            message = f"{_set_by(name, line)}, and its file of certificates is not there: {place}"
            yield _told("certificates", message, "Programs trust no server then.", line, name)
    folder, line = _value("TMPDIR", said)
    if folder and "$" not in (path := str(_expanded(folder, caller))) and not os.access(path, os.W_OK | os.X_OK):
        fault = "you may not write there" if os.path.exists(path) else "that folder is not there"
        message = f"{_set_by('TMPDIR', line)}, and {fault}: {folder}"
        yield _told("TMPDIR", message, "Programs that need a place for a while fail.", line, "TMPDIR")


def _locale(said: Said) -> Iterator[Finding]:
    for name in _LOCALES:
        value, line = _value(name, said)
        if not value or "$" in value or _is_known(value):
            continue
        message = f"{_set_by(name, line)}, and this machine has no locale of that name: {value}"
        way = line.command if line else f"export {name}=C.UTF-8"
        hint = f"'{way}' mends it{'; then open a new terminal' if line else ' in this terminal'}."
        why = "Programs warn of it, and letters such as ü may come out wrong."
        yield Finding("locale", message, hint, line.mend if line else None, why=why, command=way, broken=False)


def _is_known(name: str) -> bool:
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True
