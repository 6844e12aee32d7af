"""Which folders are one thing to a researcher, such as `x.zarr` or the parts of a table. They are in stores.toml."""

import fnmatch
import os
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sesync_cli.files.kinds import Kind

STORES = Path(__file__).with_name("stores.toml")


def store_kind(folder: str, names: Collection[str]) -> Kind | None:
    """The kind of a folder with these names in it, by its own name or by what is in it; None for any other folder."""
    stores = _stores()
    end = os.path.splitext(folder.rstrip("/").lower())[1]
    if kind := stores.ends.get(end) if end else None:
        return kind
    low = {name.lower() for name in names}
    if marks := stores.marks.keys() & low:
        return stores.marks[min(marks)]
    patterns = (
        kind for pattern, kind in stores.patterns.items() if any(fnmatch.fnmatchcase(name, pattern) for name in low)
    )
    if kind := next(patterns, None):
        return kind
    seen = [name for name in low if not name.startswith(("_", "."))]
    return next(
        (kind for like, kind in stores.all.items() if seen and len(fnmatch.filter(seen, like)) == len(seen)), None
    )


class _Stores(NamedTuple):
    ends: Mapping[str, Kind]
    marks: Mapping[str, Kind]
    patterns: Mapping[str, Kind]
    all: Mapping[str, Kind]


@cache
def _stores() -> _Stores:
    ends: dict[str, Kind] = {}
    marks: dict[str, Kind] = {}
    patterns: dict[str, Kind] = {}
    alike: dict[str, Kind] = {}
    for table in tomllib.loads(STORES.read_text(encoding="utf-8")).values():
        kind = Kind[table["kind"].upper()]
        ends |= dict.fromkeys(table.get("ends", "").split(), kind)
        alike |= dict.fromkeys(table.get("all", "").split(), kind)
        for mark in table.get("marks", "").split():
            (patterns if "*" in mark else marks)[mark] = kind
    return _Stores(ends, marks, patterns, alike)
