"""Kernels as places for packages: where these are, what is there, and what the recipe remembers of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady, Refused, SesyncError, WrongWords
from sesync_cli.install.lists import lists_of
from sesync_cli.install.messages import package_facts
from sesync_cli.install.request import InstallRequest, package_name, quoted, without_extras
from sesync_cli.install.usersite import UserSite
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel
from sesync_cli.kernel.packages import NEEDED
from sesync_cli.kernel.request import from_anywhere
from sesync_cli.kernel.spec_writing import RememberAdded
from sesync_cli.kernel.specs import Kernel
from sesync_cli.plan import Step
from sesync_cli.python.distributions import Package, source_of
from sesync_cli.python.environments import version_in
from sesync_cli.site.settings import Site


def kernel_named(name: str, python: str | None, caller: Caller, site: Site) -> Kernel:
    """The kernel of this name, for which no Python may be said."""
    if python:
        raise WrongWords("a kernel has its own Python", hint="Leave out '--python', or '--kernel'.")
    return find_kernel(name, kernel_folders(caller, site))


def own_environment(kernel: Kernel, packages: Iterable[str]) -> Path:
    """Where the kernel's packages are; an error where they are not the user's to change, or not known."""
    if kernel.server:
        hint = f"Make one of your own: 'sesync kernel create NAME {quoted(packages)}".rstrip() + "'."
        raise Refused(f"{kernel.name} is a kernel of the server", hint=hint)
    if not (kernel.works or kernel.state in ("not in Jupyter", "no ipykernel")):
        hint = f"'sesync kernel repair {kernel.name}' mends it."
        raise NotReady(f"the kernel {kernel.name} is broken: {kernel.problem}", hint=hint)
    if kernel.environment and (kernel.environment / "pyvenv.cfg").exists():
        return kernel.environment
    if kernel.environment:
        hint = f"Type 'conda install --prefix {kernel.environment} PACKAGE'."
        raise Refused(f"the kernel {kernel.name} is a conda environment", hint=hint)
    hint = f"It runs {kernel.argv[0]}; without '--kernel', 'sesync install --python' may install for that Python."
    raise Refused(f"the kernel {kernel.name} has no packages of its own", hint=hint)


def kept_words(request: InstallRequest, cwd: Path) -> list[str]:
    """What a recipe keeps of a request, as it holds from anywhere."""
    words = [*request.packages, *(f"-e {folder}" for folder in request.editable)]
    return [from_anywhere(word, cwd) for word in words]


def remembering(kernel: Kernel, more: Iterable[str], gone: Iterable[Package] = ()) -> tuple[Step, ...]:
    """Keep in the recipe of a kernel of sesync's what it has beside what it was made with, without what is `gone`."""
    if not kernel.managed or kernel.recipe is None or kernel.environment is None:
        return ()
    more, gone = list(more), list(gone)
    again = {*(package.name for package in gone), *map(package_name, more), *map(_folder, more)}
    again |= {str(folder) for package in gone if (folder := source_of(package))}
    stay = [one for one in kernel.recipe.added if not again & {package_name(one), _folder(one)} - {""}]
    added = tuple(dict.fromkeys([*stay, *more]))
    return (RememberAdded(kernel.spec, kernel.environment, added),) if added != kernel.recipe.added else ()


def named_in(kernel: Kernel) -> set[str] | None:
    """The packages that a kernel of sesync's was asked to have, by name; None where its recipe does not tell."""
    recipe = kernel.recipe
    if not kernel.managed or recipe is None:
        return None
    words = [*NEEDED, *recipe.packages, *recipe.added]
    for file in (*recipe.requirements, *([recipe.source] if recipe.source else [])):
        if not file.endswith(".txt"):
            return None  # a lock names what came along, too
        try:
            words += lists_of([Path(file)]).names
        except SesyncError:
            return None
    names = set(map(package_name, words))
    return None if "" in names else names  # an address need not say what it is of


def _folder(word: str) -> str:
    """The path that a word of a recipe names, as a copy or as a link; empty for other words."""
    path = without_extras(word.removeprefix("-e "))
    path = unquote(path.removeprefix("file://")) if path.startswith("file:///") else path
    return path if path.startswith("/") else ""


def kernel_facts(kernel: Kernel, environment: Path, log: Path, packages: Iterable[Package] = ()) -> dict[str, Any]:
    """What happens in a kernel, for JSON."""
    return _facts(kernel.name, environment / "bin/python", kernel.python or version_in(environment), log, packages)


def own_facts(own: UserSite, log: Path, packages: Iterable[Package] = ()) -> dict[str, Any]:
    """What happens among one's own packages for a Python, for JSON."""
    return _facts(None, own.python, own.version, log, packages)


def _facts(kernel: str | None, python: Path, version: str, log: Path, packages: Iterable[Package]) -> dict[str, Any]:
    where = {"kernel": kernel, "python": python, "python_version": version or None}
    return {**where, "packages": package_facts(packages), "log": log}
