"""How a kernel is made again: from its recipe, its lock and what is in its environment, whichever of them are left."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict, NotReady, Refused, SesyncError
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.kernel.in_jupyterlab import RELOAD
from sesync_cli.kernel.ingredients import Ingredients
from sesync_cli.kernel.layout import USUAL, is_conda
from sesync_cli.kernel.making import KernelToMake, facts_of
from sesync_cli.kernel.moved import FollowMove
from sesync_cli.kernel.packages import NEEDED, Requirements
from sesync_cli.kernel.pylock import NAME, Lock, read_lock
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.sources import Source, source_at, source_in
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.plan import Plan, by_hand
from sesync_cli.python.distributions import Package, environment_packages
from sesync_cli.python.environments import site_packages, version_in
from sesync_cli.python.interpreters import Interpreter


def checked_again(kernel: Kernel) -> Kernel:
    """The kernel itself, if it is one that can be made again."""
    name = kernel.name
    if kernel.server:
        raise Refused(f"{name} is a kernel of the server", hint="Ask support, who can mend it for all.")
    if kernel.state == "being made":
        raise Conflict(f"another run of sesync is at work on {name}", hint="Wait until it is done, or stop it.")
    if kernel.state == "left over":
        hint = f"'sesync kernel create {name} PACKAGE...' makes it, and removes what is left."
        raise NotReady(f"{name} was never finished, so there is nothing to make again", hint=hint)
    if (kernel.spec / "kernel.json").exists() and not (kernel.spec / "kernel.json").is_file():
        hint = f"'sesync kernel remove {name}', and then 'sesync kernel create {name} PACKAGE...'."
        raise NotReady(f"{kernel.problem}, which cannot be replaced", hint=hint)
    return kernel


def follows(kernel: Kernel) -> bool:
    """Whether all that a kernel needs is to be told where its home is by now."""
    move, environment = kernel.move, kernel.environment
    return move is not None and (not kernel.managed or environment is None or move.has_python(environment))


def plan_follow(kernel: Kernel, folders: Folders) -> Plan:
    """Have a kernel name the places that its home has now, and with it all others that moved there."""
    others = [one for one in find_kernels(folders) if one.name != kernel.name and one.move == kernel.move]
    moved = [kernel, *filter(follows, others)]

    def told() -> Mapping[str, Any]:
        """What was done, and for which kernels it could not be."""
        left = [one.name for one in find_kernels(folders) if one.move]
        names = [one.name for one in moved if one.name not in left]
        warnings = [f"the kernel {name} is still to be mended: 'sesync kernel repair {name}'" for name in left]
        return {"done": _told(names), "result": facts_of(kernel) | {"moved": names}, "warnings": tuple(warnings)}

    return Plan(
        tuple(_follow(one, folders, along=one is not kernel) for one in moved),
        _told([one.name for one in moved]),
        result=facts_of(kernel) | {"moved": [one.name for one in moved]},
        locks=(folders.environment(kernel.name),),
        sweeps=(folders.environments, folders.specs.parent),
        after=told,
    )


def _follow(kernel: Kernel, folders: Folders, *, along: bool) -> FollowMove:
    assert kernel.move
    environment = kernel.environment if kernel.managed else None
    owner = folders.environment(kernel.name)
    return FollowMove(kernel.name, kernel.spec, environment, owner, kernel.move, along)


def _told(names: Sequence[str]) -> str:
    what = f"The kernels {', '.join(names[:-1])} and {names[-1]} name" if names[1:] else f"The kernel {names[0]} names"
    return f"{what} the new place of your home now. {RELOAD}."


def ingredients_of(recipe: Recipe) -> Ingredients:
    """What a recipe asks for by what its files say now; an error where one of them is gone."""
    source = source_at(Path(recipe.source), recipe.dev) if recipe.source else None
    files = tuple(map(Path, recipe.requirements))
    return Ingredients(recipe.packages, files, source, recipe.dev, recipe.modules, recipe.env, recipe.added)


def recipe_of(kernel: Kernel) -> Recipe:
    """What a kernel was asked to be, as its spec, its lock or its environment tells; `NotReady` where nothing does."""
    if kernel.recipe and kernel.managed:
        return kernel.recipe
    lock = _lock(kernel)
    if lock and (recipe := Recipe.read(dict(lock.about))):
        return recipe
    environment = kernel.environment
    if environment and is_conda(environment):
        hint = f"Conda mends its own: for instance {by_hand('conda', 'install', '--prefix', environment, 'ipykernel')}."
        raise NotReady(f"the kernel {kernel.name} is a conda environment", hint=hint)
    recipe = _project(environment) or _installed(environment) if environment else None
    if recipe is None:
        hint = f"'sesync kernel remove {kernel.name}', and then 'sesync kernel create {kernel.name} PACKAGE...'."
        raise NotReady(f"nothing tells any more which packages {kernel.name} had", hint=hint)
    if adopted := kernel.recipe:
        return replace(recipe, modules=adopted.modules, env=adopted.env)
    return recipe


def wanted_repaired(kernel: Kernel, recipe: Recipe, interpreter: Interpreter) -> KernelToMake:
    """The same kernel with this Python, in the versions that it had as far as they are for this Python."""
    lock = _lock(kernel)
    if lock and _is_for(lock, interpreter):
        later = _came_later(kernel, lock)
        packages = tuple(package.requirement for package in later.values())
        required = Requirements(packages, lock=lock.without(later), lock_file=_lock_path(kernel))
    else:
        required = _required_again(recipe, lock)
    wanted = _wanted_again(kernel, Ingredients(), interpreter)
    return replace(wanted, required=required, recipe=replace(recipe, python=interpreter.version))


def _required_again(recipe: Recipe, lock: Lock | None) -> Requirements:
    """What a recipe asks for where its lock is of another Python: what its files say, or what was there by name."""
    try:
        required = ingredients_of(recipe).required
        if not (lock and required.lock):
            return replace(required, prefer=lock)
    except SesyncError:
        if not lock:
            raise
    return Requirements(tuple(name for name, version in lock.versions.items() if version), prefer=lock)


def wanted_updated(kernel: Kernel, interpreter: Interpreter, ingredients: Ingredients, upgrade: bool) -> KernelToMake:
    """The same kernel as its files ask for it by now; versions change only where they must, or all with `upgrade`."""
    wanted = _wanted_again(kernel, ingredients, interpreter)
    if wanted.required.lock or upgrade:
        return wanted
    return replace(wanted, required=replace(wanted.required, prefer=_lock(kernel)))


def _wanted_again(kernel: Kernel, ingredients: Ingredients, interpreter: Interpreter) -> KernelToMake:
    """The same kernel of these ingredients for this Python: its name, title and variables are kept."""
    usual = kernel.recipe is not None and kernel.display_name == f"{kernel.name} (Python {kernel.recipe.minor})"
    title = "" if usual else kernel.display_name
    return KernelToMake(kernel.name, interpreter, ingredients.recipe(interpreter.version), ingredients.required, title)


def _lock_path(kernel: Kernel) -> Path | None:
    inside = kernel.environment / NAME if kernel.environment else None
    return kernel.lock or (inside if inside and kernel.managed and inside.is_file() else None)


def damage_of(kernel: Kernel) -> str:
    """Why the lock of a kernel tells no versions any more; empty if it does, or there is none."""
    path = _lock_path(kernel)
    try:
        if path:
            read_lock(path)
    except SesyncError as error:
        return str(error)
    return ""


def _lock(kernel: Kernel) -> Lock | None:
    path = _lock_path(kernel)
    with suppress(SesyncError):
        return read_lock(path) if path else None
    return None


def _is_for(lock: Lock, interpreter: Interpreter) -> bool:
    from sesync_cli.python.specifier import fits

    return not lock.python or fits(lock.python)(interpreter.version)


def _came_later(kernel: Kernel, lock: Lock) -> dict[str, Package]:
    """What somebody has installed into it since it was made, by name."""
    there = _known(kernel.environment) if kernel.environment else {}
    known = lock.of_those({name: package.version for name, package in there.items()}).versions
    linked = {name for name, package in there.items() if package.requirement.startswith("-e ")}  # the lock had a copy
    return {name: package for name, package in there.items() if name in linked or name not in (*known, *NEEDED)}


def _known(environment: Path) -> dict[str, Package]:
    """The packages of an environment that tell their version, without which an installer would choose one."""
    return {name: package for name, package in environment_packages(environment).items() if package.version}


def _project(environment: Path) -> Recipe | None:
    """What the project asks for that this environment was made for, by pipenv or in the project's own folder."""
    project = environment.parent if environment.name in USUAL else None
    with suppress(OSError, UnicodeDecodeError):
        project = Path((environment / ".project").read_text(encoding="utf-8").strip())
    if project is None or not project.is_dir():
        return None
    source: Source | None = None
    with suppress(SesyncError):
        source = source_in(project)
    return Recipe(_python(environment) or source.python, source=str(source.path)) if source else None


def _installed(environment: Path) -> Recipe | None:
    """The very packages of an environment that is still there, by version."""
    there = _known(environment)
    packages = tuple(one.requirement for name, one in there.items() if name not in ("setuptools", "wheel"))
    return Recipe(_python(environment), packages) if there and _python(environment) else None


def _python(environment: Path) -> str:
    folder = site_packages(environment)
    return version_in(environment) or (folder.parent.name.removeprefix("python") if folder else "")
