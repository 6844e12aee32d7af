"""The formats of data sets of several files, as datasets.toml has them."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.files.kinds import FORMATS, Kind

DATASETS = Path(__file__).with_name("datasets.toml")
WORLD = "world"
_ANY = "*"


class SetFormat(NamedTuple):
    """A table of datasets.toml; `behind` and `beside` are the parts that decide, by where they are cut."""

    order: int
    suffixes: tuple[str, ...]
    parts: tuple[str, ...]
    needs: frozenset[str]
    begins: Mapping[str, str]
    needs_database: bool
    kind: Kind | None
    followed: bool
    behind: frozenset[str]
    beside: frozenset[str]

    def may_be(self, suffix: str, behind: Collection[str], beside: Collection[str]) -> bool:
        """Whether parts that decide are there: names that go on like this behind that of the main file, or its stem."""
        if not self.behind.isdisjoint(behind) or not self.beside.isdisjoint(beside):
            return True
        return WORLD in self.beside and not world_ends(suffix).isdisjoint(beside)


@cache
def world_ends(suffix: str) -> frozenset[str]:
    """How a world file ends, by the suffix of its raster (https://gdal.org/en/stable/drivers/raster/wld.html)."""
    return frozenset((".wld", *((f".{suffix[1]}{suffix[-1]}w", f"{suffix}w") if len(suffix) > 2 else ())))


@cache
def set_formats() -> tuple[Mapping[str, tuple[SetFormat, ...]], tuple[SetFormat, ...]]:
    """The formats by the suffix of the main file, and those of any."""
    kinds = tomllib.loads(FORMATS.read_text(encoding="utf-8"))
    tables = tomllib.loads(DATASETS.read_text(encoding="utf-8"))
    everywhere = tuple(tables["any"]["parts"].split())
    by_suffix: dict[str, tuple[SetFormat, ...]] = {}
    of_any: tuple[SetFormat, ...] = ()
    for order, table in enumerate(tables.values()):
        one = _format(order, table, kinds, everywhere)
        if _ANY in one.suffixes:
            of_any += (one,)
        for suffix in one.suffixes:
            by_suffix[suffix] = (*by_suffix.get(suffix, ()), one)
    return by_suffix, of_any


def _format(order: int, table: Mapping[str, Any], kinds: Mapping[str, Any], everywhere: Iterable[str]) -> SetFormat:
    more = (f".{suffix}" for kind in table.get("kinds", "").split() for suffix in kinds[kind]["suffixes"].split())
    parts = tuple(dict.fromkeys((*table["parts"].split(), *everywhere)))
    needs = frozenset(table.get("needs", "").split())
    return SetFormat(
        order,
        (*table["main"].split(), *more),
        parts,
        needs,
        table.get("begins", {}),
        table.get("needs_database", False),
        Kind[table["kind"].upper()] if "kind" in table else None,
        table.get("followed", False),
        frozenset(part[1:] for part in needs or parts if part[0] == "+"),
        frozenset(part.removeprefix("~") for part in needs or parts if part[0] != "+"),
    )
