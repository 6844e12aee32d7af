"""One run of a command: who is calling, at which site, and what was heard so far. The code behind it does not know."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sesync_cli.caller import Caller, whoever_runs_this

if TYPE_CHECKING:
    from sesync_cli.site.settings import Site

T = TypeVar("T")

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
    """The caller, the site (read when first asked), and a memory: a plan may be made twice, a person is asked once."""

    caller: Caller = field(default_factory=whoever_runs_this)
    _heard: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def site(self) -> "Site":
        from sesync_cli.site.reading import load_site

        return load_site(self.caller.env).site

    def once(self, what: str, find: Callable[[], T]) -> T:
        """What was found out or answered under this name before; it is found now if it was not."""
        if what not in self._heard:
            self._heard[what] = find()
        found: T = self._heard[what]
        return found

    @property
    def whole_env(self) -> Mapping[str, str]:
        """The environment with what leads git to some repository: for a program that the caller names."""
        return {**self.caller.env, **_put_away}

    @property
    def watched(self) -> bool:
        """Whether a person sees the answer, and no program or file takes it."""
        return self.caller.interactive and sys.stdout.isatty()
