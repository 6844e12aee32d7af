"""The making of a kernel of which all is known: the steps of it, anew too, what stands in the way, and the removal."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict, NotReady, Refused
from sesync_cli.kernel.activation import within
from sesync_cli.kernel.context import KernelContext
from sesync_cli.kernel.environment import MakeEnvironment, PlaceEnvironment
from sesync_cli.kernel.in_jupyterlab import RESTART, reload
from sesync_cli.kernel.in_use import running
from sesync_cli.kernel.installer import was_copied
from sesync_cli.kernel.namesake import existing_kernel, same_or_conflict
from sesync_cli.kernel.packages import InstallLock, Requirements, ResolvePackages
from sesync_cli.kernel.proof import ProveKernel, Start
from sesync_cli.kernel.recipe import Recipe
from sesync_cli.kernel.size import known_size
from sesync_cli.kernel.spec_writing import Offer, OfferKernel, ReplaceSpec, kernel_argv, kernel_env
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.kernel.start_test import expanded
from sesync_cli.kernel.uv_cache import is_the_groups, own_cache, refusals
from sesync_cli.leftovers import partial
from sesync_cli.plan import Need, Plan, Step, asking
from sesync_cli.python.interpreters import Interpreter
from sesync_cli.steps import RemoveTree
from sesync_cli.view import size

_ROOM = 30_000_000  # bytes that a kernel takes at the least, when all else is hard links


@dataclass(frozen=True)
class KernelToMake:
    """The kernel that somebody wants: `recipe` is what its spec will keep, `required` what is installed."""

    name: str
    interpreter: Interpreter
    recipe: Recipe
    required: Requirements
    display_name: str = ""

    @property
    def title(self) -> str:
        return self.display_name or f"{self.name} (Python {self.interpreter.minor})"


def plan_new(wanted: KernelToMake, context: KernelContext, warnings: tuple[str, ...], told: str = "") -> Plan:
    """Make the kernel, or say that it is there; `Conflict` where another kernel has the name.

    `told` says where it comes from, for the sentence at the end.
    """
    folders = context.folders
    environment = folders.environment(wanted.name)
    if os.pathsep in str(environment):
        raise NotReady(f"no kernel can be in {folders.environments}: its name has a '{os.pathsep}', which ends a PATH")
    if existing := existing_kernel(wanted.name, folders):
        same_or_conflict(existing, wanted.recipe, wanted.display_name)
        done = f"The kernel {existing.name} is there already, as '{existing.display_name}'."
        return Plan((), done, result=facts_of(existing))
    offer = _offer(wanted, context, environment, folders.spec(wanted.name))
    of_proof: list[str] = []
    return Plan(
        (*_build(wanted, context, offer, of_proof), OfferKernel(offer, folders)),
        f"Made the kernel {offer.name}{told}. {reload(wanted.title)}",
        result=_facts(wanted, environment, offer.spec),
        warnings=warnings,
        locks=(environment,),
        sweeps=(folders.environments, folders.specs.parent),
        needs=(Need(_ROOM, folders.environments),),
        after=lambda: {"warnings": (*warnings, *of_proof, *_of_the_cache(context, offer))},
    )


def plan_again(
    kernel: Kernel, wanted: KernelToMake, context: KernelContext, warnings: tuple[str, ...], ask: str = ""
) -> Plan:
    """Make a kernel anew beside the old one, and put it in its place: under the same name, for the same notebooks."""
    folders = context.folders
    now = kernel.environment
    if now is None or not folders.own(kernel.name, now):
        now = folders.made(kernel.name)
    environment = folders.next_environment(kernel.name, now)
    offer = _offer(wanted, context, environment, kernel.spec)
    old = now if now and now.is_dir() else None
    file = kernel.spec / "kernel.json"
    before = file.read_bytes() if file.is_file() else None
    of_proof: list[str] = []
    steps: list[Step] = [
        *_build(wanted, context, offer, of_proof, again=True),
        ReplaceSpec(offer, folders, old, before),
    ]
    if old:
        aside = partial(old, owner=folders.environment(kernel.name))
        steps.append(RemoveTree(old, aside, "Removing the old packages"))
    return Plan(
        tuple(steps),
        f"Made the kernel {kernel.name} anew. {RESTART}",
        result=_facts(wanted, environment, kernel.spec),
        questions=asking(ask),
        warnings=warnings,
        locks=(folders.environment(kernel.name),),
        sweeps=(folders.environments, folders.specs.parent),
        needs=(Need(_ROOM, folders.environments),),
        after=lambda: {"warnings": (*warnings, *of_proof, *_of_the_cache(context, offer))},
        note=f"{words}." if (words := running(kernel)) else "",
    )


def plan_removal(kernel: Kernel, folders: Folders) -> Plan:
    """Take a kernel out of Jupyter, and then its environment away if sesync made it."""
    if kernel.server:
        raise Refused(f"{kernel.name} is a kernel of the server", hint="'sesync kernel list' shows which are yours.")
    if kernel.state == "being made":
        raise Conflict(f"another run of sesync is at work on {kernel.name}", hint="Wait until it is done, or stop it.")
    steps: list[Step] = []
    if os.path.lexists(kernel.spec):
        steps.append(RemoveTree(kernel.spec, folders.aside(kernel.name), f"Taking {kernel.name} out of Jupyter"))
    kept = ""
    if kernel.managed and kernel.environment:
        left_over = kernel.state == "left over"
        aside = kernel.environment if left_over else partial(kernel.environment, owner=folders.environment(kernel.name))
        steps.append(RemoveTree(kernel.environment, aside, "Removing its packages"))
    else:
        kept = f" Its environment stays: {kernel.environment}." if kernel.environment else ""
        if left := folders.made(kernel.name):
            aside = partial(left, owner=folders.environment(kernel.name))
            steps.append(RemoveTree(left, aside, "Removing the packages that it had before"))
    return Plan(
        tuple(steps),
        f"Removed the kernel {kernel.name}.{kept}",
        result={"name": kernel.name},
        questions=asking(removal_question([kernel])),
        locks=(folders.environment(kernel.name),),
        sweeps=() if kernel.state == "left over" else (folders.environments, folders.specs.parent),
    )


def removal_question(kernels: Sequence[Kernel]) -> str:
    """Whether these kernels are to go, with the packages of those that sesync made; and which of them are running."""
    told = "".join(f"{words}: it works no more then. " for one in kernels if (words := running(one)))
    names, own = [one.name for one in kernels], [one.name for one in kernels if one.managed and one.environment]
    them = "it" if len(kernels) == 1 else "them" if own == names else _all(own)
    packages = f" and all packages in {them}" if own else ""
    return f"{told}Remove the kernel{'s' * (len(names) > 1)} {_all(names)}{packages}?"


def _all(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def facts_of(kernel: Kernel) -> dict[str, Any]:
    """A kernel that stays as it is, for programs."""
    return {
        "name": kernel.name,
        "display_name": kernel.display_name,
        "python_version": kernel.python or None,
        "environment": kernel.environment,
        "spec": kernel.spec,
    }


def _facts(wanted: KernelToMake, environment: Path, spec: Path) -> dict[str, Any]:
    """The same of a kernel that is to be made."""
    return {
        "name": wanted.name.lower(),
        "display_name": wanted.title,
        "python_version": wanted.interpreter.version,
        "environment": environment,
        "spec": spec,
    }


def _offer(wanted: KernelToMake, context: KernelContext, environment: Path, spec: Path) -> Offer:
    env = within(kernel_env(environment, wanted.interpreter.minor), context.modules) | dict(wanted.recipe.env)
    return Offer(wanted.name.lower(), wanted.title, spec, environment, env, wanted.recipe, context.version)


def _log(context: KernelContext, offer: Offer) -> Path:
    return context.caller.state / f"logs/kernel-create-{offer.name}.log"


def _of_the_cache(context: KernelContext, offer: Offer) -> tuple[str, ...]:
    """That another cache than the one asked for was used, and what it costs where packages could not be linked."""
    told, where = refusals(context.inside), offer.environment.parent
    if not was_copied(_log(context, offer)):
        return told
    cache = Path(context.inside.get("UV_CACHE_DIR") or own_cache(context.inside))
    why = f"a cache on the file system of {where} saves that (UV_CACHE_DIR says where it is)"
    if is_the_groups(cache) and not told:
        why = "a cache that a group keeps saves downloads, not disk"
    cost = size(known_size(offer.environment).alone)
    return (*told, f"its packages could not be linked from uv's cache, so this kernel takes {cost} of its own: {why}")


def _build(
    wanted: KernelToMake, context: KernelContext, offer: Offer, warnings: list[str], *, again: bool = False
) -> tuple[Step, ...]:
    """The steps that make an environment and prove it, up to where Jupyter is told; the proof may add warnings."""
    environment, owner = offer.environment, context.folders.environment(offer.name)
    spec, beside = offer.spec, partial(environment, owner=owner)
    log, bytecode = _log(context, offer), context.cache / "bytecode"
    argv, env = kernel_argv(environment, wanted.interpreter.minor), expanded(offer.env, context.caller.env)
    start = Start(argv, env, context.site.kernels_start_seconds)
    about = {"name": offer.name, "display_name": offer.display_name, **offer.recipe.public}
    return (
        MakeEnvironment(
            environment, owner, spec, wanted.interpreter, context.cache, context.inside, wanted.recipe.modules
        ),
        ResolvePackages(
            beside, wanted.required, wanted.interpreter.minor, about, context.inside, log, shown=environment
        ),
        InstallLock(beside, wanted.required, context.inside, log, shown=environment, every_byte=again),
        PlaceEnvironment(environment, owner, bytecode),
        ProveKernel(environment, start, bytecode, warnings),
    )
