"""sesync install, sesync uninstall"""

from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import plans, plans_or_answers
from sesync_cli.errors import WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.install.inventory import Held, list_packages
from sesync_cli.install.plans import plan_install, plan_uninstall
from sesync_cli.install.request import InstallRequest, UninstallRequest
from sesync_cli.kernel.options import kernel_option, python_option, requirements_option
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.terminal import terminal
from sesync_cli.view import Table, View, size


def _table(found: list[Held]) -> View:
    rows = [
        (
            f"{one.name} {one.version or ''}".strip(),
            "" if one.bytes is None else size(one.bytes),
            one.since,
            "you" if one.asked_for else "",
            ", ".join(one.needed_by),
        )
        for one in found
    ]
    return Table(("PACKAGE", "SIZE", "SINCE", "ASKED FOR BY", "NEEDED BY"), rows, empty="No packages.")


@click.command(cls=WithExamples)
@click.argument("package", nargs=-1, help="What to install: 'pandas', 'pandas>=2', an address or a file.")
@requirements_option
@python_option
@kernel_option
@click.option("-e", "--editable", metavar="FOLDER", multiple=True, help="A folder with a package, as a link to it.")
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
    editable: tuple[str, ...],
    upgrade: bool,
    listed: bool,
) -> Plan | list[Held]:
    """Install Python packages.

    They go into your own folder of the Python (~/.local), where every kernel of that Python sees them that is not
    sesync's, or with --kernel into that kernel alone.
    """
    if listed:
        if package or requirements or editable or upgrade:
            raise WrongWords("'--list' only looks", hint="Leave out the packages, or '--list'.")
        return list_packages(python, kernel, session.caller, session.site)
    wanted = InstallRequest(package, requirements, python, kernel, upgrade, editable)
    return plan_install(wanted, session.caller, session.site, screen.doing, terminal(session))


@click.command(cls=WithExamples)
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
    return plan_uninstall(UninstallRequest(package, python, kernel, keep), session.caller, session.site)
