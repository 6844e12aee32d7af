"""Kernel specs: the folders that Jupyter reads to know which kernels there are, read as plain JSON."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.errors import NotFound
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.size import Size, known_size, site_packages
from sesync_cli.lock import is_unfinished, partial
from sesync_cli.names import listed, near

_AGAIN = "@2"  # no name of a kernel has it
_BARE_PYTHON = re.compile(r"python(3(\.\d+)?)?")  # Jupyter puts the Python that runs it in its place


@dataclass(frozen=True)
class Folders:
    """Where kernels are: the specs of the user, the environments that sesync makes for them, the server's specs."""

    specs: Path
    environments: Path
    server: tuple[Path, ...]

    def environment(self, name: str) -> Path:
        """Where a kernel's environment is, or was before it was first made anew; what its lock is known by."""
        return self.environments / name.lower()

    def next_environment(self, name: str, now: Path | None) -> Path:
        """Where to make an environment that takes the place of the one that the kernel has now."""
        first = self.environment(name)
        return first.with_name(f"{first.name}{_AGAIN}") if now and _same(now, first) else first

    def own(self, name: str, environment: Path) -> bool:
        """Whether this is the place of an environment that sesync made for the kernel of this name."""
        first = self.environment(name)
        return _same(environment, first) or _same(environment, first.with_name(f"{first.name}{_AGAIN}"))

    def spec(self, name: str) -> Path:
        return self.specs / name.lower()

    def aside(self, name: str) -> Path:
        """Where a spec is built or broken up: beside the folder that Jupyter reads, on the same file system."""
        return partial(self.specs.parent / name.lower(), owner=self.environment(name))


@dataclass(frozen=True)
class Kernel:
    """A kernel as its spec describes it. `state` is "ok" or says in two words what is missing.

    `managed` is true for those that sesync made, `server` for the server's own; `environment` is where its Python
    lives, if that can be told.
    """

    name: str
    display_name: str
    spec: Path
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    environment: Path | None = None
    recipe: Recipe | None = None
    managed: bool = False
    server: bool = False

    @property
    def state(self) -> str:
        if not self.spec.exists():
            return "not in Jupyter"
        if not self.argv:
            return "unreadable"
        if self.environment and not os.path.isdir(self.environment):
            return "no environment"
        if not _BARE_PYTHON.fullmatch(self.argv[0]) and not _is_program(self.argv[0]):
            return "no Python"
        if self.managed and self.environment and not _has_ipykernel(self.environment):
            return "no ipykernel"
        return "ok"

    @property
    def python(self) -> str:
        """The version of its Python, as its environment says; empty if that cannot be told."""
        if self.recipe:
            return self.recipe.python
        return _version_in(self.environment) if self.environment else ""

    @property
    def lock(self) -> Path | None:
        """The lock beside its spec, which says every version that it was made with."""
        path = self.spec / lock_name(self.environment) if self.environment else None
        return path if path and path.is_file() else None

    @property
    def size(self) -> Size | None:
        """What its environment occupies, for kernels that sesync made."""
        return known_size(self.environment) if self.managed and self.environment and self.environment.is_dir() else None


def lock_name(environment: Path) -> str:
    """The file beside kernel.json that is the lock of this environment, and of no other that the kernel had before."""
    return "pylock.2.toml" if environment.name.endswith(_AGAIN) else "pylock.toml"


def find_kernels(folders: Folders) -> list[Kernel]:
    """Every kernel that Jupyter offers, and environments of sesync's that it does not; the user's come first."""
    found: dict[str, Kernel] = {}
    for folder in (folders.specs, *folders.server):
        for spec in _specs(folder):
            found.setdefault(spec.name.lower(), _read(spec, folders))
    left = [one for one in _entries(folders.environments) if one.name not in found and not one.name.startswith(".")]
    used = {os.path.realpath(kernel.environment) for kernel in found.values() if left and kernel.environment}
    for environment in left:
        if os.path.realpath(environment) not in used and not is_unfinished(environment):
            found[environment.name] = _orphan(environment, folders)
    return sorted(found.values(), key=lambda kernel: (kernel.server, kernel.name))


def find(name: str, folders: Folders) -> Kernel:
    """The kernel of this name, in any case; `NotFound` with near names otherwise."""
    kernels = {kernel.name.lower(): kernel for kernel in find_kernels(folders)}
    if name.lower() in kernels:
        return kernels[name.lower()]
    alike = near(name, kernels)
    meant = f"Did you mean {listed(alike)}? " if alike else ""
    raise NotFound(f"there is no kernel named {name}", hint=f"{meant}'sesync kernel list' shows your kernels.")


def kernel_in(folder: Path, name: str, folders: Folders) -> Kernel | None:
    """The kernel of this name, in any case, among the specs in one folder."""
    return next((_read(spec, folders) for spec in _specs(folder) if spec.name.lower() == name.lower()), None)


def in_the_way(name: str, folders: Folders) -> Path | None:
    """What stands where this kernel's spec would, and is none: a folder without a kernel.json, a file, a lost link."""
    named = (entry for entry in _entries(folders.specs) if entry.name.lower() == name.lower())
    return next((entry for entry in named if not os.path.isfile(entry / "kernel.json")), None)


def _read(spec: Path, folders: Folders) -> Kernel:
    server = spec.parent != folders.specs
    try:
        data = json.loads((spec / "kernel.json").read_text(encoding="utf-8"))
        argv = tuple(map(str, data["argv"]))
        env = {str(name): str(value) for name, value in data.get("env", {}).items()}
        ours = data.get("metadata", {}).get("sesync") or {}
        recipe = Recipe.read(ours.get("recipe"))
        environment = Path(ours["environment"]) if recipe else _environment_of(argv)
        title = str(data.get("display_name", spec.name))
        # a copy of a spec points to the environment of another kernel, which stays that one's
        managed = environment is not None and recipe is not None and folders.own(spec.name, environment)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Kernel(spec.name, spec.name, spec, (), server=server)
    return Kernel(spec.name, title, spec, argv, env, environment, recipe, managed and not server, server)


def _orphan(environment: Path, folders: Folders) -> Kernel:
    name = environment.name.removesuffix(_AGAIN)
    argv = (str(environment / "bin/python"),)
    return Kernel(name, name, folders.spec(name), argv, environment=environment, managed=True)


def _environment_of(argv: tuple[str, ...]) -> Path | None:
    if argv and os.path.isabs(argv[0]):
        folder = Path(argv[0]).parent.parent
        if (folder / "pyvenv.cfg").exists() or (folder / "conda-meta").exists():
            return folder
    return None


def _version_in(environment: Path) -> str:
    try:
        lines = (environment / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ""
    facts = dict(line.replace(" ", "").partition("=")[::2] for line in lines)
    version = facts.get("version") or facts.get("version_info") or ""
    return ".".join(version.split(".")[:3])


def _has_ipykernel(environment: Path) -> bool:
    packages = site_packages(environment)
    return packages is not None and (packages / "ipykernel_launcher.py").exists()


def _is_program(word: str) -> bool:
    if os.path.isabs(word):
        return os.path.isfile(word) and os.access(word, os.X_OK)
    return shutil.which(word) is not None


def _same(one: Path, other: Path) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def _specs(folder: Path) -> Iterator[Path]:
    # os.path and not Path, which raises where a folder is closed to us: on a shared server, some are
    return (entry for entry in _entries(folder) if os.path.isfile(entry / "kernel.json"))


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return
