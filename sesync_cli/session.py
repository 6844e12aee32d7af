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

# by these, git works on another repository than the folder's, or reads paths another way: a hook of git's sets some,
# and so do shells that keep dotfiles in git; what is a setting (GIT_CONFIG_COUNT, GIT_AUTHOR_NAME) is not among them
_OF_ONE_REPOSITORY = (
    *("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_INTERNAL_SUPER_PREFIX"),
    *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_NAMESPACE"),
    *("GIT_CONFIG", "GIT_ATTR_SOURCE"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)
_put_away: dict[str, str] = {}


def forget_repository() -> None:
    """Take out of this program's environment, and so of all that it starts, what leads git to some repository."""
    _put_away.update({name: os.environ.pop(name) for name in _OF_ONE_REPOSITORY if name in os.environ})


@dataclass
class Session:
    """The caller's environment, folders and site; read when first asked."""

    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def whole_env(self) -> Mapping[str, str]:
        """The environment with what leads git to some repository: for a program that the caller names."""
        return {**self.env, **_put_away}

    @cached_property
    def site(self) -> "Site":
        from sesync_cli.site.reading import load_site

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
