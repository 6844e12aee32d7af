"""What a file is, by its name. The formats are in formats.toml."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

FORMATS = Path(__file__).with_name("formats.toml")


class Kind(StrEnum):
    """What a file is to a researcher; TABLE where nobody has counted its rows."""

    SOURCE = "source code"
    NOTEBOOK = "notebook"
    TABLE = "table"
    SMALL_TABLE = "small table"
    LARGE_TABLE = "large table"
    RASTER = "raster or array"
    MAP = "map data"
    SAVED = "saved objects"
    DATABASE = "database"
    MODEL = "model output"
    RECORDS = "records"
    MEDIA = "video or sound"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    IMAGE = "image"
    PROGRAM = "program"
    LOG = "log"
    TEMPORARY = "temporary"
    SECRET = "secret"
    LINK = "link"
    SPECIAL = "special file"
    OTHER = "other"


_DATA = frozenset(
    {
        Kind.TABLE,
        Kind.SMALL_TABLE,
        Kind.LARGE_TABLE,
        Kind.RASTER,
        Kind.MAP,
        Kind.SAVED,
        Kind.DATABASE,
        Kind.MODEL,
        Kind.RECORDS,
        Kind.MEDIA,
        Kind.ARCHIVE,
    }
)
PACKED = frozenset({"gz", "bz2", "xz", "zst", "lz4", "zip"})
"""Suffixes of what holds one file more tightly, or may."""


def is_data(kind: Kind) -> bool:
    """Whether files of this kind are research data, which a data directory holds as soon as they are large."""
    return kind in _DATA


def kind_by_name(name: str) -> Kind:
    """What a file, or a folder such as `x.zarr`, of this name most likely is; the file is not looked at."""
    known, low = _known(), name.lower()
    if kind := known.names.get(low):
        return kind
    stem, dot, suffix = low.rpartition(".")
    if low.startswith(known.beginnings):
        return next(kind for beginning, kind in known.by_beginning.items() if low.startswith(beginning))
    if not dot:
        return Kind.TEMPORARY if low.endswith("~") else Kind.OTHER
    if suffix in PACKED:
        inner = known.suffixes.get(stem.rpartition(".")[2], Kind.ARCHIVE) if "." in stem else Kind.ARCHIVE
        return inner if is_data(inner) else Kind.ARCHIVE
    return known.suffixes.get(suffix) or (Kind.TEMPORARY if low.endswith("~") else Kind.OTHER)


class _Formats(NamedTuple):
    names: Mapping[str, Kind]
    suffixes: Mapping[str, Kind]
    by_beginning: Mapping[str, Kind]
    beginnings: tuple[str, ...]


@cache
def _known() -> _Formats:
    tables = tomllib.loads(FORMATS.read_text(encoding="utf-8"))
    names, suffixes, beginnings = (
        {word: Kind[table.upper()] for table, keys in tables.items() for word in keys.get(key, "").split()}
        for key in ("names", "suffixes", "beginnings")
    )
    return _Formats(names, suffixes, beginnings, tuple(beginnings))
