"""sesync completion"""

import click
from click.shell_completion import get_completion_class

from sesync_cli import screen
from sesync_cli.help import WithExamples

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=WithExamples)
@click.argument("shell", type=click.Choice(SHELLS), help="The shell.")
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script.

    For bash: mkdir -p ~/.local/share/bash-completion/completions, then
    sesync completion bash > ~/.local/share/bash-completion/completions/sesync
    """
    screen.raw(script(shell))


def script(shell: str) -> str:
    """The script that has this shell ask sesync for completions."""
    kind = get_completion_class(shell)
    assert kind
    root = click.get_current_context().find_root().command
    return kind(root, {}, "sesync", "_SESYNC_COMPLETE").source().strip()
