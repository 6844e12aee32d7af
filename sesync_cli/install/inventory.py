"""What is installed in a folder of packages: how much, since when, and what needs what."""

import contextlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady
from sesync_cli.install.asked_for import is_marked
from sesync_cli.install.kernels import kernel_named, named_in
from sesync_cli.install.request import jupyters_own
from sesync_cli.install.usersite import user_site
from sesync_cli.kernel.context import interpreter
from sesync_cli.python.distributions import Package, bytes_of, canonical, packages_in, requires
from sesync_cli.python.environments import site_packages
from sesync_cli.site.settings import Site

_INSTALLERS = ("pip", "setuptools", "wheel")


@dataclass(frozen=True)
class Held:
    """An installed package: bytes of its files (None where its installer left no list), the day when it came.

    `asked_for` is true if somebody asked for it by its name, None if that is not known; `needed_by` are the packages
    beside it that need it.
    """

    name: str
    version: str | None
    bytes: int | None
    since: str
    asked_for: bool | None
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Ties:
    """What a package says of itself: whether it was asked for by name, what it needs, and all that it ever mentions."""

    asked_for: bool | None
    needs: frozenset[str]
    mentions: frozenset[str]


def list_packages(python: str | None, kernel: str | None, caller: Caller, site: Site) -> list[Held]:
    """One's own packages for this Python (the site's default, if none is said), or those of a kernel."""
    if kernel:
        one = kernel_named(kernel, python, caller, site)
        folder = site_packages(one.environment) if one.environment else None
        if folder is None:
            raise NotReady(f"the kernel {one.name} has no packages of its own", hint="Leave out '--kernel'.")
        return inventory(folder, one.python, named_in(one))
    found, _ = interpreter(caller, site, python)
    own = user_site(found, caller.env, "A kernel has packages of its own: 'sesync kernel list'.", writes=False)
    return inventory(own.folder, own.version)


def inventory(folder: Path, python: str, asked: Collection[str] | None = None) -> list[Held]:
    """The packages in a folder, for a Python of this version (3.8.18); `asked` as for `ties_of`."""
    found = packages_in([folder])
    ties = {name: ties_of(package, python, asked) for name, package in found.items()}
    return [
        Held(
            name,
            package.version or None,
            bytes_of(package),
            time.strftime("%Y-%m-%d", time.localtime(package.entry.lstat().st_mtime)),
            ties[name].asked_for,
            tuple(sorted(other for other, one in ties.items() if name in one.needs and other != name)),
        )
        for name, package in sorted(found.items())
    ]


def ties_of(package: Package, python: str, asked: Collection[str] | None) -> Ties:
    """The ties of a package; `mentions` counts what it needs only now and then, too.

    `asked` are the names that somebody is known to have asked for, None where nobody has kept them.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    here = {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python, "extra": ""}
    needs, mentions = set(), set()
    for line in requires(package):
        with contextlib.suppress(InvalidRequirement):
            wanted = Requirement(line)
            mentions.add(canonical(wanted.name))
            if wanted.marker is None or wanted.marker.evaluate(here):
                needs.add(canonical(wanted.name))
    return Ties(_asked_for(package, asked), frozenset(needs), frozenset(mentions))


def going_along(
    gone: Collection[str], mine: Path, others: Iterable[Path], python: str, asked: Collection[str] | None = None
) -> list[Package]:
    """What came only for the packages that go, and what nothing else there or in the `others` mentions.

    Never what was asked for by name, what Jupyter runs on, or an installer. Where the packages that go do not say that
    they were asked for (a pip before 20.1 does not write it down), nothing is known of the others, and they stay.
    """
    own = packages_in([mine])
    ties = {name: ties_of(package, python, asked) for name, package in packages_in([mine, *others]).items()}
    started = [name for name in gone if name in ties and ties[name].asked_for]
    going = {name for name in _mentioned(started, ties) if name in own and ties[name].asked_for is False}
    going -= {*gone, *_INSTALLERS, *jupyters_own(going)}
    while held := {name for other in ties.keys() - going - set(gone) for name in ties[other].mentions & going}:
        going -= held
    return [own[name] for name in sorted(going)]


def _mentioned(names: Iterable[str], ties: Mapping[str, Ties]) -> set[str]:
    """These packages, and all that they mention, directly or not."""
    found: set[str] = set()
    left = list(names)
    while left:
        if (name := left.pop()) in ties and name not in found:
            found.add(name)
            left.extend(ties[name].mentions)
    return found


def _asked_for(package: Package, asked: Collection[str] | None) -> bool | None:
    if package.project:
        return True  # nothing but somebody's own command links a project
    try:
        installer = (package.metadata / "INSTALLER").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        installer = ""
    if installer == "uv":  # it marks all that it installs
        return None if asked is None else package.name in asked
    return is_marked(package) or package.name in (asked or ())
