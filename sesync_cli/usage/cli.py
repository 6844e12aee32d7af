"""sesync usage"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesync_cli import screen
from sesync_cli.answer import complete_file, plans_or_answers
from sesync_cli.errors import SesyncError
from sesync_cli.kernel.context import folders, interpreter, shell
from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.survey import find_kernels
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.usage.account import Usage, found, usage_of
from sesync_cli.usage.places import household
from sesync_cli.usage.view import page

if TYPE_CHECKING:
    from sesync_cli.usage.clean import Broken

_BROKEN = ("no Python", "no environment")  # the states of kernels whose interpreter is gone


@click.command()
@click.argument("path", required=False, shell_complete=complete_file, help="A file or folder; without it, your home.")
@click.option("--clean", is_flag=True, help="Ask what may go, one thing after the other.")
@plans_or_answers(page)
@click.pass_obj
def usage(session: Session, path: str | None, clean: bool) -> Plan | Usage:
    """Show what fills your home, and what can go.

    It is told as a tree, and each file is counted once. With --clean: caches that are filled again when needed, the
    trash, checkpoints of notebooks that are gone, what broken-off runs left, and kernels that nothing can mend.
    """
    site, where = session.site, folders(session.caller, session.site)
    kernels = find_kernels(where)
    mine = household(session.caller, site, kernels, where)
    place = session.caller.cwd / Path(path).expanduser() if path else session.caller.home
    one = found(place, mine, site.data_patience_seconds, screen.doing)
    if clean:
        from sesync_cli.usage.clean import plan_clean

        return plan_clean(one, mine, _broken(session, kernels))
    return usage_of(one, mine, site.home_quota)


def _broken(session: Session, kernels: list[Kernel]) -> "Broken":
    from sesync_cli.usage.clean import Broken

    broken = [one for one in kernels if one.state in _BROKEN and not one.server]
    mendable = [one for one in broken if _can_be_mended(session, one)]
    return Broken(tuple(one for one in broken if one not in mendable), tuple(mendable))


def _can_be_mended(session: Session, kernel: Kernel) -> bool:
    """Whether `sesync kernel repair` would find what it needs, so far as that can be told without doing it."""
    from sesync_cli.kernel.activation import module_variables
    from sesync_cli.kernel.again import recipe_of

    caller, site = session.caller, session.site
    try:
        recipe = recipe_of(kernel)
        interpreter(caller, site, recipe.minor, modules=module_variables(recipe.modules, shell(caller, site)))
    except SesyncError:
        return False
    return True
