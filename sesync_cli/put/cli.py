"""sesync put"""

import os
from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import complete_file, plans_or_answers
from sesync_cli.directory import mounted, projects
from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.put.paths import target_of
from sesync_cli.put.plans import plan_put
from sesync_cli.put.request import CheckRequest, PutRequest
from sesync_cli.put.view import verdict
from sesync_cli.session import Session

if TYPE_CHECKING:
    from sesync_cli.put.checking import Comparison


def _offered(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers as PROJECT: those linked in home, those mounted now. A broken site or home offers nothing."""
    session = Session()
    try:
        with os.scandir(session.caller.home) as entries:
            links = [one.name for one in entries if one.is_symlink()]
        names = projects(session.site, [*links, *mounted(session.site.data_root)])
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


@click.command(cls=WithExamples)
@click.argument("sources", metavar="[SRC...]", nargs=-1, shell_complete=complete_file, help="Files and folders.")
@click.argument(
    "target",
    metavar="PROJECT[:FOLDER]",
    shell_complete=_offered,
    help="Where to, as 'cooltrees' or 'cooltrees:raw/2021'.",
)
@click.option("--as", "name", metavar="NAME", default="", help="Another name for the one SRC.")
@click.option("--move", is_flag=True, help="Remove each SRC once its copy is proven, and leave a link.")
@click.option("--no-link", is_flag=True, help="With --move: leave no link.")
@click.option("--replace", is_flag=True, help="Ask about each different file that is there, instead of refusing.")
@click.option("--checksum", is_flag=True, help="Compare the contents of what is there, not only length and time.")
@click.option(
    "--manifest", is_flag=True, help="Keep SHA-256 checksums there, in SHA256SUMS; without SRC, of what is there."
)
@click.option("--check", "checking", is_flag=True, help="Compare what is there with the checksums that are kept.")
@plans_or_answers(verdict, failed=lambda checked: checked.failed)
@click.pass_obj
def put(
    session: Session,
    sources: tuple[str, ...],
    target: str,
    name: str,
    move: bool,
    no_link: bool,
    replace: bool,
    checksum: bool,
    manifest: bool,
    checking: bool,
) -> "Plan | Comparison":
    """Copy data into a data directory, verified.

    Every file is read back and compared before it gets its name. What is there already is not copied again, so after
    an interruption the same command goes on. A different file there is never overwritten unless you say so. What
    belongs to a file, as a world file does to its raster, goes along.
    """
    request = PutRequest(sources, target, name, move, not no_link, replace, checksum, manifest)
    if not checking:
        return plan_put(request, session.caller, session.site, screen.doing)
    if request != PutRequest((), target):
        target_of(target, session.caller, session.site)  # a wrong name is told first
        raise WrongWords("'--check' stands alone", hint="'sesync put --check PROJECT' or PROJECT:FOLDER.")
    from sesync_cli.put.checking import check_manifests

    return check_manifests(CheckRequest(target), session.caller, session.site, screen.doing)
