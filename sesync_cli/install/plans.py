"""The plans that install packages: among the user's own, or in a kernel."""

from collections.abc import Iterable, Mapping
from typing import Any

from sesync_cli.install.asked import InstallRequest, attempt, joined, package_facts
from sesync_cli.install.audience import Audience
from sesync_cli.install.imports import not_importable
from sesync_cli.install.kernels import environment_of, kernel_facts, remembering
from sesync_cli.install.packages import InstallForUser
from sesync_cli.install.requests import jupyters_own
from sesync_cli.install.usersite import UserSite, clean
from sesync_cli.kernel.packages import InstallPackages
from sesync_cli.kernel.proof import expanded
from sesync_cli.kernel.requirements import words_in
from sesync_cli.kernel.specs import Kernel
from sesync_cli.lock import scratch
from sesync_cli.plan import Plan, asking, by_hand
from sesync_cli.python.distributions import Package, environment_packages, packages_in

Packages = Mapping[str, Package]


def plan_install(asked: InstallRequest, site: UserSite, seen_by: Audience, warnings: tuple[str, ...]) -> Plan:
    """Install among the user's own packages of this Python."""
    where = f"for {site.title} ({asked.short(site.base)})"
    facts = {"python": str(site.python), "version": site.version, "packages": (), "log": str(asked.log)}
    before = packages_in([site.folder])

    def after() -> dict[str, Any]:
        now = packages_in([site.folder])
        new = _changed(before, now)
        story = _story(asked, new, packages_in([site.folder, *site.path]), where)
        risks = _risks(jupyters_own([*asked.names, *(one.name for one in new)]), site)
        failed = not_importable(asked, new, site.python, clean(asked.caller.env))
        broken = _broken(failed, "--python", site.minor)
        said = (*warnings, *seen_by.shadows(new), *risks, *broken)
        return {"done": story, "result": facts | {"packages": package_facts(new)}, "warnings": said}

    env, tried = asked.caller.env, attempt(asked, site)
    return Plan(
        (InstallForUser(site, asked.packages, asked.requirements, asked.upgrade, env, tried),),
        f"Installed {asked.words} {where}.",
        result=facts,
        note=seen_by.note(asked, site.title),
        questions=asking(_question(jupyters_own(asked.names)) or seen_by.question(asked, site.title)),
        warnings=warnings,
        locks=(site.folder,),
        sweeps=(scratch(),),
        after=after,
    )


def plan_kernel_install(asked: InstallRequest, kernel: Kernel) -> Plan:
    """Install into a kernel's environment."""
    environment = environment_of(kernel, asked)
    before = environment_packages(environment)
    env = expanded(kernel.env, asked.caller.env)  # its Python may start only with what its modules set

    def after() -> dict[str, Any]:
        now = environment_packages(environment)
        new = _changed(before, now)
        failed = not_importable(asked, new, environment / "bin/python", env)
        return {
            "done": _story(asked, new, now, f"in the kernel {kernel.name}"),
            "result": kernel_facts(kernel, asked, new),
            "warnings": _broken(failed, "--kernel", kernel.name),
        }

    words = [*asked.packages, *(word for file in asked.requirements for word in words_in(file))]
    step = InstallPackages(environment, asked.packages, asked.requirements, asked.upgrade, env, asked.log)
    return Plan(
        (step, *remembering(kernel, words)),
        f"Installed {asked.words} in the kernel {kernel.name}.",
        result=kernel_facts(kernel, asked, []),
        locks=(environment,),
        after=after,
    )


def _changed(before: Packages, now: Packages) -> list[Package]:
    return [package for name, package in now.items() if before.get(name) != package]


def _broken(failed: Mapping[Package, str], *where: str) -> tuple[str, ...]:
    return tuple(
        f"{package.name} is installed, but cannot be imported: {said}. "
        f"'{by_hand('sesync', 'uninstall', *where, package.name)}' takes it away"
        for package, said in failed.items()
    )


def _story(asked: InstallRequest, new: list[Package], visible: Packages, where: str) -> str:
    """What is true now that the installer has ended well."""
    wanted = [package for package in new if package.name in asked.names]
    others = len(new) - len(wanted)
    if not new:
        there = [visible[name] for name in asked.names if name in visible]
        what = joined(map(str, there)) if there and not asked.requirements else asked.words
        return f"{what} {'is' if len(there) == 1 else 'are'} there already {where}."
    if not wanted:
        what = joined(map(str, new)) if others <= 5 else f"{others} packages"
    else:
        what = joined(map(str, wanted)) + (f" and {others} more" if others else "")
    it = "it" if len(new) == 1 else "them"
    return f"Installed {what} {where}. Restart the kernels that shall see {it}: Kernel ▸ Restart."


def _question(names: Iterable[str]) -> str:
    found = list(names)
    if not found:
        return ""
    return f"Jupyter itself runs on {joined(found)}, and your notebooks may stop working. Install all the same?"


def _risks(names: Iterable[str], site: UserSite) -> tuple[str, ...]:
    found = list(dict.fromkeys(names))
    if not found:
        return ()
    undo = f"'sesync uninstall --python {site.minor} {' '.join(found)}'"
    takes = "takes" if len(found) == 1 else "take"
    return (
        f"Jupyter itself runs on {joined(found)}: what is installed here {takes} the place of the server's own. "
        f"If notebooks stop working, {undo} mends it",
    )
