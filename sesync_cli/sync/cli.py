"""sesync sync"""

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.errors import SesyncError
from sesync_cli.git.folders import work_trees
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.sync.plans import plan_sync
from sesync_cli.sync.request import SyncRequest
from sesync_cli.terminal import terminal


def _offered(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers: the working copies in home."""
    try:
        names = work_trees(str(Session().caller.home))
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


@click.command(cls=WithExamples)
@click.argument(
    "repo", required=False, shell_complete=_offered, help="A clone's folder, or its name in your home; else this one."
)
@click.argument("file", nargs=-1, help="With --message: what to commit, files or folders.")
@click.option("-m", "--message", metavar="TEXT", help="Commit FILE... with these words, which say what you did.")
@click.option("--merge", is_flag=True, help="If you and others have new commits, join the two.")
@plans
@click.pass_obj
def sync(session: Session, repo: str | None, file: tuple[str, ...], message: str | None, merge: bool) -> Plan:
    """Exchange work with a repository's server.

    It gets what is new there and sends what you have committed. Only what you name is committed; nothing of yours is
    overwritten, and where others and you have changed the same, it stops and says whom to ask.
    """
    request = SyncRequest(repo, file, message, merge)
    return plan_sync(request, session.caller, session.site, screen.doing, terminal(session))
