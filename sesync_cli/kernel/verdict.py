"""What came of checking kernels, and how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sesync_cli.view import Table, View

_MOST = 10  # files that are named


@dataclass(frozen=True)
class Verdict:
    """Whether a kernel works: in how many seconds it answered, and what can be imported in it and what not, and why.

    `changed` are the files of its packages that are not as the packages brought them, below its folder of packages.
    `seconds` is null for a kernel that did not answer; `next` is the command that may mend it, empty where there is
    none or nothing to mend.
    """

    name: str
    works: bool
    problem: str = ""
    python: str = ""
    seconds: float | None = None
    imported: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    next: str = ""


def verdicts(found: list[Verdict]) -> View:
    """One kernel is a sentence, several are a table."""
    if len(found) == 1:
        return _sentence(found[0])
    rows = [(one.name, one.python, "works" if one.works else "fails", _seconds(one), _what(one)) for one in found]
    commands = [f"'{one.next}'" for one in found if one.next]
    note = f"To mend it: {', '.join(commands)}." if commands else ""
    empty = "You have no kernels yet. 'sesync kernel create NAME' makes one."
    return Table(("NAME", "PYTHON", "RESULT", "SECONDS", "PROBLEM"), rows, empty, note)


def edited(changed: Sequence[str]) -> str:
    """What is wrong with files that are not as their packages brought them; empty if there are none."""
    if len(changed) == 1:
        return "1 of its files is not as its package brought it"
    return f"{len(changed)} of its files are not as their packages brought them" if changed else ""


def some_fail(found: list[Verdict]) -> bool:
    return not all(one.works for one in found)


def packages(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"


def _sentence(one: Verdict) -> str:
    started = f"it started in {_seconds(one)} s"
    if one.works and one.imported:
        return f"The kernel {one.name} works: {started}, and its {packages(one.imported)} can be imported."
    if one.works:
        return f"The kernel {one.name} works: {started}."
    found = one.failed or one.changed
    problem = f"{started}, but {one.problem}" if one.seconds is not None and found else one.problem
    reasons = [f"  {name}: {reason}" for name, reason in one.failed.items()]
    reasons += [f"  {path}" for path in one.changed[:_MOST]]
    reasons += [f"  and {len(one.changed) - _MOST} more"] if len(one.changed) > _MOST else []
    lines = [f"The kernel {one.name} fails: {problem}{':' if reasons else '.'}", *reasons]
    return "\n".join([*lines, f"'{one.next}' mends it."] if one.next else lines)


def _what(one: Verdict) -> str:
    """What is wrong, in one cell."""
    said = [f"{name}: {reason}" for name, reason in one.failed.items()]
    reasons = "; ".join([*said, *one.changed[:1]])
    return f"{one.problem}: {reasons}" if reasons else one.problem


def _seconds(one: Verdict) -> str:
    return "" if one.seconds is None else f"{one.seconds:.1f}"
