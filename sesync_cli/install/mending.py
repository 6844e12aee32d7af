"""How an install that failed could be asked for otherwise, and where on this machine that is tried."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.diagnosis.ideas import Command, in_kernel, in_new_kernel
from sesync_cli.diagnosis.remedies import remedies, those_that_work
from sesync_cli.errors import Remedy, SesyncError
from sesync_cli.install.folders import check_links
from sesync_cli.install.lists import Lists, lists_of
from sesync_cli.install.request import InstallRequest
from sesync_cli.install.usersite import NOT_FROM_HERE, UserSite, pip_env, user_site
from sesync_cli.kernel.context import interpreter
from sesync_cli.kernel.mending import new_name, ways_for
from sesync_cli.kernel.packages import NEEDED
from sesync_cli.kernel.specs import Kernel
from sesync_cli.plan import Watch, look_for_remedies
from sesync_cli.python.environments import prefixes, version_in
from sesync_cli.python.interpreters import Interpreter
from sesync_cli.python.pip_settings import pip_settings
from sesync_cli.run import run
from sesync_cli.site.settings import Site

_SECONDS = 2.0  # that pip may take to say its version
_MOST = 3  # kernels of one's own that are tried
Mends = Callable[[SesyncError], tuple[Remedy, ...]]


def mending_for_user(
    request: InstallRequest, lists: Lists, own: UserSite, project: str, caller: Caller, site: Site
) -> Mends | None:
    """What tries how else these packages could be had for a Python; `project` is the name of a kernel for it.

    None where pip is told to build what it installs, or to link to a folder, which no dry run can foresee.
    """
    env = pip_env(caller.env)
    told = pip_settings(env, prefixes(own.python))
    if told.get("no-binary") or request.editable:
        return None
    limits = tuple(f"-c {one if '://' in one else caller.cwd / one}" for one in told.get("constraint", "").split())
    wanted = lists.with_packages(request.packages)
    wanted = replace(wanted, lines=(*wanted.lines, *limits))
    ways = replace(
        ways_for(wanted, own.python, own.minor, env, caller, site),
        here=request.command,
        elsewhere=_in_new_kernel(request, [project, *request.names], caller, site),
        pip=cache(lambda: _pip_of(own.python, env)),
        newer_pip=("sesync", "install", "--upgrade", "pip", *(("--python", request.python) if request.python else ())),
    )
    return lambda error: remedies(error, ways)


def _kernels_instead(
    request: InstallRequest, python: Interpreter, kernels: Iterable[Kernel], caller: Caller, site: Site
) -> tuple[Remedy, ...]:
    """Where these packages could go if the Python takes none: a kernel of one's own, or a new one."""
    if request.editable:
        return ()
    wanted = lists_of(request.requirements).with_packages(request.packages)
    ways = replace(
        ways_for(wanted, python.executable, python.minor, pip_env(caller.env), caller, site),
        elsewhere=_in_new_kernel(request, request.names, caller, site),
    )
    name = request.names[0] if len(request.names) == 1 else ""
    yours = [(one.name, one.environment) for one in kernels if one.managed and one.works and one.environment]
    worth = [
        in_kernel(name, kernel, place / "bin/python", replace(request, python=None, kernel=kernel).command, ways)
        for kernel, place in yours[:_MOST]
    ]
    until = time.monotonic() + ways.seconds
    return those_that_work([*worth, *in_new_kernel(name, ways, same=True)], ways, until)


def place_of(
    request: InstallRequest, kernels: list[Kernel], caller: Caller, site: Site, watch: Watch
) -> tuple[UserSite, tuple[str, ...]]:
    """The user site of the Python that was asked for; where it takes no packages, the error says which kernel does."""
    found, warnings = interpreter(caller, site, request.python)
    try:
        own = user_site(found, caller.env, "A kernel has packages of its own.")
    except SesyncError as error:
        look_for_remedies(error, lambda error: _kernels_instead(request, found, kernels, caller, site), watch)
        raise
    check_links(request, own)
    return own, warnings


def mending_in_kernel(
    request: InstallRequest,
    lists: Lists,
    kernel: Kernel,
    environment: Path,
    env: Mapping[str, str],
    caller: Caller,
    site: Site,
) -> Mends | None:
    """What tries how else these packages could be had in a kernel, or with all that it has in a new one."""
    if request.editable:
        return None
    version, recipe = kernel.python or version_in(environment), kernel.recipe
    minor = ".".join(version.split(".")[:2])
    there = (*recipe.packages, *recipe.added) if recipe else ()
    links = any(word.startswith("-e ") for word in there)
    whole = kernel.managed and recipe and not (recipe.requirements or recipe.source or recipe.env or links)
    modules = recipe.modules if recipe else ()
    wanted = lists.with_packages(request.packages)
    ways = replace(
        ways_for(wanted, environment / "bin/python", minor, env, caller, site),
        here=request.command,
        elsewhere=_in_new_kernel(request, [kernel.name], caller, site, there, modules) if whole else None,
        needs=(*NEEDED, *there),
    )
    return lambda error: remedies(error, ways)


def _in_new_kernel(
    request: InstallRequest,
    wishes: list[str],
    caller: Caller,
    site: Site,
    there: tuple[str, ...] = (),
    modules: tuple[str, ...] = (),
) -> Callable[[tuple[str, ...], str], Command]:
    files = [word for file in request.requirements for word in ("-r", str(file))]
    files += [word for module in modules for word in ("--module", module)]

    def command(packages: tuple[str, ...], minor: str) -> Command:
        name = new_name([*wishes, *(file.stem for file in request.requirements)], minor, caller, site)
        return ("sesync", "kernel", "create", name, *there, *packages, *files, "--python", minor)

    return command


def _pip_of(python: Path, env: Mapping[str, str]) -> tuple[int, ...] | None:
    """The version of this Python's pip; None where it does not tell."""
    try:
        said = run(
            [str(python), "-c", f"{NOT_FROM_HERE}import pip; print(pip.__version__)"], env=env, seconds=_SECONDS
        ).out
    except SesyncError:
        return None
    return tuple(map(int, re.findall(r"\d+", said)[:2]))
