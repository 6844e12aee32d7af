"""sesync tour"""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import answers, asked_for_json
from sesync_cli.help import WithExamples
from sesync_cli.plan import by_hand
from sesync_cli.session import Session
from sesync_cli.tour.sandbox import sandbox
from sesync_cli.tour.scenes import Scene, ShownScene, play
from sesync_cli.view import View

_WIDEST = 72  # columns of the drawn plot


@dataclass(frozen=True)
class Tour:
    """The commands that were shown, and the file that leads into the sandbox, if it was kept."""

    scenes: list[ShownScene]
    file: Path | None


def _closing(tour: Tour) -> View:
    if tour.file:
        return f"The sandbox is kept. To go in: {by_hand('bash', '--rcfile', tour.file)}"
    return "That was the tour. The sandbox is gone, and your home is as it was."


@click.command(cls=WithExamples)
@click.option("--keep", is_flag=True, help="Keep the sandbox, and say how to go in.")
@answers(_closing)
@click.pass_obj
def tour(session: Session, keep: bool) -> Tour:
    """See it all work in a sandbox.

    Builds a small research server in a temporary folder (a home, a data directory, a git server), and runs the real
    commands in it as J. Smith of the group Trees and Urban Heat Island Mitigation. Nothing of yours is touched.
    """
    catch = asked_for_json()
    watch = _quiet if catch else _announce
    with sandbox(Path(sys.executable), session.caller.env, keep=keep) as box:
        shown = play(box, box.env(session.caller.env), watch, columns=screen.width(_WIDEST), catch=catch)
        file = box.keep(session.caller.env) if keep else None
    return Tour(shown, file)


def _announce(scene: Scene) -> None:
    screen.scene(scene.sentence, scene.line)


def _quiet(scene: Scene) -> None:
    return
