"""The user site of a Python: the folder in ~/.local where it keeps what its user installs, and what is in it."""

import contextlib
import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NotReady, Refused
from sesync_cli.leftovers import remove
from sesync_cli.python.distributions import canonical, name_of_entry, recorded
from sesync_cli.python.interpreters import Interpreter
from sesync_cli.run import ProgramFailed, run

# Python looks for modules in the current folder first, where people keep a random.py of their own
NOT_FROM_HERE = "import sys; sys.path[:] = [path for path in sys.path if path]; "
_QUESTIONS = """
import json, site
try:
    import pip
except ImportError:
    pip = None
version = pip and getattr(pip, "__version__", "0")
print(json.dumps([site.getusersitepackages(), site.getuserbase(), bool(site.ENABLE_USER_SITE), version, sys.path]))
"""
_DELAY = 60.0  # seconds that may go by until a line of pip's is heard: a machine or a terminal may stand still
_STRANGERS = re.compile(
    r"PYTHON(?!USERBASE$)|VIRTUAL_ENV|CONDA_|LANG|LC_|PIP_(TARGET|PREFIX|ROOT|PYTHON|DRY_RUN|QUIET|VERBOSE)$"
)


@dataclass(frozen=True)
class UserSite:
    """One Python's user site: the Python, its version, where packages and programs go, where it looks for packages.

    `pip` is the version of its pip, empty if it has none; `managed` says that the system's packager owns the Python.
    """

    python: Path
    version: str
    folder: Path
    base: Path
    path: tuple[Path, ...]
    pip: str
    managed: bool = False

    @property
    def marks(self) -> bool:
        """Whether its pip notes what was asked for by name."""
        return self.pip_version >= (20, 1)

    @property
    def pip_version(self) -> tuple[int, ...]:
        """(23, 0) for pip 23.0.1."""
        return tuple(map(int, re.findall(r"\d+", self.pip)[:2]))

    @property
    def elsewhere(self) -> list[Path]:
        """Where else it looks for packages."""
        return [path for path in self.path if path != self.folder]

    @property
    def title(self) -> str:
        """The Python as people say it: Python 3.8."""
        return f"Python {self.minor}"

    @property
    def minor(self) -> str:
        """3.8 for 3.8.18."""
        return ".".join(self.version.split(".")[:2])


def user_site(
    interpreter: Interpreter, env: Mapping[str, str], instead: str, *, writes: bool = True, adds: bool = True
) -> UserSite:
    """Where this Python keeps what its user installs; where it keeps nothing, an error that says what `instead`.

    One to which nothing is added may belong to the system: what is the user's own there, they may take away. One that
    is only looked at needs no pip.
    """
    if interpreter.externally_managed and writes and adds:
        whose = f"Python {interpreter.minor} ({interpreter.executable}) belongs to the system"
        raise Refused(f"{whose}, which lets nobody install into it", hint=instead)
    try:
        said = run([str(interpreter.executable), "-c", NOT_FROM_HERE + _QUESTIONS], env=pip_env(env)).out
        folder, base, enabled, pip, path = json.loads(said)
    except (ProgramFailed, ValueError):
        raise NotReady(f"{interpreter.executable} does not work", hint="'--python' chooses another Python.") from None
    if not enabled:
        where = "is a virtual environment, which does not see ~/.local" if interpreter.virtual else "ignores ~/.local"
        raise Refused(f"{interpreter.executable} {where}", hint=instead)
    if not pip and writes:
        raise NotReady(f"Python {interpreter.minor} ({interpreter.executable}) has no pip", hint=instead)
    own = Path(folder), Path(base)
    managed = interpreter.externally_managed
    return UserSite(interpreter.executable, interpreter.version, *own, tuple(map(Path, path)), pip or "", managed)


def pip_env(env: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what leads pip or Python elsewhere, or makes pip ask or speak otherwise."""
    kept = {name: value for name, value in env.items() if not _STRANGERS.match(name)}
    # where it may not try again, pip says nothing at all of an index that it cannot reach
    retries = max(2, int(env["PIP_RETRIES"])) if env.get("PIP_RETRIES", "").isdigit() else 5
    return kept | {
        "LC_ALL": "C.UTF-8",  # the causes of failures are known in English
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COLOR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_RETRIES": str(retries),
        "PIP_USER": "0",
    }


class Before:
    """What was in a user site before pip wrote there, so that half a package can be taken away again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = set(_names(folder))
        self.coming: set[str] = set()
        self.since = float("inf")

    def pip_writes(self, coming: Iterable[str]) -> None:
        """From now on pip writes packages of these names."""
        self.coming = set(map(canonical, coming))
        self.since = time.time() - _DELAY

    def restore(self) -> None:
        """Remove what pip has written, and nothing that somebody else has put there at the same time."""
        new = {name for name in _names(self.folder) if name not in self.names and self._is_recent(name)}
        for name in sorted(new - self._others(new)):
            self._put_back(name) if name.startswith("~") else self._remove(name)

    def _is_recent(self, name: str) -> bool:
        return (self.folder / name).lstat().st_ctime >= self.since

    def _others(self, new: set[str]) -> set[str]:
        kept: set[str] = set()
        for name in new:
            package = name_of_entry(name)
            if package and package not in self.coming:
                kept |= {name} | {one.path.partition("/")[0] for one in recorded(self.folder / name)}
        return kept

    def _remove(self, name: str) -> None:
        for one in recorded(self.folder / name):
            if one.path.startswith(".."):  # its programs, beside the folder
                with contextlib.suppress(OSError):
                    (self.folder / one.path).unlink()
        remove(self.folder / name)

    def _put_back(self, name: str) -> None:
        # a pip that was killed leaves the old version of a package under a name that begins with this sign
        alike = [old for old in self.names if old[1:] == name[1:] and not old.startswith("~")]
        meant = alike if len(alike) == 1 else [old for old in alike if self._comes(old)]
        if len(meant) == 1:
            remove(self.folder / meant[0])
            (self.folder / name).rename(self.folder / meant[0])

    def _comes(self, name: str) -> bool:
        return (name_of_entry(name) or canonical(name)) in self.coming


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
