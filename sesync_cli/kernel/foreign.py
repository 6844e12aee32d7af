"""Environments that people made without sesync: virtualenv's, pipenv's and conda's, and where they are found."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.errors import NotFound, Refused, SesyncError
from sesync_cli.kernel.layout import USUAL, is_conda
from sesync_cli.names import did_you_mean, near
from sesync_cli.python.environments import settings_of

_UNSET = "***unset***"  # conda's word for a variable that is not to be


@dataclass(frozen=True)
class Foreign:
    """An environment, and the name that people know it by."""

    folder: Path
    name: str

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    @property
    def conda(self) -> bool:
        return is_conda(self.folder)

    @property
    def sees_the_system(self) -> bool:
        """Whether its Python uses the packages of the one behind it, and of `~/.local`."""
        return settings_of(self.folder).get("include-system-site-packages", "").lower() == "true"

    @property
    def scripts(self) -> tuple[Path, ...]:
        """What is sourced when it is activated."""
        if self.conda:
            return tuple(sorted((self.folder / "etc/conda/activate.d").glob("*.sh")))
        return (self.folder / "bin/activate",) if (self.folder / "bin/activate").is_file() else ()

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """What is set before that."""
        if not self.conda:
            return () if self.scripts else (("VIRTUAL_ENV", str(self.folder)),)
        own = {"CONDA_PREFIX": str(self.folder), "CONDA_DEFAULT_ENV": self.name, "CONDA_SHLVL": "1"}
        files = sorted((self.folder / "etc/conda/env_vars.d").glob("*.json"))
        of_packages = [pair for file in files for pair in _json(file).items()]
        of_user = _json(self.folder / "conda-meta/state").get("env_vars", {})
        found = own | dict(of_packages) | (of_user if isinstance(of_user, dict) else {})
        return tuple((str(name), str(value)) for name, value in found.items() if value != _UNSET)


def find_environment(text: str, caller: Caller) -> Foreign:
    """The environment at this path, in this project, or of this name in conda; `NotFound` or `Refused` otherwise."""
    path = Path(os.path.abspath(caller.cwd / Path(text).expanduser()))
    named = {} if os.sep in text else _of_conda(caller)
    if found := _at(path) or _of_project(path, caller):
        return found
    if text in named:
        return Foreign(named[text], text)
    if os.sep not in text and (found := _at(_pipenv(caller) / text)):
        return found
    raise _no_environment(text, path, named)


def _pipenv(caller: Caller) -> Path:
    """Where pipenv and virtualenvwrapper keep environments."""
    return Path(os.path.expanduser(caller.env.get("WORKON_HOME") or caller.data / "virtualenvs"))


def _of_conda(caller: Caller) -> dict[str, Path]:
    """conda's environments by name; its own is called base."""
    env = caller.env
    roots = [Path(exe).parent.parent for name in ("CONDA_EXE", "_CONDA_EXE") if (exe := env.get(name))]
    roots += [Path(root) for name in ("MAMBA_ROOT_PREFIX", "CONDA_ROOT") if (root := env.get(name))]
    listed = [env.get(name, "") for name in ("CONDA_ENVS_DIRS", "CONDA_ENVS_PATH")]
    folders = [Path(place) for places in listed for place in places.split(os.pathsep) if place]
    folders += [caller.home / ".conda/envs", *(root / "envs" for root in roots)]
    found = {root.name: root for folder in folders for root in _children(folder) if is_conda(root)}
    with suppress(OSError):
        text = (caller.home / ".conda/environments.txt").read_text(encoding="utf-8", errors="replace")
        known = [Path(line) for line in text.splitlines() if line.startswith("/")]
        found = {one.name: one for one in known if is_conda(one)} | found
    base = [root for root in roots if is_conda(root)]
    return ({"base": base[0]} if base else {}) | found


def _no_environment(text: str, path: Path, named: Mapping[str, Path]) -> SesyncError:
    if path.is_file() and path.name.startswith("python"):
        hint = f"'sesync kernel create NAME --python {text}' makes a kernel with packages of its own."
        return Refused(f"{path} is a Python of this machine, and no environment", hint=hint)
    if os.path.lexists(path) and not _is_closed(path):
        hint = "'sesync kernel create' makes a kernel from what a folder asks for."
        return NotFound(f"{path} is no environment, and there is none for it", hint=hint)
    if _is_closed(path):
        return Refused(f"you may not look into {path}", hint="'ls -ld' on it, and on what is above, shows whose it is.")
    meant = did_you_mean(near(text, named))
    hint = f"{meant} Say where it is; 'conda env list' shows conda's.".lstrip()
    return NotFound(f"there is no environment {text}", hint=hint)


def _at(path: Path) -> Foreign | None:
    """The environment that is this folder, or that this program is in."""
    folder = path.parent.parent if path.parent.name == "bin" and not path.is_dir() else path
    if not (os.path.isfile(folder / "pyvenv.cfg") or is_conda(folder)):
        return None
    project = _project(folder)
    if folder.name in USUAL:
        project = project or folder.parent
    return Foreign(folder, (project or folder).name)


def _of_project(path: Path, caller: Caller) -> Foreign | None:
    """The environment in a project's folder, or the one that pipenv keeps for it elsewhere."""
    if not path.is_dir():
        return None
    if inside := next((found for name in USUAL if (found := _at(path / name))), None):
        return inside
    real = os.path.realpath(path)
    others = (one for one in _children(_pipenv(caller)) if (of := _project(one)) and os.path.realpath(of) == real)
    return next((Foreign(one, path.name) for one in others if os.path.isfile(one / "pyvenv.cfg")), None)


def _project(folder: Path) -> Path | None:
    """The folder that pipenv has made this environment for."""
    try:
        said = (folder / ".project").read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n")
    except OSError:
        return None
    return Path(said) if said.startswith("/") else None


def _is_closed(path: Path) -> bool:
    try:
        os.stat(path)
    except PermissionError:
        return True
    except OSError:
        return False
    return not os.access(path, os.R_OK | os.X_OK)


def _children(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(folder.iterdir())


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
