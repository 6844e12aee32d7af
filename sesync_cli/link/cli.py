"""sesync link, sesync unlink"""

import click

from sesync_cli import screen
from sesync_cli.answer import plans, plans_or_answers
from sesync_cli.directory import State
from sesync_cli.errors import SesyncError, WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.link.links import LinkedDirectory, find_links, folder_named, list_links
from sesync_cli.link.options import complete_project
from sesync_cli.link.plans import plan_link, plan_unlink
from sesync_cli.link.request import LinkRequest, UnlinkRequest
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.view import Table, Toned, View, bad, good, odd, size

_TONES = {State.OK: good, State.FILE: good, State.READ_ONLY: odd}  # all others are bad
_SHOWN = 5  # links to folders inside of data directories that are worth a line each


def _table(links: list[LinkedDirectory]) -> View:
    """The links to directories, and those that lead nowhere; what leads to files, or is too much, as a number."""
    inside = {link.name for link in links if link.inside and link.state in (State.OK, State.READ_ONLY)}
    files = {link.name for link in links if link.state == State.FILE}
    left = files | (inside if len(inside) > _SHOWN else set())
    rows = [(link.name, str(link.target), _state(link), _free(link)) for link in links if link.name not in left]
    what = "links to whole data directories" if links else "links"
    empty = f"No {what} yet: 'sesync link PROJECT' makes one."
    return Table(("LINK", "TO", "STATE", "FREE"), rows, empty=empty, end=_further(len(left)))


def _further(count: int) -> str:
    if not count:
        return ""
    lead = "1 link leads" if count == 1 else f"{count:,} links lead"
    return f"{lead} to what is in data directories; '--json' names them all."


def _state(link: LinkedDirectory) -> Toned:
    return _TONES.get(link.state, bad)(link.state.value)


def _free(link: LinkedDirectory) -> str:
    if link.quota_bytes is None or link.used_bytes is None or link.free_bytes is None:
        return "" if link.free_bytes is None else size(link.free_bytes)
    left = min(max(0, link.quota_bytes - link.used_bytes), link.free_bytes)
    return f"{size(left)} of {size(link.quota_bytes)}"


def _links(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers to unlink: the links in the folder. A broken site or home offers nothing."""
    session = Session()
    try:
        folder = folder_named(context.params.get("folder") or "", session.caller)
        names = [link.at.name for link in find_links(folder, session.site.data_root)]
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


_in = click.option("--in", "folder", metavar="DIR", default="", help="The folder of the link; without it, your home.")


@click.command(cls=WithExamples)
@click.argument(
    "project", required=False, shell_complete=complete_project, help="As 'cooltrees'; without it, list the links."
)
@click.option("--as", "name", metavar="NAME", default="", help="The link's name; else the data directory's.")
@_in
@click.option("--replace", is_flag=True, help="Put it in the place of another link of that name.")
@plans_or_answers(_table)
@click.pass_obj
def link(session: Session, project: str | None, name: str, folder: str, replace: bool) -> Plan | list[LinkedDirectory]:
    """Link a project's data directory.

    The link is in your home and is called as the directory is. Without PROJECT: your links, and how their data is.
    """
    if project is None:
        if name or replace:
            raise WrongWords("which project?", hint="'sesync link PROJECT' with the project's short name.")
        return list_links(folder, session.caller, session.site, screen.doing)
    return plan_link(LinkRequest(project, name, folder, replace), session.caller, session.site, screen.doing)


@click.command(cls=WithExamples)
@click.argument("name", shell_complete=_links, help="The link's name, or its project's.")
@_in
@plans
@click.pass_obj
def unlink(session: Session, name: str, folder: str) -> Plan:
    """Remove the link to a data directory.

    The data stays where it is. Nothing but a link to a data directory is ever removed.
    """
    return plan_unlink(UnlinkRequest(name, folder), session.caller, session.site, screen.doing)
