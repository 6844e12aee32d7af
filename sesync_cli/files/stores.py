"""Which folders are one thing to a researcher, such as `x.zarr` or the parts of a table. They are in stores.toml."""

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.files.kinds import Kind, kind_by_name

STORES = Path(__file__).with_name("stores.toml")
_DEEPEST = 20  # folders in each other, of which each is a value of a column


def store_kind(folder: str, names: Collection[str]) -> Kind | None:
    """The kind of a folder with these names in it, by its own name or by what is in it; None for any other folder."""
    end = os.path.splitext(folder.rstrip("/").lower())[1]
    spelt = {name.lower(): name for name in names}
    return next((one.kind for one in _stores() if (end and end in one.ends) or _is(one, folder, spelt)), None)


class _Store(NamedTuple):
    kind: Kind
    ends: frozenset[str]
    marks: tuple[str, ...]
    all: str
    but: frozenset[Kind]


def _is(one: _Store, folder: str, spelt: Mapping[str, str]) -> bool:
    """Whether what is in a folder makes it such a store; the names are there in small letters, and as they are."""
    if one.all and _are_like(one.all, spelt):
        return _innermost(folder, spelt, one.all) == {one.kind}
    if not any(_is_there(mark, folder, spelt) for mark in one.marks):
        return False
    return one.but.isdisjoint(map(kind_by_name, spelt))


def _is_there(mark: str, folder: str, spelt: Mapping[str, str]) -> bool:
    outer, _, inner = mark.partition("/")
    if inner:
        return outer in spelt and inner in _listed(os.path.join(folder, spelt[outer]))
    return outer in spelt or ("*" in outer and any(fnmatchcase(name, outer) for name in spelt))


def _are_like(pattern: str, spelt: Collection[str]) -> bool:
    """Whether there are names, and all are like this, but for those that programs make for themselves."""
    told = [name for name in spelt if not name.startswith(("_", "."))]
    return bool(told) and all(fnmatchcase(name, pattern) for name in told)


def _innermost(folder: str, spelt: Mapping[str, str], pattern: str) -> set[Kind]:
    """The kinds of the files in the first of the innermost folders below this one, whose names are all like that."""
    for _ in range(_DEEPEST):
        if not _are_like(pattern, spelt):
            return {kind_by_name(name) for name in spelt if not name.startswith(("_", "."))}
        folder = os.path.join(folder, spelt[min(name for name in spelt if not name.startswith(("_", ".")))])
        spelt = _listed(folder)
    return set()


def _listed(folder: str) -> dict[str, str]:
    with suppress(OSError):
        return {name.lower(): name for name in os.listdir(folder)}
    return {}


@cache
def _stores() -> tuple[_Store, ...]:
    return tuple(_read())


def _read() -> Iterator[_Store]:
    for table in tomllib.loads(STORES.read_text(encoding="utf-8")).values():
        kinds = frozenset(Kind[kind.upper()] for kind in _words(table, "but"))
        kind, marks = Kind[table["kind"].upper()], tuple(_words(table, "marks"))
        yield _Store(kind, frozenset(_words(table, "ends")), marks, table.get("all", ""), kinds)


def _words(table: Mapping[str, Any], key: str) -> list[str]:
    words: str = table.get(key, "")
    return words.split()
