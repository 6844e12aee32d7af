"""Which kernels a project's code is run with: those that the group shares, else what the code itself asks for."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.clone.next_steps import asks_for_packages
from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.home.kernels import places_of
from sesync_cli.kernel.in_jupyterlab import reload
from sesync_cli.kernel.making import facts_of
from sesync_cli.kernel.plans import plan_create
from sesync_cli.kernel.recipe import name_of
from sesync_cli.kernel.request import CreateRequest
from sesync_cli.kernel.shared import shared_by
from sesync_cli.kernel.sharing import shared_kernels, told_repository
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import checked
from sesync_cli.parted import PlanPart
from sesync_cli.plan import Plan, by_hand
from sesync_cli.start.context import KERNEL, StartContext
from sesync_cli.steps import later

_MOST = 3  # kernels of a group that are all made


@dataclass(frozen=True)
class SharedKernel:
    """A kernel that a project shares, and the repository that it is for; empty where it is for all."""

    name: str
    lock: Path
    repository: str

    def is_for(self, repository: str) -> bool:
        """Whether it is for the code in this repository."""
        return self.repository in ("", repository) or self.name == _last(repository)


def is_name(text: str) -> bool:
    """Whether a kernel can be called so: others may have made folders, and notebooks, of any name."""
    try:
        return bool(checked(text, "kernel"))
    except WrongWords:
        return False


def kernels_shared(directory: Path | None) -> list[SharedKernel]:
    """Those that a data directory has."""
    found = shared_kernels(directory) if directory else {}
    return [SharedKernel(name, lock, told_repository(lock)) for name, lock in found.items() if is_name(name)]


def worth_making(shared: Sequence[SharedKernel], project: str, repositories: Sequence[str]) -> list[SharedKernel]:
    """All, or where these are many, those for this code: by the repository that they tell, or by their name."""
    if len(shared) <= _MOST:
        return list(shared)
    names = {_last(one) for one in (project, *repositories)}
    return [one for one in shared if one.repository in repositories or one.name in names]


@dataclass(frozen=True)
class KernelParts:
    """Makes the parts of a start that are kernels."""

    context: StartContext
    existing: Sequence[Kernel]

    def of_group(self, shared: SharedKernel) -> PlanPart:
        """The kernel that the group shares."""
        by = shared_by(shared.lock)
        request = CreateRequest(source=f"{self.context.project}:{shared.name}")
        return self._part(
            request, shared.name, shared.lock, f"make {shared.name}, which {by.partition(' on ')[0]} has shared"
        )

    def of_folder(self, folder: Path) -> PlanPart | None:
        """The kernel that a folder asks for; None if it asks for none."""
        if not asks_for_packages(folder):
            return None
        request, says = CreateRequest(source=str(folder)), f"make one with the packages that {folder} asks for"
        try:
            part = self._part(request, name_of(folder), folder, says)
        except SesyncError as error:  # no kernel can be called as the folder is
            part = PlanPart(KERNEL, says, failure=error)
        return replace(part, folder=folder)

    def of_clone(self, folder: Path, repository: str, clone: PlanPart) -> PlanPart:
        """The kernel that a clone will ask for, if it does, once it is there."""

        def make() -> Plan:
            part = self.of_folder(folder)
            if part is None:
                return Plan((), f"{folder} asks for no packages.")
            if part.failure:
                raise part.failure
            return part.plan if part.is_wanted else Plan((), f"It is run by {part.says}.", part.result or {})

        shown = f"{by_hand('sesync', 'kernel', 'create', '--from', folder)}  # if it asks for packages"
        plan = later(make, "Looking at what the code asks for", shown)
        says = f"make one with the packages that {repository} asks for"
        return PlanPart(KERNEL, says, plan, folder=folder, rests_on=(clone,))

    def _part(self, request: CreateRequest, name: str, place: Path, says: str) -> PlanPart:
        have = self._of_place(place)
        if have and have.name != name:
            return _there(have)
        try:
            plan = self._plan(request)
        except SesyncError as error:
            have = have or next((one for one in self._working if one.managed and one.name == name), None)
            if have:
                return _there(have, (error.warning,))
            way = by_hand("sesync", "kernel", "create", "NAME", "--from", request.source)
            error.hint = error.hint.replace("Choose another name", f"'{way}' makes it under another name")
            return PlanPart(KERNEL, says, failure=error)
        if not plan.steps:
            return PlanPart(KERNEL, f"the kernel {plan.result['name']}", result=plan.result)
        shown = "\n".join(map(str, plan.steps))
        return PlanPart(KERNEL, says, later(lambda: self._plan(request), "Making the kernel", shown))

    @property
    def _working(self) -> list[Kernel]:
        return [one for one in self.existing if one.works]

    def _of_place(self, place: Path) -> Kernel | None:
        """The kernel that was made from this place or is in it, whoever made it, if it works."""
        real = Path(os.path.realpath(place))
        for one in self._working:
            if any(Path(os.path.realpath(at)).is_relative_to(real) for at in places_of(one)):
                return one
        return None

    def _plan(self, request: CreateRequest) -> Plan:
        """The plan, which leaves it to the end of all to say what to do in JupyterLab."""
        context = self.context
        plan = plan_create(request, context.caller, context.site, context.watch)
        return replace(plan, done=plan.done.removesuffix(f" {reload(plan.result['display_name'])}"))


def _there(kernel: Kernel, warnings: tuple[str, ...] = ()) -> PlanPart:
    return PlanPart(KERNEL, f"the kernel {kernel.name}", result=facts_of(kernel), warnings=warnings)


def _last(repository: str) -> str:
    """A repository's own name, as a kernel made in its clone has it."""
    return repository.rpartition("/")[2].removesuffix(".git").lower()
