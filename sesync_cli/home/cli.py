"""sesync alone: the home screen. And what people type to be told of commands: sesync help, sesync version"""

from dataclasses import dataclass

import click

from sesync_cli import screen
from sesync_cli.answer import answers
from sesync_cli.errors import WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.home.overview import Overview, overview
from sesync_cli.home.view import home_screen
from sesync_cli.plan import by_hand
from sesync_cli.session import Session


@click.command(cls=WithExamples)
@answers(home_screen)
@click.pass_obj
def home(session: Session) -> Overview:
    """Show what you have, how it is, and what to do next."""
    return overview(session.caller, session.site, screen.doing)


@click.command("help", cls=WithExamples)
@click.argument("words", nargs=-1, metavar="[COMMAND]...", help="A command, as 'kernel create'; else all of them.")
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...]) -> None:
    """Explain a command, or list them all."""
    at = context.find_root()
    for word in words:
        if not isinstance(at.command, click.Group):
            hint = f"'{by_hand(*at.command_path.split(), '--help')}' shows its words."
            raise WrongWords(f"'{at.command_path}' has no commands of its own", hint=hint)
        name, command, _ = at.command.resolve_command(at, [word])
        assert command
        at = click.Context(command, info_name=name, parent=at)
    screen.raw(at.get_help())


@dataclass(frozen=True)
class Version:
    """Which sesync this is."""

    version: str


@click.command(cls=WithExamples)
@answers(lambda answer: f"sesync, version {answer.version}")
def version() -> Version:
    """Show the version."""
    from importlib.metadata import version

    return Version(version("sesync-cli"))
