"""sesync put"""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import complete_file, plans_or_answers
from sesync_cli.directory import mounted, mounts, projects, reached
from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.plan import Plan
from sesync_cli.put.checking import Checked, check
from sesync_cli.put.errand import PutRequest, guard, place
from sesync_cli.put.putting import plan_put
from sesync_cli.session import Session
from sesync_cli.view import Page, Table, View, size

_SHOWN = 8  # files without checksums, and odd things, that are named on a terminal


def _verdict(checked: Checked) -> View:
    names = ("different", "missing", "unreadable")
    rows = [(state, _one_line(path)) for state in names for path in getattr(checked, state)]
    wrong = [f"{_summary(checked)}:", Table(("STATE", "FILE"), rows)] if rows else [f"{_summary(checked)}."]
    return Page((*wrong, *_without(checked), *_some(checked.warnings)))


def _summary(checked: Checked) -> str:
    """What came of it in a sentence, without its end."""
    wrong, folder = len(checked.different) + len(checked.missing), checked.folder
    silent = len(checked.unreadable)
    unread = f"{silent:,} {'file or folder' if silent == 1 else 'files or folders'}" if silent else ""
    if wrong:
        said = f"{wrong:,} of {checked.files:,} files in {folder} are not as their checksums say"
        return f"{said}, and {unread} cannot be read" if unread else said
    if unread:
        return f"{unread} in {folder} cannot be read"
    have = " that have checksums are as these say" if checked.without else " are as their checksums say"
    return f"All {checked.files:,} files ({size(checked.bytes)}) in {folder}{have}"


def _without(checked: Checked) -> Iterator[str]:
    count = len(checked.without)
    if count:
        one = "file has no checksums, so nobody can tell if it has"
        more = "files have no checksums, so nobody can tell if they have"
        yield f"{count:,} {one if count == 1 else more} changed:"
        yield from (f"  {line}" for line in _some(checked.without))
        yield "'sesync put --manifest' keeps checksums of what it puts, also of what is there already."


def _some(lines: tuple[str, ...]) -> list[str]:
    more = [f"and {len(lines) - _SHOWN:,} more; '--json' names them all"] if len(lines) > _SHOWN else []
    return [*map(_one_line, lines[:_SHOWN]), *more]


def _one_line(path: str) -> str:
    return path.replace("\n", "\\n")


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
@click.option("--checksum", is_flag=True, help="Compare the contents of what is there, not only length and time.")
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
    checksum: bool,
    manifest: bool,
    checking: bool,
) -> Plan | Checked:
    """Copy data into a data directory, verified.

    Every file is read back and compared before it gets its name. What is there already is not copied again, so after
    an interruption the same command goes on. A different file there is never overwritten unless you say so.
    """
    short, folder = place(project, session.site)
    if checking:
        if sources or name or move or no_link or replace or checksum or manifest:
            raise WrongWords("'--check' stands alone", hint="'sesync put --check PROJECT' or PROJECT:FOLDER.")
        directory = reached(short, session.site, screen.doing)
        with screen.doing("Comparing checksums"):
            # a server below may hang while that of the directory answers
            places = [directory, *(place for place in mounts() if directory in place.parents)]
            return check(directory, folder, guard(places, session.site))
    if not sources:
        raise WrongWords("what is to be put?", hint="'sesync put SRC... PROJECT', as in 'sesync put raw cooltrees'.")
    if no_link and not move:
        raise WrongWords("'--no-link' is for '--move'", hint="A copy leaves what you have where it is.")
    paths = tuple(_absolute(session, source) for source in sources)
    request = PutRequest(
        paths, short, folder, session.caller.home, name or "", move, not no_link, replace, manifest, checksum
    )
    return plan_put(request, session.site, screen.doing)


def _absolute(session: Session, source: str) -> Path:
    path = session.caller.cwd / Path(source)
    return Path(os.path.realpath(path)) if path.name in ("", "..") else path
