"""Under which name and e-mail address somebody's commits go, and what to offer to whom git does not know yet."""

import contextlib
import os
import pwd
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NotReady
from sesync_cli.git.client import ask_git
from sesync_cli.git.failures import last_line
from sesync_cli.plan import Report, by_hand

_LONGEST = 254  # letters of an address, by RFC 5321
_SPECIAL = r"""\s@<>()\[\],;:\\\""""
_USER = re.compile(rf"(?![.'])[^{_SPECIAL}]+")
_LABEL = r"(?!-)[A-Za-z0-9\u0080-\U0010ffff-]+(?<!-)"  # of a domain in any script
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


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
        for words in self.words:
            said = ask_git(words, writes=True)
            if said.code:
                raise NotReady(
                    f"git could not keep your name and e-mail address: {last_line(said.err)}",
                    hint=f"Mend that first; then {how_to(self.identity)} set them.",
                )

    def undo(self) -> None:
        # true and harmless on its own
        return

    @property
    def words(self) -> list[list[str]]:
        """What git is told."""
        facts = {"user.name": self.identity.name, "user.email": self.identity.email}
        return [["config", "--global", key, value] for key, value in facts.items() if value]

    def __str__(self) -> str:
        return " && ".join(by_hand("git", *words) for words in self.words)


def has_identity(folder: Path) -> bool:
    """Whether somebody has told git which name and address a commit there carries; guesses of git's do not count."""
    idents = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
    return not any(ask_git(["-c", "user.useConfigOnly=true", "var", one], folder).code for one in idents)


def ask_identity(offer: Identity, ask_for: Callable[[str, str], str], say: Callable[[str], None]) -> Identity:
    """What a person answers, who may take what is offered or leave it empty; what is neither is asked for again."""

    def asked(question: str, offered: str, why_not: Callable[[str], str]) -> str:
        offered = "" if why_not(offered) else offered
        while (answer := ask_for(question, offered).strip()) and (fault := why_not(answer)):
            say(f"{fault}.")
        return answer

    name = asked("Your name, as your commits shall show it", offer.name, why_no_name)
    if not name:
        return Identity("", "")
    return Identity(name, asked("Your e-mail address, as your commits shall show it", offer.email, why_no_address))


def why_no_name(text: str) -> str:
    """Why this cannot be the name of whoever commits; empty if it can."""
    if not text.isprintable():
        return "That has control characters in it; type your name again"
    if set("<>") & set(text) or not any(letter.isalnum() for letter in text):
        return "That is no name; type it as in J. Smith, without your address"
    return ""


def why_no_address(text: str) -> str:
    """Why this cannot be an e-mail address; empty if it can: what servers and countries allow differs much."""
    again = "type the address alone, as in jsmith@example.org"
    user, at, host = text.rpartition("@")
    if not text.isprintable():
        return f"That has control characters in it; {again}"
    if not at:
        return f"That has no @, so it is no e-mail address; {again}"
    if not _USER.fullmatch(user) or len(text) > _LONGEST:
        return f"What stands before the @ is in no e-mail address; {again}"
    if not _HOST.fullmatch(host) or host.rpartition(".")[2].isdecimal():
        return f"What follows the @ is no mail server's name; {again}"
    return ""


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
