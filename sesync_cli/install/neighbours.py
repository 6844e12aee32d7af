"""Packages that are installed beside each other: which of them need something that is not there, or is otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.names import joined
from sesync_cli.python.distributions import Package, canonical, packages_in, requires

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_ORDER = ("==", "===", "~=", ">=", ">", "!=", "<", "<=")  # in which people say them


@dataclass(frozen=True)
class Unmet:
    """A package that needs another, of which these `versions` do (empty: any); `there` is empty if it is absent."""

    package: str
    version: str = field(compare=False)
    needs: str
    versions: str = field(compare=False)
    there: str = field(compare=False)

    @property
    def need(self) -> str:
        """What it needs, as one asks an installer for it."""
        return f"{self.needs}{self.versions}"

    def __str__(self) -> str:
        return f"{self.package} {self.version} needs {self.need}".replace("  ", " ")


@dataclass(frozen=True)
class Neighbours:
    """All packages that one Python (of this version, 3.8.18) sees at one moment, and what they say that they need."""

    packages: Mapping[str, Package]
    needs: Mapping[str, Collection[str]]
    python: str

    @property
    def versions(self) -> dict[str, str]:
        return {name: package.version for name, package in self.packages.items()}

    @property
    def need_anything(self) -> bool:
        """Whether there is anything here that could break."""
        return next(_wanted(self.needs, self.python), None) is not None

    def with_coming(self, coming: Mapping[str, str]) -> list[Unmet]:
        """What would break of all that stays as it is, if these versions came."""
        now = self.versions
        staying = {name: lines for name, lines in self.needs.items() if coming.get(name, now[name]) == now[name]}
        return _sorted(unmet(staying, now | dict(coming), self.python) - unmet(self.needs, now, self.python))

    def broken_in(self, later: "Neighbours") -> list[Unmet]:
        """What is broken later, and is not now."""
        was = unmet(self.needs, self.versions, self.python)
        return _sorted(unmet(later.needs, later.versions, later.python) - was)

    def suits(self, package: Package, before: "Neighbours") -> bool:
        """Whether everything here would be content with this version of a package, but for what was not before."""
        found = unmet(self.needs, self.versions | {package.name: package.version}, self.python)
        return all(one.needs != package.name for one in found - unmet(before.needs, before.versions, self.python))


def neighbours(folders: Iterable[Path], python: str) -> Neighbours:
    """What is installed in these folders, the first of which counts most, for a Python of this version."""
    packages = packages_in(folders)
    return Neighbours(packages, needs_of(packages), python)


def needs_of(packages: Mapping[str, Package]) -> dict[str, list[str]]:
    """What these packages say that they need, with all markers."""
    return {name: requires(package) for name, package in packages.items()}


def unmet(needs: Mapping[str, Collection[str]], versions: Mapping[str, str], python: str) -> set[Unmet]:
    """The needs, of those packages that have a version here, which these versions do not meet on this Python (3.8.18).

    What an extra needs counts where somebody asks for that extra. A version that nobody can read is taken for right.
    """
    found = set()
    for name, one in _wanted({name: lines for name, lines in needs.items() if name in versions}, python):
        there = versions.get(canonical(one.name))
        if not _meets(there, one):
            found.add(Unmet(name, versions[name], canonical(one.name), _told(one), there or ""))
    return found


def needing(found: Collection[Unmet]) -> str:
    """'rich and httpie need pygments': who needs these, of which none is there."""
    who = sorted({one.package for one in found})
    return f"{joined(who)} {'needs' if len(who) == 1 else 'need'} {joined(sorted({one.needs for one in found}))}"


def _sorted(found: Collection[Unmet]) -> list[Unmet]:
    return sorted(found, key=lambda one: (one.package, one.needs))


def _wanted(needs: Mapping[str, Collection[str]], python: str) -> Iterator[tuple[str, "Requirement"]]:
    """Each package with what it needs here, that of the extras included which somebody asks for."""
    extras: dict[str, set[str]] = {name: {""} for name in needs}
    left = [(name, "") for name in needs]
    while left:
        name, extra = left.pop()
        for one in filter(None, map(_parsed, needs[name])):
            if _is_for(one, python, extra):
                yield name, one
                other = canonical(one.name)
                more = one.extras - extras.get(other, one.extras)
                extras.get(other, set()).update(more)
                left += [(other, more_extra) for more_extra in more]


def _is_for(one: "Requirement", python: str, extra: str) -> bool:
    if one.marker is None:
        return not extra
    here = {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python}
    return one.marker.evaluate(here | {"extra": extra}) and not (extra and one.marker.evaluate(here | {"extra": ""}))


def _meets(version: str | None, one: "Requirement") -> bool:
    from packaging.version import InvalidVersion

    try:
        return version is not None and (not version or one.specifier.contains(version, prereleases=True))
    except InvalidVersion:
        return True


def _told(one: "Requirement") -> str:
    return ",".join(map(str, sorted(one.specifier, key=lambda part: (_ORDER.index(part.operator), part.version))))


@cache
def _parsed(line: str) -> "Requirement | None":
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(line)
    except InvalidRequirement:
        return None
