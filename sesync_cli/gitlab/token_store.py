"""Keeping a token that was given to us: with git's own credential helper, or in python-gitlab's file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady, SesyncError, WrongWords
from sesync_cli.git.client import ask_git
from sesync_cli.git.credentials import credential
from sesync_cli.gitlab.tokens import (
    GIT,
    Token,
    bad_settings,
    python_gitlab_files,
    read_settings,
    section_for,
)
from sesync_cli.plan import Report, Step, by_hand
from sesync_cli.steps import RewriteFile

_TOKEN = re.compile(r"[!-~]{8,2000}")
_FORGETFUL = ("", "cache")  # helpers that keep nothing for longer than a while
_OTHERS = ("private_token", "oauth_token", "job_token")  # python-gitlab wants no more than one of them


def given(text: str) -> Token:
    """A token as it was typed or sent; what is none is refused and never repeated."""
    if not _TOKEN.fullmatch(text.strip()):
        raise WrongWords("this is no token", hint="A token is one word of letters and digits, such as glpat-...")
    return Token(text.strip(), "just given")


class TokenPlace(NamedTuple):
    """Where a token is kept, in words: with a credential helper of git's, or else in a file."""

    words: str
    helper: str | None = None
    file: Path | None = None


def plan_keeping(url: str, username: str, token: Token, caller: Caller) -> tuple[Step, TokenPlace]:
    """The step that keeps this token for this GitLab, and where it will be."""
    helper = _helper(url, caller.env)
    name = helper.split(" ")[0]
    if name in _FORGETFUL or helper.startswith("!"):
        return _in_file(url, token, caller)
    return KeepInGit(url, username, token, caller), TokenPlace(f"{GIT} ({name})", helper=name)


@dataclass(frozen=True)
class KeepInGit:
    """Hand a token to the credential helper that is set up in git, and make sure that it gives it back."""

    url: str
    username: str
    token: Token
    caller: Caller

    @property
    def doing(self) -> str:
        return "Keeping the token"

    def do(self, report: Report) -> None:
        words = (f"username={self.username}", f"password={self.token.value}")
        credential("approve", self.url, self.caller.env, *words)
        if f"password={self.token.value}\n" not in credential("fill", self.url, self.caller.env, words[0]).out:
            raise NotReady(
                f"{GIT} did not keep the token",
                hint="'git config --show-origin --get-all credential.helper' shows where it is set up.",
            )

    def undo(self) -> None:
        # a token that was proven good does no harm where the person keeps theirs
        return

    def __str__(self) -> str:
        return by_hand("git", "credential", "approve")


def _in_file(url: str, token: Token, caller: Caller) -> tuple[Step, TokenPlace]:
    path = (python_gitlab_files(caller) or [caller.home / ".python-gitlab.cfg"])[-1]
    if path == Path("/etc/python-gitlab.cfg"):
        path = caller.home / ".python-gitlab.cfg"
    section = section_for(url, read_settings([path] if path.exists() else []))

    def text(old: str) -> str:
        return _with_token(old, section, url, token, path)

    step = RewriteFile(path, text, f"$EDITOR {by_hand(path)}", f"Keeping the token in {path}", secret=True)
    return step, TokenPlace(str(path), file=path)


def _with_token(old: str, section: str, url: str, token: Token, path: Path) -> str:
    """The settings with this token in them; every other line stays as it is."""
    from configparser import Error

    from configupdater import ConfigUpdater

    settings = ConfigUpdater()
    try:
        settings.read_string(old)
    except Error:
        raise bad_settings(path) from None
    name = section or urlsplit(url).netloc.replace(":", "-")
    if not settings.has_section("global") and not settings.sections():
        settings.add_section("global")
        settings.set("global", "default", name)
    if not settings.has_section(name):
        settings.add_section(name)
        settings.set(name, "url", url)
    for option in _OTHERS:
        settings.remove_option(name, option)
    settings.set(name, "private_token", token.value.replace("%", "%%"))
    return str(settings)


def _helper(url: str, env: Mapping[str, str]) -> str:
    try:
        return ask_git(["config", "--get-urlmatch", "credential.helper", url], env=env).out.strip()
    except (SesyncError, OSError):
        return ""
