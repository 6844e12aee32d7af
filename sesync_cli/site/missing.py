"""Which packages of the system would have mended most failures, by the logs that people share."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.diagnosis.diagnose import LogContext, diagnose
from sesync_cli.diagnosis.logs import (
    KEPT,
    UnreadableLog,
    about,
    ended_well,
    is_of_an_installer,
    log_text,
    logs_in,
    package_in_name,
)
from sesync_cli.diagnosis.system import DEBIAN
from sesync_cli.diagnosis.table import causes
from sesync_cli.files.unread import Unread
from sesync_cli.plan import Report

_WELL, _OTHER, _UNKNOWN, _NO_LOG = "well", "other", "unknown", "no log"


@dataclass(frozen=True)
class Missing:
    """System packages that a cause needs: how many logs failed for want of them, of what and of whom.

    `needed_by` are the Python packages that failed; `users` are known where logs lie in their homes. `extra` are the
    repositories that the packages are in, if not in the system's own.
    """

    system: tuple[str, ...]
    failures: int
    needed_by: tuple[str, ...]
    users: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What was read: the table, most failures first, and the line that installs all of it.

    `successes` counts the logs that ended well, `other_failures` those of other kinds, `unknown_failures` those that
    nobody could tell.
    """

    family: str
    missing: list[Missing]
    command: str | None
    logs: int
    successes: int
    other_failures: int
    unknown_failures: int
    unreadable: list[Unread]


@dataclass
class _CauseCount:
    """The failures of one cause, while they are counted."""

    extra: tuple[str, ...]
    failures: int = 0
    packages: Counter[str] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)


def summary(places: Iterable[Path], family: str, report: Report) -> Summary:
    """Read all these logs, and those below these folders, and add up what is missing for this family of Linux."""
    tallies: dict[tuple[str, ...], _CauseCount] = {}
    counts: Counter[str] = Counter()
    unreadable: list[Unread] = []
    places = list(places)
    for path in _each(places):
        report(None, path.name)
        try:
            text = log_text(path)
        except UnreadableLog as reason:
            unreadable.append(Unread(path.absolute(), str(reason)))
            continue
        counts[_count(path, text, family, tallies, named=path in places)] += 1
    missing = sorted((_row(system, tally) for system, tally in tallies.items()), key=_most_first)
    numbers = (counts[_WELL], counts[_OTHER], counts[_UNKNOWN])
    logs = counts.total() - counts[_NO_LOG] + len(unreadable)
    return Summary(family, missing, _install(missing, family), logs, *numbers, unreadable)


def _each(places: Iterable[Path]) -> Iterator[Path]:
    """Every log once, although a folder and a log in it may both be named."""
    yield from dict.fromkeys(path for place in places for path in logs_in(place))


def _count(path: Path, text: str, family: str, tallies: dict[tuple[str, ...], _CauseCount], *, named: bool) -> str:
    """Add one log to what it belongs to, and say which number it counts for.

    A text in a folder is no log if nothing in it is an installer's; one that is `named` itself is taken for one.
    """
    known = named or about(path) or is_of_an_installer(text)
    if ended_well(text):
        return _WELL if known else _NO_LOG
    name = package_in_name(path)
    found = diagnose(text, LogContext((name,) if name else ()))
    if found is None:
        return _UNKNOWN if known else _NO_LOG
    cause = causes().named(found.cause)  # what else the package needs may be there
    system = cause.debian if family == DEBIAN else cause.rhel
    if not system:
        return _OTHER
    tally = tallies.setdefault(system, _CauseCount(() if family == DEBIAN else cause.extra))
    tally.failures += 1
    tally.packages[found.package] += 1
    if user := _user(path):
        tally.users.add(user)
    return "missing"


def _user(path: Path) -> str:
    """Whose log it is, if it lies where sesync keeps it: in a home, or in a copy of one."""
    below = path.absolute().parts
    end = next((at for at in range(len(below)) if below[at : at + 4] == KEPT.parts), 0)
    return below[end - 1] if end > 1 else ""


def _row(system: tuple[str, ...], tally: _CauseCount) -> Missing:
    packages = tuple(name for name, _ in tally.packages.most_common())
    return Missing(system, tally.failures, packages, tuple(sorted(tally.users)), tally.extra)


def _most_first(row: Missing) -> tuple[int, int, tuple[str, ...]]:
    return -row.failures, -len(row.users), row.system


def _install(missing: Iterable[Missing], family: str) -> str | None:
    """The line that root types; None where nothing is missing."""
    names = list(dict.fromkeys(name for row in missing for name in row.system))
    program = "apt-get" if family == DEBIAN else "dnf"
    return " ".join([program, "install", *names]) if names else None
