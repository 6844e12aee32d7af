"""What can be wrong with packages: one's own that break what they are seen by, and the index that they come from."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.diagnosis.diagnose import Diagnosis, LogContext, diagnose
from sesync_cli.diagnosis.dry_run import HASTY
from sesync_cli.install.neighbours import Unmet, neighbours
from sesync_cli.install.request import jupyters_own
from sesync_cli.install.visibility import UserSiteView, around_user_site
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.kernel.specs import Kernel
from sesync_cli.plan import Watch, by_hand
from sesync_cli.python.distributions import Package, packages_in
from sesync_cli.python.environments import user_folders
from sesync_cli.python.pip_settings import is_on, pip_settings
from sesync_cli.python.uv import uv
from sesync_cli.run import ProgramFailed, run
from sesync_cli.site.settings import Site

_ASKED = "pip"  # every index has it


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """One's own packages for every Python, and the way to new ones."""
    return (
        Check("packages", site.kernels_start_seconds, lambda: _packages(caller, site)),
        Check("index", 2 * site.data_patience_seconds, lambda: _index(caller, site)),
    )


def _packages(caller: Caller, site: Site) -> Iterator[Finding]:
    folders = user_folders(caller)
    kernels = find_kernels(kernel_folders(caller, site)) if folders else []
    for version, folder in folders.items():
        told: set[str] = set()
        for kernel in kernels:
            around = around_user_site(kernel, version)
            for name, finding in _of_kernel(kernel, around, version, folder) if around else ():
                if name not in told:
                    told.add(name)
                    yield finding


def _of_kernel(kernel: Kernel, around: UserSiteView, version: str, folder: Path) -> Iterator[tuple[str, Finding]]:
    """Each package of one's own that takes the place of this kernel's in a way that matters, with what there is to say.

    Another version of what no more than works is what people install it for.
    """
    bare = neighbours([*around.before, *around.behind], version)
    full = neighbours([*around.before, folder, *around.behind], version)
    mine = packages_in([folder])
    for need in bare.broken_in(full):
        if full.packages[need.package].place != folder and need.needs in mine:
            yield need.needs, _breaks(need, mine[need.needs], kernel, version)
    for name in jupyters_own(mine):
        hidden, seen = bare.packages.get(name), full.packages.get(name)
        if kernel.server and hidden and seen == mine[name] and hidden.version != seen.version:
            yield name, _shadows(mine[name], hidden, kernel, version)


def _breaks(need: Unmet, package: Package, kernel: Kernel, version: str) -> Finding:
    whose = "the server's kernel" if kernel.server else "the kernel"
    message = f"your own {package} breaks {whose} {kernel.name}, where {need}"
    why = "Its notebooks may not start, and JupyterLab itself may not." if kernel.server else "It may not start."
    return _taken_away(Finding("breaks a kernel", message, why=why), package, version)


def _shadows(package: Package, hidden: Package, kernel: Kernel, version: str) -> Finding:
    message = f"your own {package} takes the place of the server's {hidden}, on which Jupyter itself runs"
    finding = Finding("shadows Jupyter", message, why="If notebooks stop working, this is why.", broken=False)
    return _taken_away(finding, package, version)


def _taken_away(finding: Finding, package: Package, version: str) -> Finding:
    way = by_hand("sesync", "uninstall", "--python", version, package.name)
    return replace(finding, hint=f"'{way}' takes it away.", command=way)


def _index(caller: Caller, site: Site) -> Iterator[Finding]:
    """That uv cannot go where pip would go for packages, and why."""
    told = pip_settings(caller.env)
    if is_on(told.get("no-index", "")) or caller.env.get("UV_OFFLINE"):
        return
    words = ("--quiet", "--no-deps", "--no-cache", "--no-header", "--python", sys.executable)
    argv, env = uv("pip", "compile", "-", *words, env={**caller.env, **HASTY})
    try:
        run(argv, env=env, said=f"{_ASKED}\n", seconds=2 * site.data_patience_seconds)
    except ProgramFailed as failure:
        found = diagnose(failure.output.out + failure.output.err, LogContext((_ASKED,)))
        if found and found.kind == "network":
            yield _unreachable(found, "index-url" in told, site)


def _unreachable(found: Diagnosis, is_named: bool, site: Site) -> Finding:
    own = "'pip config list' shows what your pip is told of it. " if is_named else ""
    way = by_hand("sesync", "report", found.message)
    hint = f"{own}If it stays so, '{way}' drafts a mail to {site.support}."
    return Finding("index", found.message, hint, why="No package can be installed, and no kernel made.", command=way)
