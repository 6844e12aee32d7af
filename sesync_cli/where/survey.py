"""What is at a path and below it: facts, which no rule has judged yet. They are gathered where servers may hang."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.git.work_tree import work_tree
from sesync_cli.where.contents import is_secret, kind_of
from sesync_cli.where.kinds import Kind, kind_by_name
from sesync_cli.where.leaks import HEAD, WORDS
from sesync_cli.where.notebooks import outputs
from sesync_cli.where.tables import count_rows

PLAIN = 1_000_000
"""Bytes up to which a file in a folder is what its name says, if its name says enough."""

_UNSURE = frozenset({*WORDS, Kind.TABLE, Kind.SECRET})
_SOFTWARE = frozenset({"node_modules", "__pycache__", "site-packages"})
_MARKS = ({"pyvenv.cfg"}, {"conda-meta"}, {"DESCRIPTION", "Meta"})  # of environments, and of R's packages
_STORES = (".zarr", ".n5", ".gdb", ".safe", ".parquet")
_SHAPES = "shx dbf prj cpg qix qpj qmd sbn sbx fbn fbx ain aih atx ixs mxs shp.xml"
_LAYER = frozenset(f".{suffix}" for suffix in _SHAPES.split())


class Found(NamedTuple):
    """A file, a link, or a folder that is one thing, such as `x.zarr`.

    `rows` is -1 where nobody knows; `parts` are the other suffixes of a shapefile, whose bytes count; `target` is what
    a link says; `told` are the bytes of a notebook that are outputs.
    """

    path: str
    kind: str
    bytes: int
    mode: int = 0
    device: int = 0
    inode: int = 0
    rows: int = -1
    exact: bool = True
    target: str = ""
    parts: tuple[str, ...] = ()
    told: int = 0


Fact = tuple[str, Any]
"""Its name and its value: `at` (the real path of what was named; whether it is a folder), `tree` (the repository that
it is in), `failed` (the number of the error that it cannot be looked at for), `folder` (one is entered), `found` (the
fields of a `Found`), `repository` (a work tree of git), `left` (a folder that is not entered), `closed` (what cannot be
read, and why), `most` (there was more than is looked at)."""


def survey(named: str, most: int) -> Iterator[Fact | None]:
    """Look at a file, or at up to so many files of a folder and what is below it; links are not followed.

    Hidden folders, software and other file systems are left out, unless they are named themselves.
    """
    try:
        facts = os.lstat(named)
        folder, store = stat.S_ISDIR(facts.st_mode), named.rstrip("/").lower().endswith(_STORES)
        real = os.path.realpath(named) if folder else _real(named)
        yield "at", (real, folder and not store)
        yield "tree", str(work_tree(os.path.dirname(real)) or "")
        if not folder:
            yield from _look(named, facts, _shapes(named, facts), named=True)
        else:
            yield from _store(named, facts) if store else _walk(named, _device(named), most)
    except OSError as error:
        yield "failed", error.errno


def look(path: str) -> Found:
    """One file, as if it had been named; what cannot be read is what its name says."""
    facts = os.lstat(path)
    seen = _look(path, facts, _shapes(path, facts), named=True)
    return next(Found(*value) for name, value in filter(None, seen) if name == "found")


def _device(folder: str) -> int:
    # to open it is what makes an automounter mount it
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return os.fstat(opened).st_dev
    finally:
        os.close(opened)


def _real(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _walk(top: str, device: int, most: int) -> Iterator[Fact | None]:
    folders = deque([top])
    while folders:
        folder = folders.popleft()
        yield "folder", folder
        try:
            here, entries = os.lstat(folder), _listed(folder)
        except OSError as error:
            yield "closed", (folder, error.strerror)
            continue
        names = {entry.name for entry in entries}
        if here.st_dev != device or (folder != top and any(mark <= names for mark in _MARKS)):
            yield "left", folder
            continue
        if ".git" in names:
            yield "repository", folder
        for entry in _single(entries):
            if not entry.is_dir(follow_symlinks=False):
                most -= 1
                if most < 0:
                    yield "most", folder
                    return
                yield from _entry(entry, names)
            elif entry.name.startswith(".") or entry.name in _SOFTWARE:
                yield "left", entry.path
            elif entry.name.lower().endswith(_STORES):
                yield from _store(entry.path, entry.stat(follow_symlinks=False))
            else:
                folders.append(entry.path)


def _listed(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _entry(entry: "os.DirEntry[str]", names: set[str]) -> Iterator[Fact | None]:
    try:
        facts = entry.stat(follow_symlinks=False)
        yield from _look(entry.path, facts, _parts(entry.name, names), named=False)
    except OSError as error:  # it has gone meanwhile
        yield "closed", (entry.path, error.strerror)


def _look(path: str, facts: os.stat_result, parts: tuple[str, ...], *, named: bool) -> Iterator[Fact | None]:
    name, size = os.path.basename(path), facts.st_size
    found = Found(path, kind_by_name(name).value, size, facts.st_mode, facts.st_dev, facts.st_ino, parts=parts)
    if stat.S_ISLNK(facts.st_mode):
        found = found._replace(kind=Kind.LINK.value, target=os.readlink(path))
    elif not stat.S_ISREG(facts.st_mode):
        found = found._replace(kind=Kind.SPECIAL.value)
    elif size:
        try:
            if named or found.kind in _UNSURE or size > PLAIN:
                found = _inside(found)
            elif is_secret(path, size):
                found = found._replace(kind=Kind.SECRET.value)
        except OSError as error:
            yield "closed", (path, error.strerror)
    if parts:
        stem = path[: -len(".shp")]
        found = found._replace(bytes=size + sum(os.lstat(stem + part).st_size for part in parts))
    yield "found", tuple(found)


def _inside(found: Found) -> Found:
    with open(found.path, "rb") as file:
        head = file.read(HEAD)
        kind = kind_of(found.path, head)
        if kind == Kind.NOTEBOOK and found.bytes > PLAIN:
            return found._replace(kind=kind.value, told=outputs(head + file.read()))
    rows = count_rows(Path(found.path)) if kind == Kind.TABLE else None
    return found._replace(kind=kind.value, rows=rows.number if rows else -1, exact=rows is None or rows.exact)


def _store(path: str, facts: os.stat_result) -> Iterator[Fact | None]:
    size = 0
    for folder, _, names in os.walk(path):
        yield None
        size += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    kind = kind_by_name(os.path.basename(path.rstrip("/")))
    yield "found", tuple(Found(path, kind.value, size, facts.st_mode, facts.st_dev, facts.st_ino))


def _shapes(path: str, facts: os.stat_result) -> tuple[str, ...]:
    if not (stat.S_ISREG(facts.st_mode) and path.lower().endswith(".shp")):
        return ()
    folder, name = os.path.split(path)
    return _parts(name, set(os.listdir(folder or ".")))


def _parts(name: str, names: set[str]) -> tuple[str, ...]:
    """The suffixes of the files that make a shapefile with this one."""
    stem = name[: -len(".shp")]
    if not name.lower().endswith(".shp"):
        return ()
    return tuple(
        sorted(one[len(stem) :] for one in names if one.startswith(stem + ".") and one[len(stem) :].lower() in _LAYER)
    )


def _single(entries: list["os.DirEntry[str]"]) -> Iterator["os.DirEntry[str]"]:
    """All but the files that are counted with their shapefile."""
    names = {entry.name for entry in entries}
    counted = {name[: -len(".shp")] + part for name in names for part in _parts(name, names)}
    return (entry for entry in entries if entry.name not in counted)
