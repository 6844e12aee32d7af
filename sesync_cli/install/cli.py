"""sesync install, sesync uninstall"""

import re
import time
from pathlib import Path

import click

from sesync_cli.answer import plans
from sesync_cli.errors import WrongWords
from sesync_cli.install.plans import (
    Asked,
    plan_install,
    plan_kernel_install,
    plan_kernel_uninstall,
    plan_uninstall,
)
from sesync_cli.install.requests import checked_name, checked_package, named, quoted
from sesync_cli.install.usersite import UserSite, user_site
from sesync_cli.kernel.cli.options import complete_kernel, folders, interpreter, python_option, requirements_option
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.survey import find
from sesync_cli.plan import Plan
from sesync_cli.session import Session

kernel_option = click.option(
    "--kernel", metavar="NAME", shell_complete=complete_kernel, help="The kernel, instead of your own packages."
)


@click.command()
@click.argument("package", nargs=-1, help="What to install: 'pandas', 'pandas>=2', an address or a file.")
@requirements_option
@python_option
@kernel_option
@click.option("--upgrade", is_flag=True, help="Take the newest versions of these packages.")
@plans
@click.pass_obj
def install(
    session: Session,
    package: tuple[str, ...],
    requirements: tuple[Path, ...],
    python: str | None,
    kernel: str | None,
    upgrade: bool,
) -> Plan:
    """Install Python packages.

    They go into your own folder of the Python (~/.local), or with --kernel into that kernel alone.
    """
    if not package and not requirements:
        raise WrongWords("no package is named", hint="Say which: 'sesync install PACKAGE', or '-r FILE'.")
    words = tuple(map(checked_package, package))
    asked = _asked(session, "install", words, requirements, upgrade)
    if kernel:
        return plan_kernel_install(asked, _kernel(session, kernel, python))
    site, warnings = _site(session, python, f"sesync kernel create NAME {quoted(words)}".strip())
    return plan_install(asked, site, warnings)


@click.command()
@click.argument("package", nargs=-1, required=True, help="The names of the packages.")
@python_option
@kernel_option
@plans
@click.pass_obj
def uninstall(session: Session, package: tuple[str, ...], python: str | None, kernel: str | None) -> Plan:
    """Uninstall Python packages.

    Only your own packages (~/.local) are touched, or with --kernel that kernel's.
    """
    asked = _asked(session, "uninstall", tuple(map(checked_name, package)), (), False)
    if kernel:
        return plan_kernel_uninstall(asked, _kernel(session, kernel, python))
    site, warnings = _site(session, python, "sesync kernel list")
    return plan_uninstall(asked, site, warnings)


def _asked(session: Session, command: str, words: tuple[str, ...], files: tuple[Path, ...], upgrade: bool) -> Asked:
    first = next((named(word) or Path(word).stem for word in words), "") or (files[0].stem if files else "package")
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{command}-{re.sub(r'[^A-Za-z0-9._-]+', '_', first)[:60]}.log"
    support = session.site.support_email
    return Asked(words, files, upgrade, session.env, session.home, session.state / "logs" / name, support)


def _site(session: Session, wanted: str | None, instead: str) -> tuple[UserSite, tuple[str, ...]]:
    """The user site of the Python that was asked for, or of the site's default."""
    found, warnings = interpreter(session, wanted)
    return user_site(found, session.env, f"A kernel has packages of its own: '{instead}'."), warnings


def _kernel(session: Session, name: str, python: str | None) -> Kernel:
    if python:
        raise WrongWords("a kernel has its own Python", hint="Leave out '--python', or '--kernel'.")
    return find(name, folders(session))
