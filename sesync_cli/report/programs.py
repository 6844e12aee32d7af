"""The programs that builds need, and their versions: each is looked for and asked in a child, which may hang."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from sesync_cli.errors import NoAnswer, SesyncError
from sesync_cli.run import ProgramFailed, run
from sesync_cli.workers import Question

_VERSION = ("--version",)
_ASKED: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("git", "gcc", "g++", "gfortran", "make", "cmake", "rustc", "R", "gdal-config", "geos-config"), _VERSION
)
_ASKED |= {"proj": ()}
_ASKED |= dict.fromkeys(("nc-config", "pg_config", "mpirun", "nvcc"), _VERSION)
_OF_THE_SYSTEM = ("/usr/bin", "/bin")
_BRACKETS = re.compile(r"\([^()]*\)")  # what a distribution calls its own build
_NUMBER = re.compile(r"\d+(?:\.\d+)+")
_FAILS = "does not start"


def questions(path: str, seconds: float) -> dict[Path, Question]:
    """What to ask each of them; the answer is empty for one that is not on this PATH."""
    return {Path(name): partial(_asked, name, words, path, seconds) for name, words in _ASKED.items()}


def told(answers: Mapping[Path, str | None], home: Path) -> Iterator[str]:
    """What they answered, in words: gcc 12.2.0; where one is not of the system, its place."""
    for name in _ASKED:
        answer = answers[Path(name)]
        if answer is None:
            yield f"{name} does not answer"
        elif answer:
            version, _, place = answer.partition("\n")
            yield f"{name} {version}" + (
                f" ({with_tilde(place, home)})" if os.path.dirname(place) not in _OF_THE_SYSTEM else ""
            )


def with_tilde(path: str, home: Path) -> str:
    """A path, or several, as people say them, with ~ for their home."""
    return re.sub(rf"(?<![\w./~-]){re.escape(str(home))}(?![\w.-])", "~", path)


def _asked(name: str, words: tuple[str, ...], path: str, seconds: float) -> str | None:
    place = shutil.which(name, path=path)
    if not place:
        return ""
    try:
        ended = run([place, *words], seconds=seconds)
    except ProgramFailed as failure:
        ended = failure.output
    except NoAnswer:
        return None
    except (SesyncError, OSError):
        return f"{_FAILS}\n{place}"
    said = ended.out + ended.err
    found = _NUMBER.search(_BRACKETS.sub("", said))
    return f"{found[0] if found and (not ended.code or not words) else _FAILS}\n{place}"
