"""sesync kernel check"""

from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.errors import WrongWords
from sesync_cli.kernel.cli.options import complete_kernel
from sesync_cli.kernel.context import folders
from sesync_cli.kernel.survey import find, find_kernels
from sesync_cli.kernel.verdict import some_fail, verdicts
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.kernel.verdict import Verdict


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete_kernel, help="The kernels' names.")
@click.option("--all", "every", is_flag=True, help="Check all kernels, the server's too.")
@answers(verdicts, failed=some_fail)
@click.pass_obj
def check(session: Session, names: tuple[str, ...], every: bool) -> "list[Verdict]":
    """Start kernels, to see that they work.

    Each is started as Jupyter would, has to answer, and imports every package that it has. What fails is named, with
    its reason, and the exit code is 1.
    """
    from sesync_cli.kernel.checking import check_kernels

    if every == bool(names):
        message = "--all has them all: leave out the names" if every else "which kernel?"
        raise WrongWords(message, hint="'sesync kernel check NAME' checks one, 'sesync kernel check --all' every one.")
    where = folders(session.caller, session.site)
    kernels = (
        find_kernels(where)
        if every
        else [find(name, where) for name in {name.lower(): name for name in names}.values()]
    )
    what = f"the kernel {kernels[0].name}" if len(kernels) == 1 else f"{len(kernels)} kernels"
    with screen.doing(f"Checking {what}") as report:
        return check_kernels(kernels, session.caller.env, session.site.kernels_start_seconds, report)
