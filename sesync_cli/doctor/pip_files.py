"""What the person's pip.conf says that breaks installs, and taking that line out."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.doctor.script import SetLine
from sesync_cli.doctor.shell import LOST, REFUSES
from sesync_cli.doctor.start_files import TakeOut, text_of
from sesync_cli.plan import by_hand
from sesync_cli.python.pip_settings import is_on, pip_settings, places_of

_OF_PIP = {"user": REFUSES, "target": LOST, "prefix": LOST}
_SECTION = re.compile(r"\s*\[(?P<name>[^]]+)\]")
_COUNT = ("global", "install")  # the sections that say how to install


def findings(caller: Caller) -> Iterator[Finding]:
    """Settings in files; those in variables are the shell's."""
    env = {
        name: value for name, value in caller.env.items() if not name.startswith("PIP_") or name == "PIP_CONFIG_FILE"
    }
    kept = pip_settings(env)
    for key, why in _OF_PIP.items():
        if kept.get(key) and (key != "user" or is_on(kept[key])):
            file = places_of(key, env)[-1]
            yield _told(f"{file} has pip go by {key} = {' '.join(kept[key].split())}", why, file, key)


def _told(message: str, why: str, file: Path, key: str) -> Finding:
    lines = [*_lines(file, key)]
    if not lines or not os.access(file, os.W_OK):
        hint = "Ask whoever keeps that file to take it out."
        return Finding("pip.conf", message, hint, why=why, command=by_hand("cat", file))
    out = TakeOut(lines)
    return Finding("pip.conf", message, f"'{out.command}' takes it out.", out.mend, why=why, command=out.command)


def _lines(file: Path, key: str) -> Iterator[SetLine]:
    """The lines that set this where it counts; one that goes on in the next line is not alone."""
    lines, section = text_of(file).split("\n"), ""
    for number, line in enumerate(lines, 1):
        if header := _SECTION.match(line):
            section = header["name"]
        elif section in _COUNT and (sets := re.match(rf"{key}\s*[=:]\s*(?P<value>.*)", line)):
            following = lines[number] if number < len(lines) else ""
            alone = bool(sets["value"].strip()) and not re.match(r"\s+\S", following)
            yield SetLine(file, number, line, key, sets["value"], alone, script=False)
