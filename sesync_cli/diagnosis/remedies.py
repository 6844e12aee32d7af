"""What may mend an install that failed: each is tried, by resolving it as it would be typed, before it is told."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sesync_cli.diagnosis.asked import in_any_version, instead, is_exact, name_in, range_in, with_version
from sesync_cli.diagnosis.modules import alternatives
from sesync_cli.diagnosis.trial import Trial, Versions, Wanted, resolved
from sesync_cli.errors import Remedy, SesyncError
from sesync_cli.names import few

Command = tuple[str, ...]

_PATIENCE = 5.0  # seconds that somebody who reads of a failure waits for what mends it
_MOST = 2  # remedies that are told
_PYTHONS = 6  # others that are tried
_NEW_PIP = (20, 3)  # takes the wheels of today (PEP 600)
_BUILDS = (
    "memory",
    "compiler",
    "library",
    "build",
    "wheel",
    "other",
    "import",
    "python",
)  # ready-made needs none of it
_VERSIONS = ("no-version", "needs-python", "build-needs", "no-package", "no-wheel")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Ways:
    """How an install that failed could be asked for otherwise.

    `here` is the command with other packages, `elsewhere` that for a new kernel of another Python (3.11), which has to
    have what it `needs`; `others` are the Pythons of this machine by their versions. `pip` is the version
    of the pip that installs, and `newer_pip` the command that brings a newer one; None and empty where uv installs.
    """

    wanted: Wanted
    python: Path
    minor: str
    env: Mapping[str, str] = field(repr=False)
    folder: Path
    here: Callable[[tuple[str, ...]], Command]
    elsewhere: Callable[[tuple[str, ...], str], Command] | None = None
    needs: tuple[str, ...] = ()
    others: Callable[[], Mapping[str, Path]] = dict
    pip: Callable[[], tuple[int, ...] | None] = lambda: None
    newer_pip: Command = ()


@dataclass(frozen=True)
class _Idea:
    """Something to try: packages for a Python, of which the one named `pin` is to be typed in the version found.

    `tell` makes a remedy of the packages as they are to be typed, and of the versions. Of one `sort` one is enough.
    """

    sort: str

    packages: tuple[str, ...]
    tell: Callable[[tuple[str, ...], Versions], Remedy]
    python: Path
    env: Mapping[str, str] = field(repr=False)
    needs: tuple[str, ...] = ()
    pin: str = ""

    def typed(self, found: Versions) -> "_Idea":
        """The same with what is to be pinned."""
        if self.pin not in found.of:
            return self
        return replace(self, packages=with_version(self.packages, self.pin, found.of[self.pin]))


def remedies(error: SesyncError, ways: Ways) -> tuple[Remedy, ...]:
    """At most two that would work, the nearest to what was asked first; none that was not found out in five seconds."""
    facts = error.diagnosis or {}
    until = time.monotonic() + _PATIENCE
    ideas = list(_ideas(facts, ways)) if facts else []
    alone = resolved([_trial(idea, ways, alone=True) for idea in ideas], ways.folder, until)
    left: dict[str, list[_Idea]] = {}
    for idea, found in zip(ideas, alone, strict=True):
        if found:
            left.setdefault(idea.sort, []).append(idea.typed(found))
    told: dict[str, Remedy] = {}
    while trying := [left[sort].pop(0) for sort in left if left[sort] and sort not in told]:
        if time.monotonic() > until:
            break
        told |= _worked(trying, ways, until)
    return tuple(told[sort] for sort in left if sort in told)[:_MOST]


def _worked(ideas: Sequence[_Idea], ways: Ways, until: float) -> dict[str, Remedy]:
    """Those of the ideas that work as they would be typed; what would be built and need not is pinned."""
    trials = [_trial(idea, ways, ready=ready) for ready in (True, False) for idea in ideas]
    found = resolved(trials, ways.folder, until)
    told = {}
    for idea, ready, free in zip(ideas, found[: len(ideas)], found[len(ideas) :], strict=True):
        if ready and free and all(name in ready.of for name in free.to_build):
            packages = idea.packages
            for name in free.to_build:
                packages = with_version(packages, name, ready.of[name])
            told[idea.sort] = idea.tell(packages, ready)
    return told


def _trial(idea: _Idea, ways: Ways, *, alone: bool = False, ready: bool = True) -> Trial:
    packages = idea.packages if alone else (*idea.packages, *idea.needs)
    return Trial(replace(ways.wanted, packages=packages), idea.python, idea.env, ready, alone)


def _ideas(facts: Mapping[str, Any], ways: Ways) -> Iterator[_Idea]:
    cause, kind, package = facts.get("cause"), facts.get("kind", ""), str(facts.get("package", ""))
    name = name_in(package)
    if kind in _BUILDS or cause in _VERSIONS or (cause is None and name):
        other = list(_elsewhere(name, ways))
        same = list(_here(name, facts, ways))
        elsewhere = not _is_old_pip(ways) and (kind == "python" or is_exact(ways.wanted.packages, name))
        first = other if elsewhere else same
        yield from [*first, *(same if first is other else other)]
    if cause == "no-package":
        for one in alternatives(package):
            yield _plain("package", instead(ways.wanted.packages, name, one), ways, f"There is a package {one}")
    if cause == "conflict":
        yield from _loosened(ways)
    if kind == "network":
        yield from _without_settings(ways)


def _here(name: str, facts: Mapping[str, Any], ways: Ways) -> Iterator[_Idea]:
    """The same Python: another version of the package, another package, or another beside it."""
    asked, pip = ways.wanted.packages, ways.pip()

    def tell(packages: tuple[str, ...], found: Versions) -> Remedy:
        what = _told(name, asked, found)
        if pip and _is_old_pip(ways) and not found.are_taken_by(pip):
            return Remedy(f"A newer pip finds {what} ready-made", (ways.newer_pip, ways.here(packages)))
        return Remedy(f"{what} is ready-made for Python {ways.minor}", (ways.here(packages),))

    needs = (f"pip>={'.'.join(map(str, _NEW_PIP))}",) if _is_old_pip(ways) else ()
    if name:
        free = in_any_version(asked, name, exact=facts.get("cause") not in _VERSIONS)
        yield _Idea("version", free, tell, ways.python, ways.env, needs, pin=name)
    for other in facts.get("instead", ()):
        if (words := instead(asked, name, other)) != asked:
            yield _plain("package", words, ways, f"{other} is ready-made, and may do instead of {name}")
    for beside in facts.get("beside", ()):
        yield _plain("beside", (*asked, beside), ways, f"With {beside} beside it, it is ready-made")


def _elsewhere(name: str, ways: Ways) -> Iterator[_Idea]:
    """A kernel of another Python of this machine, the nearest first, and the newer of two."""
    make = ways.elsewhere
    if make is None:
        return
    here = _number(ways.minor)
    others = {minor: python for minor, python in ways.others().items() if minor != ways.minor}
    for minor in sorted(others, key=lambda one: (abs(_number(one) - here), -_number(one)))[:_PYTHONS]:

        def tell(packages: tuple[str, ...], found: Versions, minor: str = minor) -> Remedy:
            what = _told(name, ways.wanted.packages, found)
            return Remedy(f"A kernel of Python {minor} can have {what}, ready-made", (make(packages, minor),))

        yield _Idea("python", ways.wanted.packages, tell, others[minor], ways.env, ways.needs)


def _loosened(ways: Ways) -> Iterator[_Idea]:
    """Each of the packages that was asked for in some version, in any version."""
    asked = ways.wanted.packages
    for word in asked:
        name = name_in(word)
        if range_in(word):

            def tell(packages: tuple[str, ...], found: Versions, word: str = word, name: str = name) -> Remedy:
                return Remedy(f"With {name} {found.of.get(name, '')} they fit together", (ways.here(packages),))

            free = in_any_version(asked, name, exact=False)
            yield _Idea("version", free, tell, ways.python, ways.env)


def _without_settings(ways: Ways) -> Iterator[_Idea]:
    """The same without the proxy, or with the network that uv is told to do without."""
    for says, names in (
        ("Without the proxy that is set, the index answers", [*_PROXIES, *map(str.upper, _PROXIES)]),
        ("With the network, which UV_OFFLINE switches off, it can be had", ["UV_OFFLINE"]),
    ):
        if there := [name for name in names if ways.env.get(name)]:
            env = {name: value for name, value in ways.env.items() if name not in there}
            unset = ("env", *(word for name in there for word in ("-u", name)))

            def tell(packages: tuple[str, ...], found: Versions, says: str = says, unset: Command = unset) -> Remedy:
                return Remedy(says, ((*unset, *ways.here(packages)),))

            yield _Idea("settings", ways.wanted.packages, tell, ways.python, env)


def _plain(sort: str, packages: tuple[str, ...], ways: Ways, says: str) -> _Idea:
    return _Idea(sort, packages, lambda typed, found: Remedy(says, (ways.here(typed),)), ways.python, ways.env)


def _told(name: str, asked: Sequence[str], found: Versions) -> str:
    """The package with its version, or those that were asked for where it only came along."""
    named = [one for one in map(name_in, asked) if one in found.of]
    return few([f"{one} {found.of[one]}" for one in ([name] if name in named else named)]) or "what was asked for"


def _is_old_pip(ways: Ways) -> bool:
    """Whether the pip that installs is too old to take most files that are ready-made today."""
    return bool(ways.newer_pip) and (ways.pip() or _NEW_PIP) < _NEW_PIP


def _number(minor: str) -> int:
    return int(minor.rpartition(".")[2] or 0)
