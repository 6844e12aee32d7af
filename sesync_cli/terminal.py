"""The person at the terminal, as a Prompter: asked with Click, on standard error, since the answer may go to a file."""

import os
import select
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json, asking_a_person
from sesync_cli.session import Session

T = TypeVar("T")


@dataclass(frozen=True)
class Terminal:
    """Asks on the terminal of a run, which remembers what was answered; `yes` says that all is agreed to."""

    session: Session
    dry_run: bool
    yes: bool

    @property
    def interactive(self) -> bool:
        return self.session.caller.interactive

    @property
    def may_ask(self) -> bool:
        return self.interactive and not self.yes and not self.dry_run

    @property
    def watched(self) -> bool:
        return self.session.watched and not asked_for_json()

    def once(self, what: str, find: Callable[[], T]) -> T:
        return self.session.once(what, find)

    def text(self, question: str, default: str = "") -> str:
        with asking_a_person():
            return str(click.prompt(screen.question(question), default=default, show_default=bool(default), err=True))

    def secret(self, question: str) -> str:
        return str(click.prompt(screen.question(question), hide_input=True, err=True))  # Click itself ends the line

    def confirm(self, question: str, default: bool) -> bool:
        with asking_a_person():
            return click.confirm(screen.question(question), default=default, err=True)

    def number(self, question: str, most: int) -> int:
        with asking_a_person():
            return int(click.prompt(screen.question(question), type=click.IntRange(1, most), err=True))

    def note(self, words: str) -> None:
        screen.note(words)

    def line(self, text: str) -> None:
        screen.letter(text)

    def warn(self, words: str) -> None:
        screen.warn(words)

    def columns(self, most: int) -> int:
        return screen.width(most)

    def pause(self, seconds: float | None) -> None:
        if select.select([sys.stdin], [], [], seconds)[0]:
            os.read(sys.stdin.fileno(), 4096)


def terminal(session: Session) -> Terminal:
    """The terminal of the command that runs now, and what was said there beforehand to all that may be asked."""
    said = click.get_current_context().params
    return Terminal(session, dry_run=bool(said.get("dry_run")), yes=bool(said.get("yes")))
