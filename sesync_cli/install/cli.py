"""sesync install, sesync uninstall"""

import re
import time
from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import plans, plans_or_answers
from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.install.asked import InstallRequest
from sesync_cli.install.audience import audience
from sesync_cli.install.inventory import Held, inventory
from sesync_cli.install.kernels import named_in
from sesync_cli.install.plans import plan_install, plan_kernel_install
from sesync_cli.install.removal import plan_kernel_uninstall, plan_uninstall
from sesync_cli.install.requests import checked_name, checked_package, named, quoted
from sesync_cli.install.usersite import UserSite, user_site
from sesync_cli.kernel.context import folders, interpreter
from sesync_cli.kernel.options import kernel_option, python_option, requirements_option
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.survey import find, find_kernels
from sesync_cli.plan import Plan
from sesync_cli.python.environments import site_packages
from sesync_cli.session import Session
from sesync_cli.view import Table, View, size


def _table(held: list[Held]) -> View:
    rows = [
        (
            f"{one.name} {one.version}".strip(),
            "" if one.bytes is None else size(one.bytes),
            one.since,
            "you" if one.asked_for else "",
            ", ".join(one.needed_by),
        )
        for one in held
    ]
    return Table(("PACKAGE", "SIZE", "SINCE", "ASKED FOR BY", "NEEDED BY"), rows, empty="No packages.")


@click.command()
@click.argument("package", nargs=-1, help="What to install: 'pandas', 'pandas>=2', an address or a file.")
@requirements_option
@python_option
@kernel_option
@click.option("--upgrade", is_flag=True, help="Take the newest versions of these packages.")
@click.option("--list", "listed", is_flag=True, help="List what is installed there, and what needs it.")
@plans_or_answers(_table)
@click.pass_obj
def install(
    session: Session,
    package: tuple[str, ...],
    requirements: tuple[Path, ...],
    python: str | None,
    kernel: str | None,
    upgrade: bool,
    listed: bool,
) -> Plan | list[Held]:
    """Install Python packages.

    They go into your own folder of the Python (~/.local), where every kernel of that Python sees them that is not
    sesync's, or with --kernel into that kernel alone.
    """
    if listed:
        return _held(session, bool(package or requirements or upgrade), python, kernel)
    if not package and not requirements:
        raise WrongWords("no package is named", hint="Say which: 'sesync install PACKAGE', or '-r FILE'.")
    words = tuple(map(checked_package, package))
    asked = _asked(session, "install", words, requirements, upgrade)
    if kernel:
        return plan_kernel_install(asked, _kernel(session, kernel, python))
    site, warnings = _site(session, python, f"sesync kernel create NAME {quoted(words)}".strip())
    kernels = find_kernels(folders(session.caller, session.site))
    return plan_install(asked, site, audience(kernels, site, session.caller.cwd), warnings)


@click.command()
@click.argument("package", nargs=-1, required=True, help="The names of the packages.")
@python_option
@kernel_option
@click.option("--keep-dependencies", "keep", is_flag=True, help="Leave what came along with them.")
@plans
@click.pass_obj
def uninstall(session: Session, package: tuple[str, ...], python: str | None, kernel: str | None, keep: bool) -> Plan:
    """Uninstall Python packages.

    Only your own packages (~/.local) are touched, or with --kernel that kernel's. What came along with them goes too,
    if nothing else needs it and nobody has asked for it by name.
    """
    asked = _asked(session, "uninstall", tuple(map(checked_name, package)), (), False)
    if kernel:
        return plan_kernel_uninstall(asked, _kernel(session, kernel, python), keep)
    site, warnings = _site(session, python, "sesync kernel list")
    return plan_uninstall(asked, site, keep, warnings)


def _held(session: Session, more: bool, python: str | None, kernel: str | None) -> list[Held]:
    if more:
        raise WrongWords("'--list' only looks", hint="Leave out the packages, or '--list'.")
    if kernel:
        one = _kernel(session, kernel, python)
        folder = site_packages(one.environment) if one.environment else None
        if folder is None:
            raise NotReady(f"the kernel {one.name} has no packages of its own", hint="Leave out '--kernel'.")
        return inventory(folder, one.python, named_in(one))
    found, _ = interpreter(session.caller, session.site, python)
    site = user_site(found, session.caller.env, "A kernel has packages of its own: 'sesync kernel list'.", writes=False)
    return inventory(site.folder, site.version)


def _asked(
    session: Session, command: str, words: tuple[str, ...], files: tuple[Path, ...], upgrade: bool
) -> InstallRequest:
    first = next((named(word) or Path(word).stem for word in words), "") or (files[0].stem if files else "package")
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{command}-{re.sub(r'[^A-Za-z0-9._-]+', '_', first)[:60]}.log"
    log, site = session.caller.state / "logs" / name, session.site
    seconds = site.kernels_start_seconds
    return InstallRequest(words, files, upgrade, session.caller, log, site.support, seconds, screen.doing)


def _site(session: Session, wanted: str | None, instead: str) -> tuple[UserSite, tuple[str, ...]]:
    """The user site of the Python that was asked for, or of the site's default."""
    found, warnings = interpreter(session.caller, session.site, wanted)
    return user_site(found, session.caller.env, f"A kernel has packages of its own: '{instead}'."), warnings


def _kernel(session: Session, name: str, python: str | None) -> Kernel:
    if python:
        raise WrongWords("a kernel has its own Python", hint="Leave out '--python', or '--kernel'.")
    return find(name, folders(session.caller, session.site))
