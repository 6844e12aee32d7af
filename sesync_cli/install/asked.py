"""What somebody asks to have installed or taken away, and the words and facts that tell of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.diagnosis.explain import Attempt
from sesync_cli.diagnosis.index import newest_ready_made
from sesync_cli.install.requests import named
from sesync_cli.install.usersite import Package, UserSite, clean


@dataclass(frozen=True)
class Asked:
    """The packages that somebody names, the caller's environment and home, the log, and whom to ask for help."""

    packages: tuple[str, ...]
    requirements: tuple[Path, ...]
    upgrade: bool
    env: Mapping[str, str]
    home: Path
    log: Path
    support: str

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name in map(named, self.packages) if name))

    @property
    def words(self) -> str:
        """What is asked for, for a sentence."""
        return joined([*self.packages, *(f"what {file.name} asks for" for file in self.requirements)])

    def short(self, path: Path) -> str:
        """The path as people say it, with ~ for their home."""
        return str(Path("~", path.relative_to(self.home))) if path.is_relative_to(self.home) else str(path)


def attempt(asked: Asked, site: UserSite) -> Attempt:
    """What is tried, for whoever has to explain why it failed."""

    def newest(name: str) -> str:
        return newest_ready_made(name, site.python, clean(asked.env))

    return Attempt(asked.packages, site.version, asked.log, asked.support, "sesync install", newest)


def package_facts(packages: list[Package]) -> list[dict[str, str]]:
    """Packages, for JSON."""
    return [{"name": package.name, "version": package.version} for package in packages]


def joined(words: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = list(words)
    return f"{', '.join(rest)} and {last}" if rest else last
