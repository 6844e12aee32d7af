"""What keeps Jupyter from starting, or from showing its pages: files of settings, extensions, and programs in home."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.names import one_line, shortened
from sesync_cli.plan import Plan
from sesync_cli.steps import OFF, SetAside, aside

_MOST = 3  # names in a sentence
_PROGRAM = 400  # bytes of the first line of a script
_SETTINGS = ("jupyter*config*.json", "*config.d/*.json", "labconfig/*.json", "serverconfig/*.json", "nbconfig/*.json")
_LONG = re.compile(r"""'+exec' "?(?P<python>/[^"\n]*?/python[\w.]*)"? "\$0\"""")


def findings(caller: Caller) -> Iterator[Finding]:
    """Settings and extensions that Jupyter cannot read, and programs whose Python is gone."""
    settings = Path(caller.env.get("JUPYTER_CONFIG_DIR") or caller.home / ".jupyter")
    data = Path(caller.env.get("JUPYTER_DATA_DIR") or caller.data / "jupyter")
    for file in sorted(one for pattern in _SETTINGS for one in settings.glob(pattern)):
        if said := _no_json(file):
            why = "What it says does not count, and JupyterLab may not start."
            yield _set_aside("settings", f"Jupyter cannot read its settings in {file}: {said}", why, file)
    for file in sorted({*data.glob("labextensions/*/package.json"), *data.glob("labextensions/@*/*/package.json")}):
        if said := _no_json(file):
            why = "JupyterLab then shows an error, and no page at all."
            yield _set_aside("extension", f"an extension of JupyterLab is damaged: {file}: {said}", why, file)
    yield from _dead_programs(caller.home / ".local/bin")


def _no_json(file: Path) -> str:
    """Why a file is no JSON object; empty if it is one, or is none's to read."""
    try:
        found = json.loads(file.read_bytes()) if file.is_file() else {}
    except OSError:
        return ""
    except (ValueError, RecursionError) as error:
        return str(error)
    return "" if isinstance(found, dict) else "it is no table of settings"


def _set_aside(kind: str, message: str, why: str, file: Path) -> Finding:
    """What has the file out of the way under another name, so that nothing of it is lost."""
    step = SetAside(file, aside(file))
    plan = Plan((step,), f"Set {one_line(str(file))} aside.")
    return Finding(kind, message, f"'{step}' sets it aside.", plan, why=why, command=str(step))


def _dead_programs(folder: Path) -> Iterator[Finding]:
    """Those in a folder on PATH that no Python runs any more, together for each Python that is gone."""
    dead: dict[str, list[Path]] = {}
    there = os.path.isdir(folder) and os.access(folder, os.R_OK | os.X_OK)
    for program in sorted(folder.iterdir()) if there else ():
        if (python := _runs_on(program)) and not os.path.exists(python):
            dead.setdefault(python, []).append(program)
    for python, programs in dead.items():
        steps = tuple(SetAside(one, aside(one)) for one in programs)
        names = shortened([one.name for one in programs], _MOST)
        way = "sesync doctor jupyter --fix"
        yield Finding(
            "dead program",
            f"programs in {folder} do not start, since their Python {python} is gone: {names}",
            f"'{way}' sets {'it' if len(programs) == 1 else 'them'} aside.",
            Plan(steps, f"Set {one_line(names)} aside."),
            why="Whoever types their names gets an error.",
            command=way if len(steps) > 1 else str(steps[0]),
        )


def _runs_on(program: Path) -> str:
    """The Python that a script names in its first line; empty for what is no such script, or is set aside."""
    if OFF in program.suffix or not program.is_file() or not os.access(program, os.X_OK):
        return ""
    try:
        with open(program, "rb") as file:
            first, second = (os.fsdecode(file.readline(_PROGRAM)) for _ in range(2))
    except OSError:
        return ""
    if long := _LONG.match(second):  # what pip writes where the first line would be too long, or has blanks in it
        return long["python"]
    words = first.removeprefix("#!").split() if first.startswith("#!") else []
    return words[0] if words and os.path.basename(words[0]).startswith("python") else ""
