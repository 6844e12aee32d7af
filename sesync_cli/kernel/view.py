"""Kernels as they are shown: in a list, one by one with what is in it, and what came of checking them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.caller import Caller
from sesync_cli.kernel.advice import REMOVE, REPAIR, SHOW, advised, command
from sesync_cli.kernel.health import WORKS
from sesync_cli.kernel.specs import Kernel
from sesync_cli.names import first
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.view import Facts, Table, Toned, View, bad, good, odd, size

if TYPE_CHECKING:
    from sesync_cli.kernel.shared import SharedState

_MADE = "being made"
_MOST = 10  # files that are named


@dataclass(frozen=True)
class Row:
    """A kernel in a list. Sizes are bytes, and null for kernels that sesync did not make.

    `problem` says in words what its state says in one. `command` is what to type about it; null if it works.
    """

    name: str
    display_name: str
    python_version: str | None
    state: str
    problem: str | None
    alone_bytes: int | None
    shared_bytes: int | None
    managed: bool
    server: bool
    spec: Path
    environment: Path | None
    command: str | None


@dataclass(frozen=True)
class Card(Row):
    """All about one kernel: what was asked for, and which packages are there, with their versions.

    `changed` are the files that say something else since the kernel was made, `missing` those of them that are not
    there; `shared` is what projects share of it.
    """

    asked: tuple[str, ...]
    requirements: tuple[str, ...]
    env: tuple[str, ...]
    packages: Mapping[str, str | None]
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    shared: "tuple[SharedState, ...]" = ()


@dataclass(frozen=True)
class CheckResult:
    """Whether a kernel works: in how many seconds it answered, and what can be imported in it and what not, and why.

    `edited` are the files of its packages that are not as the packages brought them, below its folder of packages.
    `seconds` is null for a kernel that did not answer; `command` may mend it, null where there is none or nothing to
    mend.
    """

    name: str
    works: bool
    problem: str | None = None
    python_version: str | None = None
    seconds: float | None = None
    imported: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    command: str | None = None


def row(kernel: Kernel) -> Row:
    """A kernel's row."""
    room = kernel.size
    return Row(
        name=kernel.name,
        display_name=kernel.display_name,
        python_version=kernel.python or None,
        state=kernel.state,
        problem=kernel.problem or None,
        alone_bytes=room.alone if room else None,
        shared_bytes=room.shared if room else None,
        managed=kernel.managed,
        server=kernel.server,
        spec=kernel.spec,
        environment=kernel.environment,
        command=advised(kernel) or None,
    )


def card(kernel: Kernel, caller: Caller, site: Site, watch: Watch) -> Card:
    """A kernel's card; its files are compared with what they said when it was made."""
    from sesync_cli.kernel.recipe import changed_files
    from sesync_cli.kernel.shared import shared_states
    from sesync_cli.kernel.spec_writing import ORDINARY
    from sesync_cli.python.distributions import installed, known_versions

    made = kernel.recipe
    found = changed_files(made, site.data_patience_seconds, watch) if made else None
    return Card(
        **vars(row(kernel)),
        asked=(*made.packages, *made.added) if made else (),
        requirements=tuple(path for path, _ in made.files) if made else (),
        env=tuple(name for name in kernel.env if name not in ORDINARY),
        packages=known_versions(installed(kernel.environment)) if kernel.environment else {},
        changed=tuple(found.changed) if found else (),
        missing=tuple(found.gone) if found else (),
        shared=shared_states(kernel, caller, site, watch),
    )


def kernel_table(rows: list[Row]) -> Table:
    lines = [(one.name, one.display_name, _python(one), *_sizes(one), _whose(one), _state(one)) for one in rows]
    empty = "You have no kernels yet. 'sesync kernel create NAME' makes one."
    return Table(("NAME", "IN JUPYTER", "PYTHON", "ALONE", "SHARED", "MADE BY", "STATE"), lines, empty, _advice(rows))


def kernel_card(card: Card) -> Facts:
    from sesync_cli.kernel.shared import told

    alone, shared = _sizes(card)
    moved_on = [path for path in card.changed if path not in card.missing]
    facts = [
        ("In Jupyter", card.display_name),
        ("State", _state(card)),
        ("Problem", card.problem or ""),
        ("What helps", _help(card)),
        ("Python", _python(card)),
        ("Made by", _whose(card)),
        ("Environment", str(card.environment or "")),
        ("Spec", str(card.spec)),
        ("Asked for", ", ".join((*card.asked, *card.requirements))),
        ("Moved on", f"{', '.join(moved_on)}: 'sesync kernel update {card.name}' follows" if moved_on else ""),
        (
            "Gone",
            f"{', '.join(card.missing)}: 'sesync kernel update {card.name} --from DIR' says where it is"
            if card.missing
            else "",
        ),
        ("Shared", told(card.shared)),
        ("Sets", ", ".join(card.env)),
        ("Takes", f"{alone} alone, {shared} shared with the cache and other kernels" if alone else ""),
        ("Packages", ", ".join(f"{name} {version or ''}" for name, version in card.packages.items())),
    ]
    return Facts(card.name, [(name, value) for name, value in facts if value])


def verdicts(found: list[CheckResult]) -> View:
    """One kernel is a sentence, several are a table."""
    if len(found) == 1:
        return _sentence(found[0])
    rows = [(one.name, _python(one), _works(one), _seconds(one), _what(one)) for one in found]
    commands = dict.fromkeys(f"'{one.command}'" for one in found if one.command)
    note = f"To mend it: {', '.join(commands)}." if commands else ""
    empty = "You have no kernels yet. 'sesync kernel create NAME' makes one."
    return Table(("NAME", "PYTHON", "RESULT", "SECONDS", "PROBLEM"), rows, empty, note)


def _works(one: CheckResult) -> Toned:
    return good("works") if one.works else bad("fails")


def edited(changed: Sequence[str]) -> str:
    """What is wrong with files that are not as their packages brought them; empty if there are none."""
    if len(changed) == 1:
        return "1 of its files is not as its package brought it"
    return f"{len(changed)} of its files are not as their packages brought them" if changed else ""


def some_fail(found: list[CheckResult]) -> bool:
    return not all(one.works for one in found)


def packages(count: int) -> str:
    """How many names can be imported, of which a package may bring several or none."""
    return "1 module" if count == 1 else f"{count} modules"


def _advice(rows: list[Row]) -> str:
    """What to do about kernels that do not work."""
    broken = [one for one in rows if one.command]
    if not broken:
        return ""
    if moved := [one.name for one in rows if one.state == "moved"]:
        return f"Your home has moved: '{command(REPAIR, moved[0])}' tells all its kernels where they are."
    one, shows = broken[0], command(SHOW, broken[0].name)
    what = f"{len(broken)} kernels do not work" if len(broken) > 1 else f"The kernel {one.name} does not work"
    return f"{what}: '{shows}' says why{f', {_help(one)}' if one.command != shows else ''}."


def _help(one: Row) -> str:
    """What helps a kernel that does not work, with its command; empty for one that works."""
    removal = command(REMOVE, one.name)
    if one.command == command(SHOW, one.name):
        return f"to bring back what it lacks; '{removal}' removes it"
    return f"'{one.command}' {'removes' if one.command == removal else 'mends'} it" if one.command else ""


def _state(one: Row) -> Toned:
    tone = good if one.state == "ok" else odd if one.state in (*WORKS, _MADE) else bad
    return tone(one.state)


def _python(one: Row | CheckResult) -> str:
    return one.python_version or ""


def _sizes(one: Row) -> tuple[str, str]:
    if one.alone_bytes is None or one.shared_bytes is None:
        return "", ""
    return size(one.alone_bytes), size(one.shared_bytes)


def _whose(one: Row) -> str:
    return "the server" if one.server else "sesync" if one.managed else "you"


def _sentence(one: CheckResult) -> str:
    started = f"it started in {_seconds(one)} s"
    if one.works and one.imported:
        return f"The kernel {one.name} works: {started}, and its {packages(one.imported)} can be imported."
    if one.works:
        return f"The kernel {one.name} works: {started}."
    found = one.failed or one.edited
    problem = f"{started}, but {one.problem}" if one.seconds is not None and found else one.problem
    reasons = [f"  {name}: {reason}" for name, reason in one.failed.items()]
    reasons += [f"  {line}" for line in first(one.edited, _MOST)]
    lines = [f"The kernel {one.name} fails: {problem}{':' if reasons else '.'}", *reasons]
    return "\n".join([*lines, f"'{one.command}' mends it."] if one.command else lines)


def _what(one: CheckResult) -> str:
    """What is wrong, in one cell."""
    said = [f"{name}: {reason}" for name, reason in one.failed.items()]
    reasons = "; ".join([*said, *one.edited[:1]])
    return f"{one.problem}: {reasons}" if reasons else one.problem or ""


def _seconds(one: CheckResult) -> str:
    return "" if one.seconds is None else f"{one.seconds:.1f}"
