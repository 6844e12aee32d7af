"""What somebody asks to have installed or taken away, and the words and facts that tell of it."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.diagnosis.explain import Attempt
from sesync_cli.diagnosis.index import newest_ready_made
from sesync_cli.errors import SesyncError
from sesync_cli.install.requests import named
from sesync_cli.install.usersite import UserSite, clean
from sesync_cli.kernel.requirements import words_in
from sesync_cli.plan import Watch
from sesync_cli.python.distributions import Package


@dataclass(frozen=True)
class InstallRequest:
    """The packages that somebody names, the caller, the log, and whom to ask for help.

    Their import may take `seconds`, and `watch` tells that it is tried.
    """

    packages: tuple[str, ...]
    requirements: tuple[Path, ...]
    upgrade: bool
    caller: Caller
    log: Path
    support: str
    seconds: float
    watch: Watch

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name in map(named, self.packages) if name))

    @property
    def all_names(self) -> set[str]:
        """The names, and those in the files, as far as these tell."""
        names = set(self.names)
        for file in self.requirements:
            with contextlib.suppress(SesyncError, OSError):
                names.update(map(named, words_in(file)))
        return names

    @property
    def words(self) -> str:
        """What is asked for, for a sentence."""
        return joined([*self.packages, *(f"what {file.name} asks for" for file in self.requirements)])

    def short(self, path: Path) -> str:
        """The path as people say it, with ~ for their home."""
        home = self.caller.home
        return str(Path("~", path.relative_to(home))) if path.is_relative_to(home) else str(path)


def attempt(asked: InstallRequest, site: UserSite) -> Attempt:
    """What is tried, for whoever has to explain why it failed."""

    def newest(name: str) -> str:
        return newest_ready_made(name, site.python, clean(asked.caller.env))

    return Attempt(asked.packages, site.version, asked.log, asked.support, "sesync install", newest)


def package_facts(packages: list[Package]) -> list[dict[str, str]]:
    """Packages, for JSON."""
    return [{"name": package.name, "version": package.version} for package in packages]


def joined(words: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last
