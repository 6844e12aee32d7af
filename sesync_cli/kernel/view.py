"""How kernels look."""

from dataclasses import dataclass

from sesync_cli.kernel.specs import Kernel
from sesync_cli.kernel.trouble import WORKS
from sesync_cli.view import Facts, Table, size


@dataclass(frozen=True)
class Row:
    """A kernel in a list. Sizes are bytes, and null for kernels that sesync did not make.

    `problem` says in words what its state says in one.
    """

    name: str
    display_name: str
    python: str
    state: str
    problem: str
    alone_bytes: int | None
    shared_bytes: int | None
    managed: bool
    server: bool
    spec: str
    environment: str | None


@dataclass(frozen=True)
class Card:
    """All about one kernel: what was asked for, and which packages are there, with their versions.

    `changed` are the files that say something else since the kernel was made.
    """

    kernel: Row
    asked: tuple[str, ...]
    requirements: tuple[str, ...]
    env: tuple[str, ...]
    packages: dict[str, str]
    changed: tuple[str, ...] = ()


def row(kernel: Kernel) -> Row:
    """A kernel's row."""
    room = kernel.size
    return Row(
        name=kernel.name,
        display_name=kernel.display_name,
        python=kernel.python,
        state=kernel.state,
        problem=kernel.problem,
        alone_bytes=room.alone if room else None,
        shared_bytes=room.shared if room else None,
        managed=kernel.managed,
        server=kernel.server,
        spec=str(kernel.spec),
        environment=str(kernel.environment) if kernel.environment else None,
    )


def kernel_table(rows: list[Row]) -> Table:
    lines = [(one.name, one.display_name, one.python, *_sizes(one), _whose(one), one.state) for one in rows]
    empty = "You have no kernels yet. 'sesync kernel create NAME' makes one."
    return Table(("NAME", "IN JUPYTER", "PYTHON", "ALONE", "SHARED", "MADE BY", "STATE"), lines, empty, _advice(rows))


def kernel_card(card: Card) -> Facts:
    one = card.kernel
    alone, shared = _sizes(one)
    facts = [
        ("In Jupyter", one.display_name),
        ("State", f"{one.state}: {one.problem}" if one.problem else one.state),
        ("Python", one.python),
        ("Made by", _whose(one)),
        ("Environment", one.environment or ""),
        ("Spec", one.spec),
        ("Asked for", ", ".join((*card.asked, *card.requirements))),
        ("Moved on", f"{', '.join(card.changed)}: 'sesync kernel update {one.name}' follows" if card.changed else ""),
        ("Sets", ", ".join(card.env)),
        ("Takes", f"{alone} alone, {shared} shared with the cache and other kernels" if alone else ""),
        ("Packages", ", ".join(f"{name} {version}" for name, version in card.packages.items())),
    ]
    return Facts(one.name, [(name, value) for name, value in facts if value])


def _advice(rows: list[Row]) -> str:
    """What to do about kernels that do not work."""
    broken = [one.name for one in rows if one.state not in (*WORKS, "being made") and not one.server]
    if not broken:
        return ""
    if moved := [one.name for one in rows if one.state == "moved"]:
        return f"Your home has moved: 'sesync kernel repair {moved[0]}' tells all its kernels where they are."
    what = f"{len(broken)} kernels do not work" if len(broken) > 1 else f"The kernel {broken[0]} does not work"
    return f"{what}: 'sesync kernel show {broken[0]}' says why, 'sesync kernel repair {broken[0]}' mends it."


def _sizes(one: Row) -> tuple[str, str]:
    if one.alone_bytes is None or one.shared_bytes is None:
        return "", ""
    return size(one.alone_bytes), size(one.shared_bytes)


def _whose(one: Row) -> str:
    return "the server" if one.server else "sesync" if one.managed else "you"
