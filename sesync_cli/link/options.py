"""What TAB offers as PROJECT, for commands that take one."""

import click

from sesync_cli.errors import SesyncError
from sesync_cli.link.links import at_hand
from sesync_cli.session import Session


def complete_project(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Projects that are linked in home or mounted now, by their short names. A broken site or home offers nothing."""
    try:
        session = Session()
        names = at_hand(session.caller.home, session.site)
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]
