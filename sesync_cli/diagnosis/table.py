"""The table of causes: `causes.toml`, read once and checked by its tests."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("causes.toml")
LATE = ("build", "wheel", "versions", "permission", "other")  # kinds that are looked for after what is missing
KINDS = ("headers", "programs", "libraries", "packages")  # what a log may say is missing


class ByPython(NamedTuple):
    """A pattern that tells of a cause only in some Pythons: in those from `least` on, and `below` another."""

    pattern: "re.Pattern[str]"
    least: str = ""
    below: str = ""

    def fits(self, python: str) -> bool:
        """Whether this Python, as 3.8, may be meant; one that nobody knows may be."""
        if not python:
            return True
        return (not self.least or _number(python) >= _number(self.least)) and (
            not self.below or _number(python) < _number(self.below)
        )


@dataclass(frozen=True)
class Cause:
    """One reason why installs fail: how to know it, what is missing, which system packages have it, what else helps.

    `error` is the `kind` of the error. `missing` is a noun; `says` and `alone` are sentences with placeholders.
    `instead` lists packages that may do without it, by the package that failed; `beside` requirements that may mend it,
    asked for with the package; `modules` how the names of environment modules begin that may bring it. `extra` says
    where RHEL has its packages, if not in its own repositories. What is `late` is believed where nothing is missing.
    """

    name: str
    kind: str
    error: str
    says: str
    patterns: tuple[ByPython, ...]
    provides: Mapping[str, Sequence[str]]
    missing: str = ""
    alone: str = ""
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    debian: tuple[str, ...] = ()
    rhel: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    support: bool = False
    late: bool = False
    example: str = ""


@dataclass(frozen=True)
class Causes:
    """All causes in the order in which they are looked for, and those that have a thing, by its kind and name.

    `needs` are the names of all causes that a package's build may have, by the package.
    """

    ordered: tuple[Cause, ...]
    exact: Mapping[tuple[str, str], Cause]
    alike: Mapping[str, Sequence[tuple[str, Cause]]]
    needs: Mapping[str, Sequence[str]]

    def named(self, name: str) -> Cause:
        """The cause of this name."""
        return next(cause for cause in self.ordered if cause.name == name)

    def having(self, kind: str, name: str) -> Cause | None:
        """The cause with a header, a program, a library or a package of this name."""
        if found := self.exact.get((kind, name)) or self.exact.get((kind, name.lower())):
            return found
        return next((cause for pattern, cause in self.alike[kind] if fnmatchcase(name, pattern)), None)


@cache
def causes() -> Causes:
    """The table. A cause that says nothing of its own speaks as its kind does."""
    import tomllib

    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    kinds = list(table["kinds"])
    rows = sorted(table["cause"], key=lambda row: (kinds.index(row.get("before", row["kind"])), "before" not in row))
    ordered = tuple(_cause(table["kinds"][row["kind"]] | row) for row in rows)
    exact: dict[tuple[str, str], Cause] = {}
    alike: dict[str, list[tuple[str, Cause]]] = {kind: [] for kind in KINDS}
    for cause in ordered:
        for kind in KINDS:
            for name in cause.provides[kind]:
                if "*" in name:
                    alike[kind].append((name, cause))
                else:
                    exact.setdefault((kind, name), cause)
    return Causes(ordered, exact, alike, table["needs"])


def _cause(row: dict[str, Any]) -> Cause:
    rules = [*({"pattern": pattern} for pattern in row.get("patterns", ())), *row.get("by_python", ())]
    patterns = tuple(ByPython(**rule | {"pattern": re.compile(rule["pattern"], re.MULTILINE)}) for rule in rules)
    provides = {kind: tuple(row.get(kind, ())) for kind in KINDS}
    lists: dict[str, Any] = {key: tuple(row.get(key, ())) for key in ("debian", "rhel", "extra", "beside", "modules")}
    taken = {"patterns", "by_python", "before", "source", *KINDS, *lists}
    words = {key: value for key, value in row.items() if key not in taken}
    late = row.get("before", row["kind"]) in LATE
    return Cause(patterns=patterns, provides=provides, late=late, **lists, **words)


def _number(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split(".") if part.isdigit())
