"""Who is calling, and from where: the one value that the code behind the commands is told of a person."""

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sesync_cli.errors import NotReady


@dataclass(frozen=True, eq=False)
class Caller:
    """Who is calling, and from where: the environment, which may hold secrets, and whether somebody can be asked.

    What the environment does not say is found out when it is first asked for: a command that needs no current folder
    works in one that is gone.
    """

    env: Mapping[str, str] = field(repr=False)
    interactive: bool = False

    @cached_property
    def home(self) -> Path:
        home = Path(self.env.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)
        if not home.is_dir():
            raise NotReady(f"your home folder {home} is not there", hint="Ask support.")
        return home

    @cached_property
    def cwd(self) -> Path:
        # the way that the person took here, not where its links lead; PWD is the shell's word for it
        said = self.env.get("PWD", "")
        try:
            here = os.getcwd()
        except FileNotFoundError:
            raise NotReady("the folder that you are in is gone", hint="'cd' takes you home.") from None
        return Path(said) if said and os.path.realpath(said) == here else Path(here)

    @property
    def user(self) -> str:
        """The name that somebody has here, for commands to type; USER where the environment does not say it."""
        return self.env.get("USER") or "USER"

    @property
    def data(self) -> Path:
        return Path(self.env.get("XDG_DATA_HOME") or self.home / ".local/share")

    @property
    def state(self) -> Path:
        """Where sesync itself keeps its logs."""
        return Path(self.env.get("XDG_STATE_HOME") or self.home / ".local/state") / "sesync"

    @property
    def cache(self) -> Path:
        return Path(self.env.get("XDG_CACHE_HOME") or self.home / ".cache")


def whoever_runs_this() -> Caller:
    """The caller of this very program."""
    return Caller(dict(os.environ), interactive=sys.stdin is not None and sys.stdin.isatty())
