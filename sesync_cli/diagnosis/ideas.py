"""What might mend an install that failed, to be tried: another version, package, Python, pip, or way to the index."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sesync_cli.diagnosis.asked import in_any_version, instead, is_exact, name_in, range_in, with_versions
from sesync_cli.diagnosis.dry_run import Versions, Wanted
from sesync_cli.diagnosis.modules import alternatives
from sesync_cli.errors import Remedy
from sesync_cli.names import few

Command = tuple[str, ...]

_PYTHONS = 6  # others that are tried
_NEW_PIP = (20, 3)  # takes the wheels of today (PEP 600)
# a ready-made file needs none of it
_BUILDS = ("memory", "compiler", "library", "build", "wheel", "other", "import", "python")
_VERSIONS = ("no-version", "needs-python", "build-needs", "no-package", "no-wheel")
_OTHERS = ("noexec", "pip-too-new", "old-metadata")  # of kinds for which it does not help in general
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Ways:
    """How an install that failed could be asked for otherwise.

    `here` is the command with other packages, `elsewhere` that for a new kernel of another Python (3.11), which has to
    have what it `needs`; `others` are the Pythons of this machine by their versions. `pip` is the version
    of the pip that installs, and `newer_pip` the command that brings a newer one; None and empty where uv installs.
    `modules` are those of this machine whose names begin so, found by a moment of the monotonic clock.
    """

    wanted: Wanted
    python: Path
    minor: str
    env: Mapping[str, str] = field(repr=False)
    folder: Path
    seconds: float
    here: Callable[[tuple[str, ...]], Command] = lambda packages: ()
    elsewhere: Callable[[tuple[str, ...], str], Command] | None = None
    needs: tuple[str, ...] = ()
    others: Callable[[], Mapping[str, Path]] = dict
    pip: Callable[[], tuple[int, ...] | None] = lambda: None
    newer_pip: Command = ()
    modules: Callable[[Sequence[str], float], list[str]] = lambda stems, until: []


Tell = Callable[[tuple[str, ...], Versions], Remedy | None]
"""Makes a remedy of the packages as they are to be typed, and of the versions; None where it is none after all."""


@dataclass(frozen=True)
class Idea:
    """Something to try: packages for a Python, of which the one named `pin` is to be typed in the version found.

    Of one `sort` one is enough; the `last` resort is for when nothing else works.
    """

    sort: str
    packages: tuple[str, ...]
    tell: Tell
    python: Path
    env: Mapping[str, str] = field(repr=False)
    needs: tuple[str, ...] = ()
    pin: str = ""
    last: bool = False

    def typed(self, found: Versions) -> "Idea":
        """The same with what is to be pinned."""
        return self.pinned([self.pin], found) if self.pin in found.of else self

    def pinned(self, names: Iterable[str], found: Versions) -> "Idea":
        """The same with these packages in the versions found."""
        return replace(self, packages=with_versions(self.packages, {name: found.of[name] for name in names}))


def ideas(facts: Mapping[str, Any], ways: Ways) -> Iterator[Idea]:
    """What may be worth a trial by what is known of the failure, the nearest to what was asked first."""
    cause, kind, package = facts.get("cause"), facts.get("kind"), str(facts.get("package") or "")
    asked = ways.wanted.packages
    name = name_in(package) or (name_in(asked[0]) if len(asked) == 1 else "")
    if kind in _BUILDS or cause in _VERSIONS + _OTHERS or (cause is None and name):
        here, other = list(_here(name, facts, ways)), list(in_new_kernel(name, ways))
        if kind == "python" or cause in _VERSIONS or is_exact(asked, name):
            yield from sorted([*other, *here], key=lambda idea: idea.sort != "pip")
        else:
            yield from [*here, *(replace(idea, last=True) for idea in other)]
    if cause == "no-package":
        for one in alternatives(package):
            yield _plain("package", instead(asked, name, one), ways, f"There is a package {one}")
    if cause == "conflict":
        yield from _loosened(ways)
    if kind == "network":
        yield from _without_settings(ways)


def _here(name: str, facts: Mapping[str, Any], ways: Ways) -> Iterator[Idea]:
    """The same Python: another version of the package, another package, or another beside it."""
    asked = ways.wanted.packages
    if name:
        free = in_any_version(asked, name, exact=facts.get("cause") not in _VERSIONS)
        yield from _with_newer_pip("pip", asked, ways)
        yield Idea("version", free, _ready(name, ways), ways.python, ways.env, pin=name)
        yield from _with_newer_pip("version", free, ways, pin=name)
    for other in facts.get("instead", ()):
        if (words := instead(asked, name, other)) != asked:
            yield _plain("package", words, ways, f"{other} is ready-made, and may do instead of {name}")
    for beside in facts.get("beside", ()):
        yield _plain("beside", (*asked, beside), ways, f"With {beside} beside it, it is ready-made")


def _ready(name: str, ways: Ways) -> Tell:
    def tell(packages: tuple[str, ...], found: Versions) -> Remedy | None:
        if (pip := ways.pip()) and not found.are_taken_by(pip):
            return None
        what = _told(name, packages, found)
        return Remedy(f"{what} is ready-made for Python {ways.minor}", (ways.here(packages),))

    return tell


def _with_newer_pip(sort: str, packages: tuple[str, ...], ways: Ways, pin: str = "") -> Iterator[Idea]:
    """The same with a newer pip first, where this Python's does not take the ready-made files."""
    pip = ways.pip()
    if pip is None or pip >= _NEW_PIP:
        return

    def tell(packages: tuple[str, ...], found: Versions) -> Remedy | None:
        what, commands = _told(pin, packages, found), (ways.newer_pip, ways.here(packages))
        return None if found.are_taken_by(pip) else Remedy(f"A newer pip finds {what} ready-made", commands)

    needs = (f"pip>={'.'.join(map(str, _NEW_PIP))}",)
    yield Idea(sort, packages, tell, ways.python, ways.env, needs, pin)


def in_kernel(name: str, kernel: str, python: Path, command: Callable[[tuple[str, ...]], Command], ways: Ways) -> Idea:
    """The package in a kernel that there is."""

    def tell(packages: tuple[str, ...], found: Versions) -> Remedy:
        what = _told(name, packages, found)
        return Remedy(f"Your kernel {kernel} can have {what}", (command(packages),))

    return Idea("kernel", ways.wanted.packages, tell, python, ways.env)


def in_new_kernel(name: str, ways: Ways, *, same: bool = False) -> Iterator[Idea]:
    """A kernel of another Python of this machine, or of the `same`: the nearest first, and the newer of two."""
    make = ways.elsewhere
    if make is None:
        return
    here = _number(ways.minor)
    others = {minor: python for minor, python in ways.others().items() if same or minor != ways.minor}
    for minor in sorted(others, key=lambda one: (abs(_number(one) - here), -_number(one)))[:_PYTHONS]:

        def tell(packages: tuple[str, ...], found: Versions, minor: str = minor) -> Remedy:
            what = _told(name, ways.wanted.packages, found)
            return Remedy(f"A kernel of Python {minor} can have {what}, ready-made", (make(packages, minor),))

        yield Idea("python", ways.wanted.packages, tell, others[minor], ways.env, ways.needs)


def _loosened(ways: Ways) -> Iterator[Idea]:
    """Each of the packages that was asked for in some version, in any version."""
    asked = ways.wanted.packages
    for word in asked:
        name = name_in(word)
        if range_in(word):

            def tell(packages: tuple[str, ...], found: Versions, word: str = word, name: str = name) -> Remedy | None:
                version = found.of.get(name, "")
                if _major(version) != _major(range_in(word)):  # it would fit by its words alone
                    return None
                return Remedy(f"With {name} {version} they fit together", (ways.here(packages),))

            free = in_any_version(asked, name, exact=False)
            yield Idea("version", free, tell, ways.python, ways.env)


def _without_settings(ways: Ways) -> Iterator[Idea]:
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

            yield Idea("settings", ways.wanted.packages, tell, ways.python, env)


def _plain(sort: str, packages: tuple[str, ...], ways: Ways, says: str) -> Idea:
    return Idea(sort, packages, lambda typed, found: Remedy(says, (ways.here(typed),)), ways.python, ways.env)


def _told(name: str, asked: Sequence[str], found: Versions) -> str:
    """The package with its version, or those that were asked for where it only came along."""
    named = [one for one in map(name_in, asked) if one in found.of]
    return few([f"{one} {found.of[one]}" for one in ([name] if name in named else named)]) or "what was asked for"


def _major(version: str) -> str:
    """The first number of a version, or of a range of versions."""
    return next(iter(re.findall(r"\d+", version)), "")


def _number(minor: str) -> int:
    return int(minor.rpartition(".")[2] or 0)
