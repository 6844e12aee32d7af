"""The plans that make and remove a kernel."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.errors import Conflict, NotReady, Refused
from sesync_cli.kernel.environment import MakeEnvironment, PlaceEnvironment
from sesync_cli.kernel.interpreters import Interpreter
from sesync_cli.kernel.offer import OfferKernel, kernel_argv, kernel_env
from sesync_cli.kernel.packages import NEEDED, InstallPackages
from sesync_cli.kernel.proof import ProveKernel
from sesync_cli.kernel.recipe import Recipe, recipe
from sesync_cli.kernel.specs import Folders, Kernel, in_the_way, kernel_in
from sesync_cli.lock import is_unfinished, partial
from sesync_cli.plan import Plan, RemoveTree, Step

_ROOM = 30_000_000  # bytes that a kernel takes at the least, when all else is hard links
_JUPYTERS_OWN = ("python2", "python3")  # Jupyter offers them without a spec, and one of the user's would replace them


@dataclass(frozen=True)
class Wanted:
    """The kernel that somebody wants."""

    name: str
    interpreter: Interpreter
    packages: tuple[str, ...] = ()
    requirements: tuple[Path, ...] = ()
    display_name: str = ""
    env: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return self.display_name or f"{self.name} (Python {self.interpreter.minor})"


@dataclass(frozen=True)
class Workshop:
    """Where kernels are made: the folders, the cache and the log, the caller's environment, the time for an answer."""

    folders: Folders
    cache: Path
    logs: Path
    env: Mapping[str, str]
    start_seconds: float
    version: str


def plan_create(wanted: Wanted, shop: Workshop, warnings: tuple[str, ...]) -> Plan:
    """Make the kernel, or say that it is there; `Conflict` where another kernel has the name."""
    folders = shop.folders
    environment = folders.environment(wanted.name)
    if os.pathsep in str(environment):
        raise NotReady(f"no kernel can be in {folders.environments}: its name has a '{os.pathsep}', which ends a PATH")
    facts = {"name": wanted.name.lower(), "display_name": wanted.title, "python": wanted.interpreter.version}
    facts |= {"environment": str(environment), "spec": str(folders.spec(wanted.name))}
    if existing := _existing(wanted, folders):
        _same_or_conflict(existing, wanted)
        done = f"The kernel {existing.name} is there already, as '{existing.display_name}'."
        return Plan((), done, result=facts | {"display_name": existing.display_name})
    return Plan(
        _steps(wanted, shop, environment),
        f"Made the kernel {wanted.name.lower()}. Reload the page of JupyterLab: its Launcher shows '{wanted.title}'.",
        result=facts,
        warnings=warnings,
        owner=environment,
        sweeps=(folders.environments, folders.specs.parent),
        needs=(_ROOM, folders.environments),
    )


def plan_remove(kernel: Kernel, folders: Folders) -> Plan:
    """Take a kernel out of Jupyter, and then its environment away if sesync made it."""
    if kernel.server:
        raise Refused(f"{kernel.name} is a kernel of the server", hint="'sesync kernel list' shows which are yours.")
    steps: list[Step] = []
    if kernel.spec.exists():
        steps.append(RemoveTree(kernel.spec, folders.aside(kernel.name), f"Taking {kernel.name} out of Jupyter"))
    ask, kept = f"Remove the kernel {kernel.name}?", ""
    if kernel.managed and kernel.environment:
        aside = partial(kernel.environment, owner=folders.environment(kernel.name))
        steps.append(RemoveTree(kernel.environment, aside, "Removing its packages"))
        ask = f"Remove the kernel {kernel.name} and all packages in it?"
    elif kernel.environment:
        kept = f" Its environment stays: {kernel.environment}."
    return Plan(
        tuple(steps),
        f"Removed the kernel {kernel.name}.{kept}",
        result={"name": kernel.name},
        ask=ask,
        owner=folders.environment(kernel.name),
        sweeps=(folders.environments, folders.specs.parent),
    )


def _steps(wanted: Wanted, shop: Workshop, environment: Path) -> tuple[Step, ...]:
    folders, name = shop.folders, wanted.name.lower()
    made = recipe(wanted.interpreter.version, wanted.packages, wanted.requirements)
    env = kernel_env(environment, wanted.interpreter.minor) | dict(wanted.env)
    finished_by = folders.spec(name) / "kernel.json"
    beside = partial(environment, owner=environment)
    packages = (*NEEDED, *wanted.packages)
    log, bytecode = shop.logs / f"kernel-create-{name}.log", shop.cache / "bytecode"
    return (
        MakeEnvironment(environment, wanted.interpreter, finished_by, shop.cache, shop.env),
        InstallPackages(beside, packages, wanted.requirements, False, shop.env, log, shown=environment),
        PlaceEnvironment(environment, bytecode),
        ProveKernel(environment, kernel_argv(environment), env, shop.env, shop.start_seconds, bytecode),
        OfferKernel(name, wanted.title, folders, env, made, shop.version),
    )


def _existing(wanted: Wanted, folders: Folders) -> Kernel | None:
    if wanted.name.lower() in _JUPYTERS_OWN:
        raise Conflict(f"{wanted.name} is the name of Jupyter's own kernel", hint="Choose another name.")
    for folder in folders.server:
        if taken := kernel_in(folder, wanted.name, folders):
            hint = "Choose another name."
            raise Conflict(f"the server has a kernel named {taken.name} ('{taken.display_name}')", hint=hint)
    if stranger := in_the_way(wanted.name, folders):
        raise Conflict(f"{stranger} is in the way, and is no kernel", hint="Choose another name, or move it away.")
    environment = folders.environment(wanted.name)
    # looked at before the spec: a run that makes this kernel right now writes the spec, and then calls it finished
    finished = environment.exists() and not is_unfinished(environment)
    existing = kernel_in(folders.specs, wanted.name, folders)
    if finished and existing is None:
        hint = f"'sesync kernel remove {wanted.name.lower()}' deletes it; or choose another name."
        raise Conflict(f"{environment} is left from a kernel that Jupyter does not offer any more", hint=hint)
    return existing


def _same_or_conflict(existing: Kernel, wanted: Wanted) -> None:
    asked = recipe(wanted.interpreter.version, wanted.packages, wanted.requirements)
    if existing.recipe is None or not existing.managed:
        what = "which sesync did not make"
    elif not existing.recipe.same_as(asked):
        what = _difference(existing.recipe, asked)
    elif existing.state != "ok":
        what = f"which is broken ({existing.state})"
    elif wanted.display_name not in ("", existing.display_name):
        what = f"which Jupyter shows as '{existing.display_name}'"
    elif any(existing.env.get(name) != value for name, value in wanted.env):
        what = "which sets other variables"
    else:
        return
    name = existing.name
    hint = f"Choose another name, or '--kernel {name}' of 'sesync install', or 'sesync kernel remove {name}' first."
    raise Conflict(f"there is another kernel named {name}, {what}", hint=hint)


def _difference(made: Recipe, asked: Recipe) -> str:
    if made.same_as(replace(asked, requirements=made.requirements)):
        return "made from other requirements"
    return f"made with Python {made.python} and {', '.join(made.packages) or 'no packages named'}"
