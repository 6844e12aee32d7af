"""sesync where"""

import click

from sesync_cli import screen
from sesync_cli.answer import answers, complete_file
from sesync_cli.help import WithExamples
from sesync_cli.session import Session
from sesync_cli.where import view
from sesync_cli.where.answer import Answer, look_at
from sesync_cli.where.locations import WhereContext


@click.command(cls=WithExamples)
@click.argument(
    "path", nargs=-1, shell_complete=complete_file, help="Files and folders; without one, the folder that you are in."
)
@answers(view.page)
@click.pass_obj
def where(session: Session, path: tuple[str, ...]) -> Answer:
    """Say where files should be, and why.

    For each file: what it is, where it is now, where the site's rules want it, why, and the command that does it. Of a
    folder: how much there is of what, and all that belongs elsewhere. Nothing is changed.
    """
    return look_at(path or (".",), _context(session), screen.doing)


def _context(session: Session) -> WhereContext:
    root = click.get_current_context().find_root().command
    database = isinstance(root, click.Group) and "db" in root.commands
    return WhereContext(session.caller, session.site, database)
