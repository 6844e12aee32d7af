"""The plans that install packages and uninstall them: among one's own for a Python, or in a kernel."""

import os
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.diagnosis.explain import InstallAttempt
from sesync_cli.errors import Refused, WrongWords
from sesync_cli.install.asked_for import asked_for, marking, names_in
from sesync_cli.install.breakage import break_question, breaks, broken
from sesync_cli.install.folders import check_links_in, check_sources
from sesync_cli.install.foresight import coming_for_user, coming_to_kernel, foreseen
from sesync_cli.install.importing import not_importable
from sesync_cli.install.inventory import going_along
from sesync_cli.install.kernel_packages import InstallPackages, UninstallPackages
from sesync_cli.install.kernels import (
    kept_words,
    kernel_facts,
    kernel_named,
    named_in,
    own_environment,
    own_facts,
    remembering,
)
from sesync_cli.install.lists import lists_of
from sesync_cli.install.mending import mending_for_user, mending_in_kernel, place_of
from sesync_cli.install.messages import (
    import_warnings,
    jupyter_question,
    risks,
    story,
    wanted_in,
)
from sesync_cli.install.neighbours import neighbours
from sesync_cli.install.packages import InstallForUser, UninstallForUser
from sesync_cli.install.programs import not_on_path
from sesync_cli.install.request import (
    InstallRequest,
    UninstallRequest,
    checked_folder,
    checked_name,
    checked_requirement,
    jupyters_own,
    package_name,
)
from sesync_cli.install.seen import seen
from sesync_cli.install.uninstalling import Departure, uninstalling
from sesync_cli.install.usersite import UserSite, pip_env, user_site
from sesync_cli.install.visibility import audience
from sesync_cli.kernel.context import interpreter, kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.kernel.packages import NEEDED
from sesync_cli.kernel.start_test import expanded
from sesync_cli.kernel.uv_cache import refusals
from sesync_cli.lock import scratch
from sesync_cli.plan import Plan, Watch, asking
from sesync_cli.prompter import Prompter
from sesync_cli.python.distributions import environment_packages, packages_in
from sesync_cli.python.environments import site_packages, version_in
from sesync_cli.site.settings import Site


def plan_install(request: InstallRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """Install what is wanted: in the kernel, if one is named, and else for a Python."""
    if not request.words and not request.requirements:
        raise WrongWords("no package is named", hint="Name one: 'sesync install PACKAGE', or '-r FILE'.")
    for word in request.packages:
        checked_requirement(word)
    for folder in request.editable:
        checked_folder(folder)
    check_sources(request)
    install = _install_in_kernel if request.kernel else _install_for_user
    return install(request, caller, site, watch, prompter)


def plan_uninstall(request: UninstallRequest, caller: Caller, site: Site) -> Plan:
    """Uninstall what is named, in the kernel or for a Python; what is not there is nothing to do.

    What came along with it and nothing else needs goes too, unless it is to be kept.
    """
    if not request.packages:
        raise WrongWords("no package is named", hint="Name one: 'sesync uninstall PACKAGE'.")
    for word in request.packages:
        checked_name(word)
    uninstall = _uninstall_in_kernel if request.kernel else _uninstall_for_user
    return uninstall(request, caller, site)


def _install_for_user(request: InstallRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    log = _log(caller, "install", [*request.packages, *request.editable], request.requirements)
    kernels = find_kernels(kernel_folders(caller, site))
    own, warnings = place_of(request, kernels, caller, site, watch)
    lists = lists_of(request.requirements)
    warnings += lists.remarks
    around = neighbours([own.folder, *own.path], own.version)
    would = foreseen(request, around, lambda: coming_for_user(own, request, lists, around, caller.env), watch, prompter)
    seen_by = audience(kernels, own, caller.cwd)
    where = f"for {own.title} ({own.base})"
    place = ("--python", request.python or own.minor)
    before = seen([own.folder])

    def after() -> dict[str, Any]:
        now, visible = seen([own.folder]), neighbours([own.folder, *own.path], own.version)
        new, again = before.came(now), before.came_again(now)
        told = story(request, new, again, visible.packages, where)
        at_risk = risks(jupyters_own([*request.names, *(one.name for one in new)]), own)
        tried, env = asked_for(request, lists, [*new, *again]), pip_env(caller.env)
        failed = not_importable(tried, own.python, env, site.kernels_start_seconds, watch)
        said = (*warnings, *seen_by.shadows(new), *at_risk, *broken(around, visible, place, own.folder))
        said += (*import_warnings(failed, *place), *not_on_path([*new, *again], own, caller))
        facts = {"done": told, "result": own_facts(own, log, [*new, *again]), "warnings": said}
        return facts if new or again else {**facts, "steps": marks}

    meant = jupyter_question(jupyters_own(request.names)) or seen_by.question(request, own.title)
    step = InstallForUser(own, request.words, lists, request.upgrade, caller.env, _attempt(request, own, log, site))
    marks = marking(own.folder, names_in(request, lists)) if own.marks else ()
    return Plan(
        (step, *marks),
        f"Installed {wanted_in(request)} {where}.",
        result=own_facts(own, log),
        note=seen_by.note(request, own.title),
        questions=asking(meant, lists.question, break_question(would)),
        warnings=(*warnings, *breaks(would)),
        locks=(own.folder,),
        sweeps=(scratch(),),
        after=after,
        mends=mending_for_user(request, lists, own, seen_by.new, caller, site),
    )


def _install_in_kernel(request: InstallRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    log = _log(caller, "install", [*request.packages, *request.editable], request.requirements)
    kernel = kernel_named(request.kernel or "", request.python, caller, site)
    environment = own_environment(kernel, request.packages)
    check_links_in(kernel, request)
    folders = [folder] if (folder := site_packages(environment)) else []
    before, lists = seen(folders), lists_of(request.requirements)
    env = expanded(kernel.env, caller.env)  # its Python may start only with what its modules set
    around = neighbours(folders, python := kernel.python or version_in(environment))
    would = foreseen(request, around, lambda: coming_to_kernel(environment, request, lists, env), watch, prompter)

    def after() -> dict[str, Any]:
        now, place = seen(folders), ("--kernel", kernel.name)
        new, again = before.came(now), before.came_again(now)
        tried = asked_for(request, lists, [*new, *again])
        failed = not_importable(tried, environment / "bin/python", env, site.kernels_start_seconds, watch)
        told = broken(around, neighbours(folders, python), place, folder)
        facts = {
            "done": story(request, new, again, now.packages, f"in the kernel {kernel.name}"),
            "result": kernel_facts(kernel, environment, log, [*new, *again]),
            "warnings": (*lists.remarks, *refusals(env), *told, *import_warnings(failed, *place)),
        }
        return facts if new or again else {**facts, "steps": keep}

    step = InstallPackages(environment, request.words, lists, request.upgrade, env, log)
    keep = remembering(kernel, [*kept_words(request, caller.cwd), *lists.names, *lists.links])
    if not kernel.managed:
        keep += marking(folder, names_in(request, lists))
    return Plan(
        (step, *keep),
        f"Installed {wanted_in(request)} in the kernel {kernel.name}.",
        result=kernel_facts(kernel, environment, log),
        questions=asking(lists.question, break_question(would)),
        warnings=(*lists.remarks, *breaks(would)),
        locks=(environment,),
        after=after,
        mends=mending_in_kernel(request, lists, kernel, environment, env, caller, site),
    )


def _uninstall_for_user(request: UninstallRequest, caller: Caller, site: Site) -> Plan:
    log = _log(caller, "uninstall", request.packages)
    found, warnings = interpreter(caller, site, request.python)
    own = user_site(found, caller.env, "A kernel has packages of its own: 'sesync kernel list'.", adds=False)
    visible = packages_in([own.folder, *own.path])
    gone = [visible[name] for name in request.names if name in visible]
    for package in gone:
        if os.path.realpath(package.place) != os.path.realpath(own.folder):
            hint = "sesync uninstalls only what is yours; a kernel may have other versions: 'sesync kernel create'."
            raise Refused(f"{package} is not among your own packages, but in {package.place}", hint=hint)
    names = [one.name for one in gone]
    more = [] if request.keep else going_along(names, own.folder, own.path, own.version)
    attempt = _attempt(request, own, log, site)
    step = UninstallForUser(own, (*names, *(one.name for one in more)), caller.env, attempt)
    facts = own_facts(own, log, [*gone, *more])
    plan = Plan((step,), "", result=facts, locks=(own.folder,), sweeps=(scratch(),))
    left = packages_in([own.folder]).keys() - {one.name for one in (*gone, *more)}
    after = packages_in(own.elsewhere) | {name: visible[name] for name in left}
    where, place = f"{own.title} ({own.base})", ("--python", request.python or own.minor)
    told = uninstalling(request, Departure(gone, more, where, place, own.version, visible, after), plan)
    return replace(told, warnings=(*warnings, *told.warnings))


def _uninstall_in_kernel(request: UninstallRequest, caller: Caller, site: Site) -> Plan:
    log = _log(caller, "uninstall", request.packages)
    kernel = kernel_named(request.kernel or "", request.python, caller, site)
    environment = own_environment(kernel, request.packages)
    for name in request.names:
        if name in NEEDED:
            hint = f"To be rid of the whole kernel: 'sesync kernel remove {kernel.name}'."
            raise Refused(f"the kernel {kernel.name} cannot do without {name}", hint=hint)
    now = environment_packages(environment)
    gone = [now[name] for name in request.names if name in now]
    names = [one.name for one in gone]
    folder = site_packages(environment)
    python = kernel.python or version_in(environment)
    more = going_along(names, folder, (), python, named_in(kernel)) if folder and not request.keep else []
    env = expanded(kernel.env, caller.env)
    step = UninstallPackages(environment, (*names, *(one.name for one in more)), env, log)
    steps = (step, *remembering(kernel, (), gone))
    facts = kernel_facts(kernel, environment, log, [*gone, *more])
    plan = Plan(steps, "", result=facts, locks=(environment,))
    after = {name: one for name, one in now.items() if one not in (*gone, *more)}
    where, place = f"the kernel {kernel.name}", ("--kernel", kernel.name)
    return uninstalling(request, Departure(gone, more, where, place, python, now, after), plan)


def _attempt(request: InstallRequest | UninstallRequest, own: UserSite, log: Path, site: Site) -> InstallAttempt:
    """What is tried, for whoever has to explain why it failed."""
    return InstallAttempt(request.packages, own.version, log, site.support)


def _log(caller: Caller, command: str, packages: Sequence[str], files: Sequence[Path] = ()) -> Path:
    first = next((package_name(word) or Path(word).stem for word in packages), "") or (
        files[0].stem if files else "package"
    )
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{command}-{re.sub(r'[^A-Za-z0-9._-]+', '_', first)[:60]}.log"
    return caller.state / "logs" / name
