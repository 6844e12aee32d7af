"""The virtual environment of a kernel, and how it is made. The door to virtualenv."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict
from sesync_cli.kernel.bytecode import lend
from sesync_cli.kernel.uv_cache import with_cache
from sesync_cli.leftovers import is_unfinished, mark_unfinished, partial, remove, vanish
from sesync_cli.plan import Report
from sesync_cli.python.commands import environment_command, with_modules
from sesync_cli.python.interpreters import Interpreter
from sesync_cli.python.uv import uv
from sesync_cli.python.uv_settings import SETTINGS
from sesync_cli.run import run

_BY_VIRTUALENV = (3, 8)  # what virtualenv leaves in older environments is a SyntaxError at every start of theirs

# what leads Python or its installers elsewhere, if it is not empty; and what does so unless it says no
STRANGERS: tuple[str, ...] = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")
STRANGERS += ("__PYVENV_LAUNCHER__", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "UV_PYTHON")
# and what goes into a kernel by hand shares nothing with uv's cache: links are made where they can be guarded
OWN_ONLY = {"PIP_USER": "0", "UV_SYSTEM_PYTHON": "0", "UV_LINK_MODE": "copy"}


def clean_env(env: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what leads Python or its installers elsewhere."""
    kept = {name: value for name, value in env.items() if name not in STRANGERS}
    return kept | OWN_ONLY | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


def python_in_spec(environment: Path) -> str:
    """How a kernel's spec names the Python of this environment, as its JSON has it."""
    return json.dumps(str(environment / "bin/python"))


@dataclass(frozen=True)
class MakeEnvironment:
    """Make an empty environment for this Python beside its final place.

    It is relocatable: its scripts find their Python by their own place, so that the environment can be renamed. It
    counts for nothing until `spec` names it; `owner` is the path whose lock the run holds. The `modules` are
    loaded in `env`, and by whoever makes it by hand.
    """

    path: Path
    owner: Path
    spec: Path
    interpreter: Interpreter
    cache: Path
    env: Mapping[str, str]
    modules: tuple[str, ...] = ()
    doing: str = "Making the environment"

    @property
    def beside(self) -> Path:
        return partial(self.path, owner=self.owner)

    def do(self, report: Report) -> None:
        remove(self.beside)
        self.beside.parent.mkdir(parents=True, exist_ok=True)
        if self._is_old:
            self._by_uv()
        else:
            self._by_virtualenv()
        mark_unfinished(self.beside, self.owner, named_in=self.spec / "kernel.json", as_=python_in_spec(self.path))

    def undo(self) -> None:
        remove(self.beside)

    def _by_virtualenv(self) -> None:
        import virtualenv

        options = ["--quiet", "--no-seed", "--activators", "", "--no-vcs-ignore", "--app-data", str(self.cache)]
        options += ["--python", str(self.interpreter.base), str(self.beside)]
        env = {name: value for name, value in clean_env(self.env).items() if not name.startswith("VIRTUALENV_")}
        # the user's own defaults (copies, the system's packages) would make another environment than the one asked for
        virtualenv.cli_run(options, setup_logging=False, env=env | {"VIRTUALENV_CONFIG_FILE": os.devnull})
        with open(self.beside / "pyvenv.cfg", "a", encoding="utf-8") as file:
            file.write("relocatable = true\n")

    def _by_uv(self) -> None:
        words = ("venv", "--no-project", "--relocatable", "--python", str(self.interpreter.base), str(self.beside))
        argv, told = uv(*words, env=clean_env(self.env))
        with_cache(lambda env, umask: run(argv, env=env, umask=umask), told)

    def __str__(self) -> str:
        python, minor = self.interpreter.base, self.interpreter.minor
        return with_modules(self.modules, environment_command(self.path, python, minor, self.env))

    @property
    def _is_old(self) -> bool:
        return tuple(map(int, self.interpreter.minor.split("."))) < _BY_VIRTUALENV


def make_site_python(path: Path, interpreter: Interpreter, cache: Path) -> None:
    """Make a Python with pip that sees the packages of the one behind it and of `~/.local`, as a site's own does."""
    import virtualenv

    options = ["--quiet", "--no-download", "--no-periodic-update", "--system-site-packages", "--activators", ""]
    options += ["--app-data", str(cache)]
    virtualenv.cli_run([*options, "--python", str(interpreter.base), str(path)], setup_logging=False)


@dataclass(frozen=True)
class PlaceEnvironment:
    """Give an environment its final name, and the bytecode that other kernels have compiled."""

    path: Path
    owner: Path
    bytecode: Path
    doing: str = "Putting the environment in its place"

    def do(self, report: Report) -> None:
        beside = partial(self.path, owner=self.owner)
        lend(beside, self.bytecode)
        (beside / SETTINGS).unlink(missing_ok=True)
        try:
            beside.rename(self.path)
        except OSError as error:
            if not os.path.lexists(self.path):
                raise
            raise Conflict(f"{self.path} is in the way: {error.strerror}", hint="Run the command again.") from None

    def undo(self) -> None:
        # the environment that was made beside is gone from there only if the rename took place
        beside = partial(self.path, owner=self.owner)
        if not beside.exists() and is_unfinished(self.path):
            vanish(self.path, beside)

    def __str__(self) -> str:
        return f"# the environment is built beside {self.path} and takes that name when it is whole"
