"""The plans that install and uninstall packages: among the user's own, or in a kernel."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady, Refused
from sesync_cli.install.hints import Attempt
from sesync_cli.install.packages import InstallForUser, UninstallForUser
from sesync_cli.install.requests import jupyters_own, named, quoted
from sesync_cli.install.usersite import Package, UserSite, packages_in
from sesync_cli.kernel.offer import RememberAdded
from sesync_cli.kernel.packages import NEEDED, InstallPackages, UninstallPackages
from sesync_cli.kernel.proof import expanded
from sesync_cli.kernel.requirements import words_in
from sesync_cli.kernel.size import site_packages
from sesync_cli.kernel.specs import Kernel
from sesync_cli.lock import scratch
from sesync_cli.plan import Plan, Step

Packages = Mapping[str, Package]


@dataclass(frozen=True)
class Asked:
    """The packages that somebody names, the caller's environment and home, the log, and whom to ask for help."""

    packages: tuple[str, ...]
    requirements: tuple[Path, ...]
    upgrade: bool
    env: Mapping[str, str]
    home: Path
    log: Path
    support: str

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name in map(named, self.packages) if name))

    @property
    def words(self) -> str:
        """What is asked for, for a sentence."""
        return _joined([*self.packages, *(f"what {file.name} asks for" for file in self.requirements)])

    def short(self, path: Path) -> str:
        """The path as people say it, with ~ for their home."""
        return str(Path("~", path.relative_to(self.home))) if path.is_relative_to(self.home) else str(path)


def plan_install(asked: Asked, site: UserSite, warnings: tuple[str, ...]) -> Plan:
    """Install among the user's own packages of this Python."""
    where = f"for {site.title} ({asked.short(site.base)})"
    facts = {"python": str(site.python), "version": site.version, "packages": (), "log": str(asked.log)}
    before = packages_in([site.folder])

    def after() -> dict[str, Any]:
        now = packages_in([site.folder])
        new = _changed(before, now)
        story = _story(asked, new, packages_in([site.folder, *site.path]), where)
        risks = _risks(jupyters_own([*asked.names, *(one.name for one in new)]), site)
        return {"done": story, "result": facts | {"packages": _facts(new)}, "warnings": (*warnings, *risks)}

    return Plan(
        (InstallForUser(site, asked.packages, asked.requirements, asked.upgrade, asked.env, _attempt(asked, site)),),
        f"Installed {asked.words} {where}.",
        result=facts,
        ask=_question(jupyters_own(asked.names)),
        warnings=warnings,
        owner=site.folder,
        sweeps=(scratch(),),
        after=after,
    )


def plan_uninstall(asked: Asked, site: UserSite, warnings: tuple[str, ...]) -> Plan:
    """Uninstall from the user's own packages; what is elsewhere is refused, what is nowhere is nothing to do."""
    visible = packages_in(site.path)
    gone = [visible[name] for name in asked.names if name in visible]
    for package in gone:
        if os.path.realpath(package.place) != os.path.realpath(site.folder):
            hint = "sesync uninstalls only what is yours; a kernel may have other versions: 'sesync kernel create'."
            raise Refused(f"{package} is not among your own packages, but in {package.place}", hint=hint)
    where = f"{site.title} ({asked.short(site.base)})"
    facts = {"python": str(site.python), "version": site.version, "packages": _facts(gone), "log": str(asked.log)}
    steps = (UninstallForUser(site, tuple(one.name for one in gone), asked.env, _attempt(asked, site)),)
    plan = _uninstalling(asked, gone, where, Plan(steps, "", result=facts, owner=site.folder, sweeps=(scratch(),)))
    return replace(plan, warnings=(*warnings, *plan.warnings))


def plan_kernel_install(asked: Asked, kernel: Kernel) -> Plan:
    """Install into a kernel's environment."""
    environment = _environment(kernel, asked)
    before = _in_kernel(environment)

    def after() -> dict[str, Any]:
        now = _in_kernel(environment)
        new = _changed(before, now)
        return {
            "done": _story(asked, new, now, f"in the kernel {kernel.name}"),
            "result": _kernel_facts(kernel, asked, new),
        }

    env = expanded(kernel.env, asked.env)  # its Python may start only with what its modules set
    words = [*asked.packages, *(word for file in asked.requirements for word in words_in(file))]
    step = InstallPackages(environment, asked.packages, asked.requirements, asked.upgrade, env, asked.log)
    return Plan(
        (step, *_remembering(kernel, words)),
        f"Installed {asked.words} in the kernel {kernel.name}.",
        result=_kernel_facts(kernel, asked, []),
        owner=environment,
        after=after,
    )


def plan_kernel_uninstall(asked: Asked, kernel: Kernel) -> Plan:
    """Uninstall from a kernel's environment."""
    environment = _environment(kernel, asked)
    for name in asked.names:
        if name in NEEDED:
            hint = f"To be rid of the whole kernel: 'sesync kernel remove {kernel.name}'."
            raise Refused(f"the kernel {kernel.name} cannot do without {name}", hint=hint)
    now = _in_kernel(environment)
    gone = [now[name] for name in asked.names if name in now]
    env = expanded(kernel.env, asked.env)
    step = UninstallPackages(environment, tuple(one.name for one in gone), env, asked.log)
    steps = (step, *_remembering(kernel, (), without=asked.names))
    plan = Plan(steps, "", result=_kernel_facts(kernel, asked, gone), owner=environment)
    return _uninstalling(asked, gone, f"the kernel {kernel.name}", plan)


def _uninstalling(asked: Asked, gone: list[Package], where: str, plan: Plan) -> Plan:
    absent = [name for name in asked.names if name not in {one.name for one in gone}]
    missing = f"{_joined(absent or [''])} {'is' if len(absent) == 1 else 'are'} not installed in {where}"
    if not gone:
        return replace(plan, steps=(), done=f"{missing}.")
    what = _joined(map(str, gone))
    done = f"Uninstalled {what} from {where}. Running kernels forget it at their next start: Kernel ▸ Restart."
    warnings = (missing,) if absent else ()
    return replace(plan, done=done, ask=f"Uninstall {what} from {where}?", warnings=warnings)


def _remembering(kernel: Kernel, more: Iterable[str], without: Iterable[str] = ()) -> tuple[Step, ...]:
    """Keep in the recipe of a kernel of sesync's what it has beside what it was made with."""
    if not kernel.managed or kernel.recipe is None or kernel.environment is None:
        return ()
    names = set(without) | set(map(named, more := list(more)))
    added = tuple(dict.fromkeys([*(one for one in kernel.recipe.added if named(one) not in names), *more]))
    return (RememberAdded(kernel.spec, kernel.environment, added),) if added != kernel.recipe.added else ()


def _environment(kernel: Kernel, asked: Asked) -> Path:
    """Where the kernel's packages are; an error where they are not the user's to change, or not known."""
    if kernel.server:
        hint = f"Make one of your own: 'sesync kernel create NAME {quoted(asked.packages)}".rstrip() + "'."
        raise Refused(f"{kernel.name} is a kernel of the server", hint=hint)
    if not (kernel.works or kernel.state in ("not in Jupyter", "no ipykernel")):
        hint = f"'sesync kernel repair {kernel.name}' mends it."
        raise NotReady(f"the kernel {kernel.name} is broken: {kernel.trouble.problem}", hint=hint)
    if kernel.environment and (kernel.environment / "pyvenv.cfg").exists():
        return kernel.environment
    if kernel.environment:
        hint = f"Type 'conda install --prefix {kernel.environment} PACKAGE'."
        raise Refused(f"the kernel {kernel.name} is a conda environment", hint=hint)
    hint = f"It runs {kernel.argv[0]}; without '--kernel', 'sesync install --python' may install for that Python."
    raise Refused(f"the kernel {kernel.name} has no packages of its own", hint=hint)


def _in_kernel(environment: Path) -> Packages:
    folder = site_packages(environment)
    return packages_in([folder]) if folder else {}


def _attempt(asked: Asked, site: UserSite) -> Attempt:
    return Attempt(asked.packages, site.title, site.version, site.folder, asked.log, asked.support)


def _changed(before: Packages, now: Packages) -> list[Package]:
    return [package for name, package in now.items() if before.get(name) != package]


def _story(asked: Asked, new: list[Package], visible: Packages, where: str) -> str:
    """What is true now that the installer has ended well."""
    wanted = [package for package in new if package.name in asked.names]
    others = len(new) - len(wanted)
    if not new:
        there = [visible[name] for name in asked.names if name in visible]
        what = _joined(map(str, there)) if there and not asked.requirements else asked.words
        return f"{what} {'is' if len(there) == 1 else 'are'} there already {where}."
    if not wanted:
        what = _joined(map(str, new)) if others <= 5 else f"{others} packages"
    else:
        what = _joined(map(str, wanted)) + (f" and {others} more" if others else "")
    it = "it" if len(new) == 1 else "them"
    return f"Installed {what} {where}. Restart the kernels that shall see {it}: Kernel ▸ Restart."


def _question(names: Iterable[str]) -> str:
    found = list(names)
    if not found:
        return ""
    return f"Jupyter itself runs on {_joined(found)}, and your notebooks may stop working. Install all the same?"


def _risks(names: Iterable[str], site: UserSite) -> tuple[str, ...]:
    found = list(dict.fromkeys(names))
    if not found:
        return ()
    undo = f"'sesync uninstall --python {site.title.removeprefix('Python ')} {' '.join(found)}'"
    takes = "takes" if len(found) == 1 else "take"
    return (
        f"Jupyter itself runs on {_joined(found)}: what is installed here {takes} the place of the server's own. "
        f"If notebooks stop working, {undo} mends it",
    )


def _kernel_facts(kernel: Kernel, asked: Asked, packages: list[Package]) -> dict[str, Any]:
    return {"kernel": kernel.name, "version": kernel.python, "packages": _facts(packages), "log": str(asked.log)}


def _facts(packages: list[Package]) -> list[dict[str, str]]:
    return [{"name": package.name, "version": package.version} for package in packages]


def _joined(words: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last
