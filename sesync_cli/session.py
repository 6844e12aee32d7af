"""Who is calling, and from where. Commands see it; the code behind them does not."""

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.errors import NotReady

if TYPE_CHECKING:
    from sesync_cli.site.settings import Site


@dataclass
class Session:
    """The caller's environment, folders and site; read when first asked."""

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @cached_property
    def site(self) -> "Site":
        from sesync_cli.site.settings import load_site

        return load_site(self.env).site

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
    def data(self) -> Path:
        return Path(self.env.get("XDG_DATA_HOME") or self.home / ".local/share")

    @property
    def state(self) -> Path:
        return Path(self.env.get("XDG_STATE_HOME") or self.home / ".local/state") / "sesync"

    @property
    def cache(self) -> Path:
        return Path(self.env.get("XDG_CACHE_HOME") or self.home / ".cache")

    @property
    def interactive(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty()

    @property
    def watched(self) -> bool:
        """Whether a person sees the answer, and no program or file takes it."""
        return self.interactive and sys.stdout.isatty()
