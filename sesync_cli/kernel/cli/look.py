"""sesync kernel list, show, run"""

from typing import Any

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.kernel import view
from sesync_cli.kernel.cli.options import name_argument
from sesync_cli.kernel.context import folders
from sesync_cli.kernel.survey import find, find_kernels
from sesync_cli.session import Session


@click.command("list")
@answers(view.kernel_table)
@click.pass_obj
def list_kernels(session: Session) -> list[view.Row]:
    """List your kernels, and what each takes."""
    return [view.row(one) for one in find_kernels(folders(session.caller, session.site))]


@click.command()
@name_argument
@answers(view.kernel_card)
@click.pass_obj
def show(session: Session, name: str) -> view.Card:
    """Show all about one kernel."""
    from sesync_cli.kernel.offer import ORDINARY
    from sesync_cli.kernel.recipe import changed_files
    from sesync_cli.python.distributions import installed

    one = find(name, folders(session.caller, session.site))
    made = one.recipe
    files = tuple(path for path, _ in made.files) if made else ()
    packages = installed(one.environment) if one.environment else {}
    asked = (*made.packages, *made.added) if made else ()
    changed = changed_files(made, session.site.data_patience_seconds, screen.doing)[0] if made else ()
    sets = tuple(name for name in one.env if name not in ORDINARY)
    return view.Card(view.row(one), asked, files, sets, packages, tuple(changed))


@click.command(context_settings={"allow_interspersed_args": False})
@name_argument
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, help="The command and its words.")
@click.pass_obj
def run(session: Session, name: str, command: tuple[str, ...]) -> Any:
    """Run a command in a kernel's environment."""
    from sesync_cli.kernel.environment import clean
    from sesync_cli.kernel.offer import command_env
    from sesync_cli.kernel.proof import expanded
    from sesync_cli.run import become

    command = command[1:] if command[0] == "--" else command
    if not command:
        raise WrongWords("there is no command", hint="Say for instance: 'sesync kernel run NAME python --version'.")
    one = find(name, folders(session.caller, session.site))
    if one.environment is None or not (one.works or one.state == "not in Jupyter"):
        why = "it has no environment of its own" if one.works else one.problem
        hint = (
            f"'sesync kernel {'repair' if one.move else 'show'} {one.name}' {'mends it' if one.move else 'says more'}."
        )
        raise NotReady(f"the kernel {one.name} cannot run commands: {why}", hint=hint)
    become(command, expanded(command_env(one.environment) | dict(one.env), clean(session.whole_env)))
