"""What is one thing only together: a database with what is not written into it yet, a shapefile, a folder of arrays."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.signatures import signature

_READ = ("-wal", "-journal", ".wal")
_BESIDE = (*_READ, "-shm")
"""What SQLite (https://sqlite.org/tempfiles.html) and DuckDB keep beside a database is called: its name, and this."""

_STORES = (".zarr", ".n5", ".gdb", ".safe", ".parquet")
_SHAPES = "shx dbf prj cpg qix qpj qmd sbn sbx fbn fbx ain aih atx ixs mxs shp.xml"
_LAYER = frozenset(f".{suffix}" for suffix in _SHAPES.split())


def companions(path: Path) -> list[Path]:
    """The files beside a database without which it is not whole; nothing for other files."""
    found = [beside for end in _BESIDE if os.path.isfile(beside := path.with_name(path.name + end))]
    return found if found and is_database(path) else []


def whole_of(path: Path) -> Path | None:
    """The database that this file is a companion of."""
    wholes = (path.with_name(path.name.removesuffix(end)) for end in _BESIDE if path.name.endswith(end))
    return next((one for one in wholes if os.path.isfile(one) and is_database(one)), None)


def unwritten(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of these names that would be read into a database when it is opened, each with that of the database."""
    for name in names:
        for end in _READ:
            if name.endswith(end):
                yield name, name.removesuffix(end)


def is_database(path: str | Path) -> bool:
    """Whether a file is a database that SQLite or DuckDB reads, by its name or its first bytes."""
    if kind_by_name(os.path.basename(path)) == Kind.DATABASE:
        return True
    try:
        with open(path, "rb") as file:
            return signature(file.read(100)) == Kind.DATABASE
    except OSError:
        return False


def is_store(folder: str) -> bool:
    """Whether a folder of this name is one thing to a researcher, such as `x.zarr`."""
    return folder.rstrip("/").lower().endswith(_STORES)


def layer(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The suffixes of those of these names that make a shapefile with this one; none where it is no `x.shp`."""
    stem = name[: -len(".shp")]
    if not name.lower().endswith(".shp"):
        return ()
    beside = (one[len(stem) :] for one in names if one.startswith(f"{stem}."))
    return tuple(sorted(suffix for suffix in beside if suffix.lower() in _LAYER))
