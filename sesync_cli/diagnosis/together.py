"""All that a package needs of the system at once, so that one mail asks for everything."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sesync_cli.diagnosis.evidence import Evidence
from sesync_cli.diagnosis.table import Cause, causes
from sesync_cli.python.distributions import canonical

_OF_THE_SYSTEM = ("compiler", "library")


class SystemPackages(NamedTuple):
    """What they are called in Debian and in RHEL, and where RHEL has them."""

    debian: tuple[str, ...]
    rhel: tuple[str, ...]
    extra: tuple[str, ...]


def together(cause: Cause, package: str, missing: Sequence[Evidence]) -> SystemPackages:
    """What brings this cause's thing first, then all else that the log says is missing or that the package needs."""
    every = [cause]
    if cause.kind in _OF_THE_SYSTEM and (cause.debian or cause.rhel):
        every += [*_surely(missing), *_needs(package)]
    return SystemPackages(
        _once(name for one in every for name in one.debian),
        _once(name for one in every for name in one.rhel),
        _once(place for one in every for place in one.extra),
    )


def _surely(missing: Sequence[Evidence]) -> list[Cause]:
    found = (causes().having(one.kind, one.name) for one in missing if one.enough)
    return [cause for cause in found if cause and cause.kind in _OF_THE_SYSTEM]


def _needs(package: str) -> list[Cause]:
    return [causes().named(name) for name in causes().needs.get(canonical(package), ())]


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
