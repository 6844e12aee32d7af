"""Under which name and e-mail address somebody's commits go, and what to offer to whom git does not know yet."""

import contextlib
import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.git.client import ask_git
from sesync_cli.plan import Report, by_hand


@dataclass(frozen=True)
class Identity:
    """A name and an e-mail address; either may be empty."""

    name: str
    email: str

    @property
    def is_whole(self) -> bool:
        return bool(self.name and self.email)


@dataclass(frozen=True)
class Introduce:
    """Tell git somebody's name and e-mail address, for all their repositories."""

    identity: Identity

    @property
    def doing(self) -> str:
        return "Telling git who you are"

    def do(self, report: Report) -> None:
        for words in self._words:
            ask_git(words, writes=True)

    def undo(self) -> None:
        # true and harmless on its own
        return

    @property
    def _words(self) -> list[list[str]]:
        facts = {"user.name": self.identity.name, "user.email": self.identity.email}
        return [["config", "--global", key, value] for key, value in facts.items() if value]

    def __str__(self) -> str:
        return " && ".join(by_hand("git", *words) for words in self._words)


def has_identity(folder: Path) -> bool:
    """Whether somebody has told git which name and address a commit there carries; guesses of git's do not count."""
    idents = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
    return not any(ask_git(["-c", "user.useConfigOnly=true", "var", one], folder).code for one in idents)


def ask_identity(offer: Identity, ask_for: Callable[[str, str], str]) -> Identity:
    """What a person answers, who may take what is offered or leave it empty."""
    return Identity(
        ask_for("Your name, as your commits shall show it", offer.name).strip(),
        ask_for("Your e-mail address, as your commits shall show it", offer.email).strip(),
    )


def how_to(offer: Identity) -> str:
    """What to type, with what is known filled in."""
    name = by_hand("git", "config", "--global", "user.name", offer.name or "J. Smith")
    return f"'{name}' and '{by_hand('git', 'config', '--global', 'user.email', offer.email or 'ADDRESS')}'"


def full_name() -> str:
    """The person's name as the system has it; empty if it has none."""
    with contextlib.suppress(KeyError):
        entry = pwd.getpwuid(os.getuid())
        name = entry.pw_gecos.partition(",")[0].strip()
        # the first field is a person's name, by custom; of a service it is what it does
        return name.replace("&", entry.pw_name.capitalize()) if name.isprintable() and name != entry.pw_name else ""
    return ""
