"""The plan that makes a kernel of an environment which somebody has made already, and which stays theirs."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, NotFound, NotReady, Refused, SesyncError, WrongWords
from sesync_cli.kernel.activation import Activation, folders_of, variables, within
from sesync_cli.kernel.context import KernelContext, shell
from sesync_cli.kernel.foreign import Foreign, find_environment
from sesync_cli.kernel.health import trouble_of
from sesync_cli.kernel.in_jupyterlab import reload
from sesync_cli.kernel.making import facts_of
from sesync_cli.kernel.namesake import existing_kernel
from sesync_cli.kernel.proof import Start, proven
from sesync_cli.kernel.recipe import Recipe, plain_name
from sesync_cli.kernel.request import AdoptRequest, checked_module, variable
from sesync_cli.kernel.spec_writing import Offer, OfferKernel, command_env, kernel_argv, kernel_env
from sesync_cli.kernel.specs import Folders, Kernel, read_kernel, same, specs_in
from sesync_cli.kernel.start_test import expanded
from sesync_cli.leftovers import throwaway
from sesync_cli.names import checked
from sesync_cli.plan import Plan, Report, by_hand
from sesync_cli.python.commands import pip_command, with_modules
from sesync_cli.python.environments import site_packages
from sesync_cli.python.interpreters import Interpreter, Places, find_python
from sesync_cli.site.settings import Site


@dataclass(frozen=True)
class _Adoption:
    """What is to be adopted: the environment, and what was said of the kernel."""

    environment: Foreign
    name: str = ""
    display_name: str = ""
    modules: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()

    @property
    def typed(self) -> str:
        """The command that adopts it."""
        return by_hand("sesync", "kernel", "adopt", self.environment.folder)

    @property
    def kernel_name(self) -> str:
        """The kernel's name: the one that was said, else the environment's own, as a kernel can have it."""
        name = self.name or plain_name(self.environment.name)
        if not name:
            raise WrongWords(
                f"{self.environment.folder} has no name for a kernel", hint=f"'{self.typed} --as NAME' gives it one."
            )
        return checked(name, "kernel")


def plan_adopt(request: AdoptRequest, caller: Caller, site: Site) -> Plan:
    """Make a kernel of the environment, or say that it is one; an error for what can be none."""
    wanted, context = _adoption(request, caller), KernelContext(caller, site)
    folder, folders = wanted.environment.folder, context.folders
    _refuse_own(folder, folders)
    name = wanted.kernel_name.lower()
    if not wanted.name and (adopted := _adopted(folder, folders)):
        name = adopted.name
    existing = existing_kernel(name, folders)
    if existing and (existing.recipe is None or not existing.environment or not same(existing.environment, folder)):
        hint = f"'{wanted.typed} --as NAME' gives it another, 'sesync kernel remove {existing.name}' makes room for it."
        raise Conflict(f"there is another kernel named {existing.name}, {_what(existing)}", hint=hint)
    _check(wanted, caller.env)
    changed = variables(_activation(wanted), shell(caller, site))
    python = _started(wanted, expanded(changed, caller.env), context.cache)
    offer = _offer(wanted, folders.spec(name), python, changed, context.version)
    if existing:
        return _already(existing, wanted, offer)
    proof = ProveAdopted(offer, caller.env, site.kernels_start_seconds)
    return Plan(
        (proof, OfferKernel(offer, folders)),
        f"Adopted {folder} as the kernel {name}. {reload(offer.display_name)}",
        result={
            "name": name,
            "display_name": offer.display_name,
            "python_version": python.version,
            "environment": folder,
            "spec": offer.spec,
        },
        locks=(folders.environment(name),),
        sweeps=(folders.environments, folders.specs.parent),
        after=lambda: {"warnings": tuple(proof.warnings)},
    )


@dataclass(frozen=True)
class ProveAdopted:
    """Start an adopted environment's kernel and have it answer; nothing is written into the environment."""

    offer: Offer
    env: Mapping[str, str]
    patience: float
    warnings: list[str] = field(default_factory=list)
    doing: str = "Starting the kernel once, to see that it works"

    def do(self, report: Report) -> None:
        env = expanded(self.offer.env, self.env) | {"PYTHONDONTWRITEBYTECODE": "1"}
        with throwaway("adopt") as folder:
            outcome, warning = proven(Start(self._argv, env, self.patience), folder)
        if not outcome.works:
            hint = f"See whether this works: {by_hand(self._argv[0], '-m', 'ipykernel', '--version')}"
            raise SesyncError(f"the environment's kernel does not start: {outcome.why}", hint=hint)
        self.warnings[:] = [warning] if warning else []

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return f"# {by_hand(*self._argv[:-2])} is started once, and asked what 1+1 is"

    @property
    def _argv(self) -> tuple[str, ...]:
        return kernel_argv(self.offer.environment, self.offer.recipe.minor)


def _adoption(request: AdoptRequest, caller: Caller) -> _Adoption:
    found = find_environment(request.path, caller)
    modules, env = tuple(map(checked_module, request.modules)), tuple(map(variable, request.env))
    return _Adoption(found, request.name, request.display_name, modules, env)


def _refuse_own(folder: Path, folders: Folders) -> None:
    if os.pathsep in str(folder):
        raise NotReady(f"{folder} cannot be a kernel's: its name has a '{os.pathsep}', which ends a PATH")
    if same(folder.parent, folders.environments):
        own = (read_kernel(spec, folders) for spec in specs_in(folders.specs))
        name = next((one.name for one in own if one.environment and same(one.environment, folder)), folder.name)
        hint = f"If it does not work: 'sesync kernel repair {name}'."
        raise Conflict(f"{folder} is the environment of the kernel {name}, which sesync made", hint=hint)


def _adopted(folder: Path, folders: Folders) -> Kernel | None:
    """The kernel that this environment has been adopted as."""
    kernels = (read_kernel(spec, folders) for spec in specs_in(folders.specs))
    return next((one for one in kernels if one.recipe and one.environment and same(one.environment, folder)), None)


def _what(existing: Kernel) -> str:
    if existing.recipe is None:
        return "which sesync did not make"
    return f"whose environment is {existing.environment}"


def _check(wanted: _Adoption, env: Mapping[str, str]) -> None:
    """Refuse what cannot be a kernel, as far as one sees without starting it."""
    environment, folder = wanted.environment, wanted.environment.folder
    trouble = trouble_of((str(environment.python),), folder)
    if trouble and trouble.kind == "elsewhere":
        hint = "It may change or go at any time. Make your own: 'sesync kernel create NAME PACKAGE...'."
        raise Refused(f"{folder} is somebody else's: {trouble.message}", hint=hint)
    if environment.conda and not os.path.lexists(environment.python):
        raise NotReady(f"{folder} has no Python", hint=f"Type: {_conda(folder, env, 'python', 'ipykernel')}")
    if trouble:
        hint = "Make the environment anew, or a kernel: 'sesync kernel create NAME PACKAGE...'."
        raise NotReady(f"the environment {folder} is broken: {trouble.message}", hint=hint)
    packages = site_packages(folder)
    if environment.sees_the_system or (packages and (packages / "ipykernel_launcher.py").exists()):
        return  # what sees the system's packages may have it from there, as its start will show
    by_pip = with_modules(wanted.modules, pip_command(folder, ["install", "ipykernel"], env))
    raise NotReady(
        f"{folder} lacks the package ipykernel, without which it cannot be a kernel",
        hint=f"Type: {_conda(folder, env, 'ipykernel') if environment.conda else by_pip}",
    )


def _conda(folder: Path, env: Mapping[str, str], *packages: str) -> str:
    programs = [name for name in ("conda", "mamba", "micromamba") if shutil.which(name, path=env.get("PATH"))]
    return by_hand((programs or ["conda"])[0], "install", "--prefix", folder, *packages)


def _activation(wanted: _Adoption) -> Activation:
    environment = wanted.environment
    sourced = bool(environment.scripts) and not environment.conda  # it puts its own programs on PATH
    programs = None if sourced else environment.folder / "bin"
    return Activation(wanted.modules, programs, environment.variables, environment.scripts)


def _started(wanted: _Adoption, env: Mapping[str, str], cache: Path) -> Interpreter:
    try:
        return find_python(str(wanted.environment.python), Places(env, ()), cache)
    except NotFound as error:
        hint = f"If it needs a module: '{wanted.typed} --module MODULE'."
        raise NotReady(str(error), hint=hint) from None


def _offer(wanted: _Adoption, spec: Path, python: Interpreter, changed: Mapping[str, str], version: str) -> Offer:
    title = wanted.display_name or f"{wanted.kernel_name} (Python {python.minor})"
    recipe = Recipe(python.version, modules=wanted.modules, env=wanted.env)
    env = _env(wanted.environment, python, changed) | dict(wanted.env)
    return Offer(spec.name, title, spec, wanted.environment.folder, env, recipe, version)


def _env(environment: Foreign, python: Interpreter, changed: Mapping[str, str]) -> dict[str, str]:
    """What the kernel sets: nothing of other Pythons, and then what the environment's activation sets."""
    folder, own = environment.folder, command_env(environment.folder)
    others = {name: value for name, value in kernel_env(folder, python.minor).items() if name not in own}
    if environment.sees_the_system:
        del others["PYTHONNOUSERSITE"]  # it is made to see the packages in ~/.local too
    found = {**others, **changed}
    if str(folder / "bin") not in folders_of(changed):
        found["PATH"] = within(own, changed)["PATH"]  # its activation script was written for another place
    return found | {"VIRTUAL_ENV": "" if environment.conda else own["VIRTUAL_ENV"]}


def _already(existing: Kernel, wanted: _Adoption, offer: Offer) -> Plan:
    hint = f"'sesync kernel remove {existing.name}' first (its environment stays)."
    if wanted.display_name not in ("", existing.display_name):
        what = f"which Jupyter shows as '{existing.display_name}'"
        raise Conflict(f"{offer.environment} is the kernel {existing.name} already, {what}", hint=hint)
    if existing.recipe and (existing.recipe.modules, existing.recipe.env) != (wanted.modules, wanted.env):
        what = "with other modules or variables"
        raise Conflict(f"{offer.environment} is the kernel {existing.name} already, {what}", hint=hint)
    differ = sorted(name for name in {*existing.env, *offer.env} if existing.env.get(name) != offer.env.get(name))
    news = f"its activation sets {', '.join(differ)} otherwise by now: to follow it, {hint[:-1]}, and adopt it again"
    done = f"{offer.environment} is the kernel {existing.name} already, as '{existing.display_name}'."
    return Plan((), done, result=facts_of(existing), warnings=(news,) if differ else ())
