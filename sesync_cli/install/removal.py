"""The plans that uninstall packages, and with them what nothing else needs: among the user's own, or in a kernel."""

import os
from dataclasses import replace

from sesync_cli.errors import Refused
from sesync_cli.install.asked import InstallRequest, attempt, joined, package_facts
from sesync_cli.install.inventory import going_along
from sesync_cli.install.kernels import environment_of, kernel_facts, named_in, remembering
from sesync_cli.install.packages import UninstallForUser
from sesync_cli.install.usersite import UserSite
from sesync_cli.kernel.packages import NEEDED, UninstallPackages
from sesync_cli.kernel.proof import expanded
from sesync_cli.kernel.specs import Kernel
from sesync_cli.lock import scratch
from sesync_cli.plan import Plan, asking
from sesync_cli.python.distributions import Package, environment_packages, packages_in
from sesync_cli.python.environments import site_packages, version_in


def plan_uninstall(asked: InstallRequest, site: UserSite, keep: bool, warnings: tuple[str, ...]) -> Plan:
    """Uninstall from the user's own packages; what is elsewhere is refused, what is nowhere is nothing to do.

    What came along with them and nothing else needs goes too, unless it is to be kept.
    """
    visible = packages_in(site.path)
    gone = [visible[name] for name in asked.names if name in visible]
    for package in gone:
        if os.path.realpath(package.place) != os.path.realpath(site.folder):
            hint = "sesync uninstalls only what is yours; a kernel may have other versions: 'sesync kernel create'."
            raise Refused(f"{package} is not among your own packages, but in {package.place}", hint=hint)
    names = [one.name for one in gone]
    more = [] if keep else going_along(names, site.folder, site.path, site.version)
    where = f"{site.title} ({asked.short(site.base)})"
    told = package_facts([*gone, *more])
    facts = {"python": str(site.python), "version": site.version, "packages": told, "log": str(asked.log)}
    steps = (UninstallForUser(site, (*names, *(one.name for one in more)), asked.caller.env, attempt(asked, site)),)
    plan = _uninstalling(
        asked, gone, more, where, Plan(steps, "", result=facts, locks=(site.folder,), sweeps=(scratch(),))
    )
    return replace(plan, warnings=(*warnings, *plan.warnings))


def plan_kernel_uninstall(asked: InstallRequest, kernel: Kernel, keep: bool) -> Plan:
    """Uninstall from a kernel's environment, and with it what nothing else there needs, unless it is to be kept."""
    environment = environment_of(kernel, asked)
    for name in asked.names:
        if name in NEEDED:
            hint = f"To be rid of the whole kernel: 'sesync kernel remove {kernel.name}'."
            raise Refused(f"the kernel {kernel.name} cannot do without {name}", hint=hint)
    now = environment_packages(environment)
    gone = [now[name] for name in asked.names if name in now]
    names = [one.name for one in gone]
    folder = site_packages(environment)
    python = kernel.python or version_in(environment)
    more = going_along(names, folder, (), python, named_in(kernel)) if folder and not keep else []
    env = expanded(kernel.env, asked.caller.env)
    step = UninstallPackages(environment, (*names, *(one.name for one in more)), env, asked.log)
    steps = (step, *remembering(kernel, (), without=asked.names))
    plan = Plan(steps, "", result=kernel_facts(kernel, asked, [*gone, *more]), locks=(environment,))
    return _uninstalling(asked, gone, more, f"the kernel {kernel.name}", plan)


def _uninstalling(asked: InstallRequest, gone: list[Package], more: list[Package], where: str, plan: Plan) -> Plan:
    absent = [name for name in asked.names if name not in {one.name for one in gone}]
    missing = f"{joined(absent or [''])} {'is' if len(absent) == 1 else 'are'} not installed in {where}"
    if not gone:
        return replace(plan, steps=(), done=f"{missing}.")
    what = joined(map(str, [*gone, *more]))
    done = f"Uninstalled {what} from {where}. Running kernels forget it at their next start: Kernel ▸ Restart."
    warnings = (missing,) if absent else ()
    it = "it" if len(gone) == 1 else "them"
    along = f", and with {it} {joined(map(str, more))}, which nothing else needs" if more else ""
    ask = f"Uninstall {joined(map(str, gone))} from {where}{along}?"
    return replace(plan, done=done, questions=asking(ask), warnings=warnings)
