"""Kernel specs: the folders that Jupyter reads to know which kernels there are."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sesync_cli.check import Finding
from sesync_cli.kernel.health import WORKS, trouble_of
from sesync_cli.kernel.layout import command_of, environment_of
from sesync_cli.kernel.moved import Move
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.size import Size, known_size
from sesync_cli.kernel.specfile import BadSpec, SpecFile, is_there, read_spec
from sesync_cli.leftovers import is_unfinished, partial
from sesync_cli.python.environments import version_in

AGAIN = "@2"  # no name of a kernel has it


@dataclass(frozen=True)
class Folders:
    """Where kernels are: the specs of the user, the environments that sesync makes for them, the server's specs.

    `first` are those of the server's folders in which Jupyter looks before it looks into the user's.
    """

    specs: Path
    environments: Path
    server: tuple[Path, ...]
    first: tuple[Path, ...] = ()

    def environment(self, name: str) -> Path:
        """Where a kernel's environment is, or was before it was first made anew; what its lock is known by."""
        return self.environments / name.lower()

    def next_environment(self, name: str, now: Path | None) -> Path:
        """Where to make an environment that takes the place of the one that the kernel has now."""
        first, second = self._places(name)
        return second if now and same(now, first) else first

    def made(self, name: str) -> Path | None:
        """The environment that sesync has made for the kernel of this name, whether or not its spec says so."""
        return next((one for one in self._places(name) if os.path.isdir(one) and not is_unfinished(one)), None)

    def own(self, name: str, environment: Path) -> bool:
        """Whether this is the place of an environment that sesync made for the kernel of this name."""
        return any(environment == one or same(environment, one) for one in self._places(name))

    def moved_here(self, name: str, environment: Path) -> Path | None:
        """Where this environment of the kernel's is now, if it was made when the home was another place."""
        here, end = self.environments / environment.name, self.environments.parts[-2:]
        if self.own(name, environment) or environment.parent.parts[-2:] != end or here not in self._places(name):
            return None
        return here if os.path.isdir(here) and not is_unfinished(here) else None

    def _places(self, name: str) -> tuple[Path, Path]:
        """The two places of a kernel's environments: one for what it has, the other for what takes its place."""
        first = self.environment(name)
        return first, first.with_name(f"{first.name}{AGAIN}")

    def spec(self, name: str) -> Path:
        return self.specs / name.lower()

    def aside(self, name: str) -> Path:
        """Where a spec is built or broken up: beside the folder that Jupyter reads, on the same file system."""
        return partial(self.specs.parent / name.lower(), owner=self.environment(name))


@dataclass(frozen=True)
class Kernel:
    """A kernel as its spec describes it.

    `managed` is true for those that sesync made, `server` for the server's own; `environment` is where its Python
    lives, if that can be told. `known` is what is wrong with it where its own files do not tell; `move` is how its home
    has moved since it was made.
    """

    name: str
    display_name: str
    spec: Path
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    environment: Path | None = None
    recipe: Recipe | None = None
    managed: bool = False
    server: bool = False
    known: Finding | None = None
    move: Move | None = None

    @cached_property
    def finding(self) -> Finding | None:
        """What is wrong with it, found out without starting anything."""
        if self.known:
            return self.known
        if self.environment is None or self._runs_in(self.environment):
            return trouble_of(self._command, self.environment)
        found = trouble_of(self._command, environment_of(self.argv))
        problem = f"it starts {self._command[0]}, and its packages are in {self.environment}"
        return found or Finding("elsewhere", problem)

    @property
    def state(self) -> str:
        """ "ok", or in a word or two what is wrong."""
        return self.finding.kind if self.finding else "ok"

    @property
    def problem(self) -> str:
        """What is wrong with it, in a few more words; empty if nothing is."""
        return self.finding.message if self.finding else ""

    @property
    def works(self) -> bool:
        """Whether Jupyter can start it, as far as one sees."""
        return self.state in WORKS

    @property
    def python(self) -> str:
        """The version of its Python, as its environment says; empty if that cannot be told."""
        if self.recipe:
            return self.recipe.python
        return version_in(self.environment) if self.environment else ""

    @property
    def lock(self) -> Path | None:
        """The lock beside its spec, which says every version that it was made with."""
        path = self.spec / lock_name(self.environment) if self.environment else None
        return path if path and path.is_file() else None

    @property
    def size(self) -> Size | None:
        """What its environment occupies, for kernels that sesync made."""
        if self.managed and self.environment and self.state != "being made":
            with suppress(OSError):  # it may go away while one looks
                return known_size(self.environment)
        return None

    @property
    def _command(self) -> Sequence[str]:
        return command_of(self.argv)

    def _runs_in(self, environment: Path) -> bool:
        """Whether it starts this environment's Python, or a program that may do so."""
        folder, name = os.path.split(self._command[0])
        return not name.startswith("python") or same(Path(os.path.dirname(folder)), environment)


def lock_name(environment: Path) -> str:
    """The file beside kernel.json that is the lock of this environment, and of no other that the kernel had before."""
    return "pylock.2.toml" if environment.name.endswith(AGAIN) else "pylock.toml"


def kernel_in(folder: Path, name: str, folders: Folders) -> Kernel | None:
    """The kernel of this name, in any case, among the specs in one folder."""
    return next((read_kernel(spec, folders) for spec in specs_in(folder) if spec.name.lower() == name.lower()), None)


def spec_in_the_way(name: str, folders: Folders) -> Path | None:
    """What stands where this kernel's spec would, and is none: a folder without a kernel.json, a file, a lost link."""
    named = (entry for entry in entries(folders.specs) if entry.name.lower() == name.lower())
    return next((entry for entry in named if not os.path.isfile(entry / "kernel.json")), None)


def read_kernel(spec: Path, folders: Folders) -> Kernel:
    server = spec.parent != folders.specs
    try:
        said = read_spec(spec)
    except BadSpec as error:
        ours = None if server else folders.made(spec.name)
        known = Finding("unreadable", str(error))
        return Kernel(spec.name, spec.name, spec, environment=ours, managed=bool(ours), server=server, known=known)
    recipe, named = Recipe.read(said.ours.get("recipe")), said.ours.get("environment")
    environment = Path(named) if recipe and isinstance(named, str) else environment_of(said.argv)
    if recipe and environment and not server and (here := folders.moved_here(spec.name, environment)):
        return _moved(spec, said, environment, here)
    managed = environment is not None and recipe is not None and folders.own(spec.name, environment) and not server
    kernel = Kernel(
        spec.name, said.display_name, spec, said.argv, said.env, environment, recipe, managed=managed, server=server
    )
    if environment and recipe and not managed and environment.parent == folders.environments and kernel.state == "ok":
        # a copy of a spec points to the environment of another kernel, which stays that one's
        problem = f"its spec is a copy, which uses the environment of another kernel, {environment}"
        return replace(kernel, known=Finding("elsewhere", problem))
    return kernel


def _moved(spec: Path, said: SpecFile, before: Path, now: Path) -> Kernel:
    """A kernel of a home that was another place when the kernel was made."""
    move = Move.of(before, now)
    recipe = Recipe.read(move.follow_all(said.ours["recipe"]))
    problem = f"its home has moved: it is in {now}, and Jupyter looks for it in {before}"
    known = Finding("moved", problem)
    return Kernel(
        spec.name, said.display_name, spec, said.argv, said.env, now, recipe, managed=True, known=known, move=move
    )


def same(one: Path, other: Path) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def specs_in(folder: Path) -> Iterator[Path]:
    return (entry for entry in entries(folder) if is_there(entry))


def entries(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.iterdir(), key=str)
    except OSError:
        return
