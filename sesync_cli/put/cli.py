"""sesync put"""

import os
from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import complete_file, plans_or_answers
from sesync_cli.directory import mounted, projects, reached
from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.plan import Plan
from sesync_cli.put.errand import Errand, guard, place
from sesync_cli.put.putting import plan_put
from sesync_cli.put.sums import Checked, check
from sesync_cli.session import Session
from sesync_cli.view import Page, Table, View, size


def _verdict(checked: Checked) -> View:
    names = ("different", "missing", "unreadable")
    rows = [(state, path) for state in names for path in getattr(checked, state)]
    if not rows:
        return f"All {checked.files:,} files ({size(checked.bytes)}) in {checked.folder} are as their checksums say."
    wrong = f"{len(rows):,} of {checked.files:,} files in {checked.folder} are not as their checksums say:"
    return Page((wrong, Table(("STATE", "FILE"), rows)))


def _offered(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers as PROJECT: those linked in home, those mounted now. A broken site or home offers nothing."""
    session = Session()
    try:
        with os.scandir(session.home) as entries:
            links = [one.name for one in entries if one.is_symlink()]
        names = projects(session.site, [*links, *mounted(session.site.data_root)])
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


@click.command()
@click.argument("sources", metavar="SRC...", nargs=-1, shell_complete=complete_file, help="Files and folders.")
@click.argument(
    "project",
    metavar="PROJECT[:FOLDER]",
    shell_complete=_offered,
    help="Where to, as 'cooltrees' or 'cooltrees:raw/2021'.",
)
@click.option("--as", "name", metavar="NAME", help="Another name for the one SRC.")
@click.option("--move", is_flag=True, help="Remove each SRC once its copy is proven, and leave a link.")
@click.option("--no-link", is_flag=True, help="With --move: leave no link.")
@click.option("--replace", is_flag=True, help="Ask about each different file that is there, instead of refusing.")
@click.option("--manifest", is_flag=True, help="Keep SHA-256 checksums there, in the file SHA256SUMS.")
@click.option("--check", "checking", is_flag=True, help="Compare what is there with the checksums that are kept.")
@plans_or_answers(_verdict, failed=lambda checked: checked.failed)
@click.pass_obj
def put(
    session: Session,
    sources: tuple[str, ...],
    project: str,
    name: str | None,
    move: bool,
    no_link: bool,
    replace: bool,
    manifest: bool,
    checking: bool,
) -> Plan | Checked:
    """Copy data into a data directory, verified.

    Every file is read back and compared before it gets its name. What is there already is not copied again, so after
    an interruption the same command goes on. A different file there is never overwritten unless you say so.
    """
    short, folder = place(project, session.site)
    if checking:
        if sources or name or move or no_link or replace or manifest:
            raise WrongWords("'--check' stands alone", hint="'sesync put --check PROJECT' or PROJECT:FOLDER.")
        directory = reached(short, session.site, screen.doing)
        with screen.doing("Comparing checksums"):
            return check(directory, folder, guard([directory], session.site))
    if not sources:
        raise WrongWords("what is to be put?", hint="'sesync put SRC... PROJECT', as in 'sesync put raw cooltrees'.")
    if no_link and not move:
        raise WrongWords("'--no-link' is for '--move'", hint="A copy leaves what you have where it is.")
    paths = tuple(_absolute(session, source) for source in sources)
    errand = Errand(paths, short, folder, session.home, name or "", move, not no_link, replace, manifest)
    return plan_put(errand, session.site, screen.doing)


def _absolute(session: Session, source: str) -> Path:
    path = session.cwd / Path(source)
    return Path(os.path.realpath(path)) if path.name in ("", "..") else path
