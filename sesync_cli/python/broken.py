"""Why a program that is called as a Python does not start, in its own last words."""

import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path

from sesync_cli.errors import NoAnswer
from sesync_cli.run import ProgramFailed, run

_PATIENCE = 5.0  # seconds that it has; all who ask have waited for it before
_QUESTION = "import json, platform, sysconfig, sys; print('%d.%d' % sys.version_info[:2])"
_TELLING = re.compile(r"[\w.]*(?:Error|Exception)\b|.*\berror\b", re.IGNORECASE)
NEEDS_A_LIBRARY = "shared librar"
STARTS = "it is Python "
"""How the answer begins for one that does start."""


def why_not(program: Path, env: Mapping[str, str]) -> str:
    """Why this is no Python that starts, as the end of a sentence."""
    if not os.path.exists(program):
        return _gone(program)
    if os.path.isdir(program):
        return "it is a folder"
    try:
        said = run([str(program), "-c", _QUESTION], env=env, seconds=_PATIENCE).out.strip()
    except ProgramFailed as failure:
        return _last_words(failure.output.err or failure.output.out, program) or _ended(failure.output.code)
    except NoAnswer:
        return f"it does not end within {_PATIENCE:.0f} seconds"
    except OSError as error:
        return _not_run(program, error)
    is_version = re.fullmatch(r"\d+\.\d+", said)
    return f"{STARTS}{said}, and another is needed" if is_version else "it does not tell what a Python tells"


def _gone(program: Path) -> str:
    if os.path.islink(program):
        return f"it leads to {os.path.realpath(program)}, which is gone"
    return "there is no such file"


def _last_words(said: str, program: Path) -> str:
    lines = [line.strip().removeprefix(f"{program}: ") for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.match(line)]
    return (telling or lines or [""])[-1]


def _ended(code: int) -> str:
    return f"it ends with {signal.Signals(-code).name if code < 0 else f'exit code {code}'}"


def _not_run(program: Path, error: OSError) -> str:
    """Why the system does not run it; a file that is there and yet is not found lacks what would run it."""
    if isinstance(error, FileNotFoundError):
        with open(program, "rb") as file:
            first = os.fsdecode(file.readline(200))
        what = first.removeprefix("#!").split() if first.startswith("#!") else []
        return f"{what[0]}, which is to run it, is gone" if what else "the system has nothing that runs it"
    return error.strerror or str(error)
