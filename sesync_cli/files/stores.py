"""Which folders are one thing to a researcher, such as `x.zarr` or the parts of a table. They are in stores.toml."""

import os
import stat
import tomllib
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.secret_scan import by_path

STORES = Path(__file__).with_name("stores.toml")
_DEEPEST = 20  # folders in each other, of which each is a value of a column


def store_kind(folder: str, names: Collection[str]) -> Kind | None:
    """The kind of a folder with these names in it, by its own name or by what is in it; None for any other folder.

    Where only what is in it tells, there is nothing else at its top. What is further inside, `is_foreign` is asked for.
    """
    if kind := kind_by_end(folder):
        return kind
    spelt = {name.lower(): name for name in names}
    found = (one for one in _stores() if _is(one, folder, spelt))
    return next((one.kind for one in found if not any(_is_other(one, folder, *pair) for pair in spelt.items())), None)


def kind_by_end(folder: str) -> Kind | None:
    """The kind of a folder whose own name says that it is one thing, whatever is in it."""
    end = os.path.splitext(folder.rstrip("/").lower())[1]
    return _by_end().get(end) if end else None


def plain_marks() -> frozenset[str]:
    """Names of which most folders that are one thing without being called so have one at their top, in any spelling."""
    marks = {mark.partition("/")[0] for one in _stores() for mark in one.marks if "*" not in mark}
    return frozenset({*marks, *map(str.upper, marks)})


def is_foreign(name: str) -> bool:
    """Whether a file of this name is never a part of one thing: code, a notebook, a secret, or git's folder."""
    kind = kind_by_name(name)
    if kind == Kind.SOURCE:  # some programs leave settings of their own, whose names begin with a dot
        return name[0] != "." and not _are_any(name.lower(), _own_anywhere())
    return name == ".git" or kind == Kind.NOTEBOOK or by_path(name).is_secret


class _Store(NamedTuple):
    kind: Kind
    ends: frozenset[str]
    marks: tuple[str, ...]
    all: str
    own: tuple[str, ...]
    folders: bool


def _is(one: _Store, folder: str, spelt: Mapping[str, str]) -> bool:
    """Whether what is in a folder makes it such a store; the names are there in small letters, and as they are."""
    if one.all and _are_like(one.all, spelt):
        return _innermost(folder, spelt, one.all) == {one.kind}
    return any(_is_there(mark, folder, spelt) for mark in one.marks)


def _is_other(one: _Store, folder: str, low: str, name: str) -> bool:
    """Whether what is called so at the top of a store does not belong to it."""
    if is_foreign(low):
        return True
    if _are_any(low, one.marks) or _are_any(low, one.own) or _are_any(low, _own_anywhere()):
        return False
    return low[0] == "." or not one.folders or _is_no_folder(os.path.join(folder, name))


def _is_no_folder(path: str) -> bool:
    with suppress(OSError):
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    return False


def _are_any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


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
    return tuple(_store(table) for table in _tables().values() if "kind" in table)


@cache
def _by_end() -> Mapping[str, Kind]:
    return {end: one.kind for one in _stores() for end in one.ends}


@cache
def _own_anywhere() -> tuple[str, ...]:
    return _words(_tables()["any"], "own")


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(STORES.read_text(encoding="utf-8"))


def _store(table: Mapping[str, Any]) -> _Store:
    kind, ends = Kind[table["kind"].upper()], frozenset(_words(table, "ends"))
    own, folders = _words(table, "own"), table.get("folders", False)
    return _Store(kind, ends, _words(table, "marks"), table.get("all", ""), own, folders)


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words: str = table.get(key, "")
    return tuple(words.split())
