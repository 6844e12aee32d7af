"""Whether packages could be had ready-made: uv finds their versions for a Python, and installs nothing."""

import os
import re
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sesync_cli.errors import SesyncError
from sesync_cli.lock import scratch
from sesync_cli.python.uv import uv
from sesync_cli.run import DEVNULL, Process, ended_by, started
from sesync_cli.secrets import write_private

# as uv asks whoever waits for an explanation: for one answer, and for no Python that is not here
HASTY = {"UV_HTTP_TIMEOUT": "4", "UV_HTTP_RETRIES": "0", "UV_PYTHON_DOWNLOADS": "never"}
# the oldest pip that takes wheels of a platform (https://peps.python.org: 513, 571, 599, 600)
_LEAST_PIP = {"manylinux1": (8, 1), "manylinux2010": (19, 0), "manylinux2014": (19, 3), "manylinux": (20, 3)}
_PLATFORM = re.compile(r"(manylinux(?:1|2010|2014)?)_")


@dataclass(frozen=True)
class Wanted:
    """What is to be installed: packages in words, `files` that uv reads, `lines` as in a list, `limits` of versions.

    `options` are words for uv about all of it.
    """

    packages: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    lines: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class DryRun:
    """What is tried for which Python; `env` has the way to the index, as the person's pip and uv have it.

    With `ready` nothing is taken that has to be built; `alone` asks of the packages only, and of nothing they need.
    """

    wanted: Wanted
    python: Path
    env: Mapping[str, str] = field(repr=False)
    ready: bool = True
    alone: bool = False


@dataclass(frozen=True)
class Versions:
    """The versions that fit together, by canonical names, and the names of the ready-made files that there are."""

    of: Mapping[str, str]
    wheels: Mapping[str, tuple[str, ...]]

    @property
    def to_build(self) -> list[str]:
        """What has no ready-made file."""
        return [name for name, wheels in self.wheels.items() if not wheels]

    def are_taken_by(self, pip: tuple[int, ...]) -> bool:
        """Whether a pip of this version takes a ready-made file of each."""
        return all(any(_is_taken(wheel, pip) for wheel in wheels) for wheels in self.wheels.values())


def resolved(runs: Sequence[DryRun], folder: Path, until: float) -> list[Versions | None]:
    """What would be installed by each; None where nothing fits, or was found until that moment of the monotonic clock.

    They run side by side, in this folder, from which relative paths are meant.
    """
    with TemporaryDirectory(dir=scratch()) as place, ExitStack() as running:
        begun = []
        for number, one in enumerate(runs):
            at = Path(place, str(number))
            begun.append((_begin(one, at, folder, until, running), at / "pylock.toml"))
        return [_found(process, pylock, until) for process, pylock in begun]


def _begin(one: DryRun, at: Path, folder: Path, until: float, running: ExitStack) -> Process | None:
    wanted = one.wanted
    at.mkdir()
    asked, limits, pylock = at / "asked.txt", at / "limits.txt", at / "pylock.toml"
    packages = [_as_line(word, folder) for word in wanted.packages]
    write_private(asked, "\n".join([*wanted.lines, *packages, ""]))
    write_private(limits, "\n".join([*wanted.limits, ""]))
    words = ["--quiet", "--no-header", "--no-annotate", "--python", str(one.python)]
    words += ["--only-binary", ":all:"] if one.ready else []
    words += ["--no-deps"] if one.alone else []
    words += ["--format", "pylock.toml", "--output-file", str(pylock), "--constraints", str(limits), *wanted.options]
    words += map(str, (asked, *wanted.files))
    seconds = str(max(1, round(until - time.monotonic())))
    try:
        argv, env = uv(
            "pip", "compile", *words, env={**one.env, **HASTY, "UV_HTTP_TIMEOUT": seconds}, python=one.python
        )
        where = folder if folder.is_dir() else at
        return running.enter_context(started(argv, env=env, cwd=where, stdout=DEVNULL, stderr=DEVNULL))
    except (SesyncError, OSError):
        return None


def _as_line(word: str, folder: Path) -> str:
    """A word as a line of a list: the address of a file or folder here, whose name may have blanks in it."""
    place = folder / word
    return place.absolute().as_uri() if os.sep in word and place.exists() else word


def _found(process: Process | None, pylock: Path, until: float) -> Versions | None:
    if process is None or ended_by(process, until) != 0:
        return None
    try:
        packages = tomllib.loads(pylock.read_text(encoding="utf-8")).get("packages", [])
    except (OSError, ValueError):
        return None
    files = {one["name"]: [*one.get("wheels", ()), one.get("archive", {})] for one in packages}
    wheels = {
        name: tuple(one for one in map(_file_name, found) if one.endswith(".whl")) for name, found in files.items()
    }
    return Versions({one["name"]: one.get("version", "") for one in packages}, wheels)


def _file_name(wheel: Mapping[str, str]) -> str:
    return wheel.get("name") or os.path.basename(wheel.get("url") or wheel.get("path", ""))


def _is_taken(wheel: str, pip: tuple[int, ...]) -> bool:
    names = _PLATFORM.findall(wheel.rpartition("-")[2])
    return not names or any(pip >= _LEAST_PIP[name] for name in names)
