"""sesync open"""

from collections.abc import Sequence

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.commands import COMMANDS
from sesync_cli.errors import SesyncError
from sesync_cli.help import WithExamples
from sesync_cli.link.options import complete_project
from sesync_cli.open.browser import show_page
from sesync_cli.open.finding import OF_PROJECTS, find_place
from sesync_cli.open.place import PLACES, Destination, NamedPlace, named_places
from sesync_cli.open.view import opened
from sesync_cli.session import Session
from sesync_cli.terminal import terminal


def _places(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers as PLACE: those that the site names. A broken one offers nothing."""
    try:
        names = [one.place for one in named_places(Session().site)]
    except SesyncError:
        return []
    return [name for name in names if name.startswith(incomplete.lower())]


def _words(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers behind it: commands to be helped with, or projects."""
    place, words = context.params.get("place"), context.params.get("project")
    if words or not place:
        return []
    if place.lower() == "help":
        return [name for name in COMMANDS if name.startswith(incomplete)]
    return complete_project(context, parameter, incomplete) if place.lower() in OF_PROJECTS else []


@click.command("open", cls=WithExamples)
@click.argument("place", required=False, shell_complete=_places, help=f"One of {', '.join(PLACES)}; else all of them.")
@click.argument(
    "project",
    nargs=-1,
    metavar="[PROJECT]",
    shell_complete=_words,
    help="As 'cooltrees'. Of gitlab also GROUP/NAME, and else the repository that you are in; of help any words.",
)
@answers(opened)
@click.pass_obj
def open_(session: Session, place: str | None, project: tuple[str, ...]) -> Destination | Sequence[NamedPlace]:
    """Open the centre's pages, or upload files.

    It prints the address; a browser shows the page where you have one on this screen. 'files' also says what to type on
    your own computer for what is too large for a browser.
    """
    if place is None:
        return named_places(session.site)
    prompter = terminal(session)
    found = find_place(place, project, session.caller, session.site, screen.doing, prompter)
    if found.url and prompter.watched:
        show_page(found.url, session.caller.env)
    return found
