"""Which files are one thing only together: a raster with its world file, a shapefile, a database with its journal.

The formats are in datasets.toml. Capitals do not count in names: `DEM.TFW` belongs to `dem.tif`.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.set_formats import WORLD, SetFormat, set_formats, world_ends
from sesync_cli.files.signatures import signature

_MAIN, _ANY, _WORLD, _ANY_IDX = "main", "*", "world", ".*.idx"
_WHOLE = "."  # a name that does not go on
_HEADER, _OWN_HEADER = ".hdr", "+.hdr"  # what has the second one leaves the first to others
_SHARED = (".prj", ".wld", ".qml", ".qmd", ".sld")  # parts that several data sets of one stem may have
_CUTS = re.compile(r"[.\-_]")  # where the names of parts may differ from that of the main file
_OF_CFGRIB = re.compile(r"\.[0-9a-f]{5}\.idx$")
_OF_ANY = 1_000  # the rank of a format that no suffix tells
_HEAD = 100  # bytes by which formats are told apart
_READ = ("-wal", "-journal", ".wal")  # what SQLite and DuckDB read into a database when it is opened


class DataSet(NamedTuple):
    """The names of the file that one opens, and of those beside it without which it is not whole.

    `kind` is that of the whole, None where it is that of the main file. It is `followed` if whoever opens a link to the
    main file finds the parts where that leads. `shared` are parts that another file needs as well, each with that file.
    """

    main: str
    parts: tuple[str, ...]
    kind: Kind | None = None
    followed: bool = False
    shared: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.main, *self.parts)

    def renamed(self, part: str, main: str) -> str:
        """What a part is called when the main file is called so."""
        if part.lower().startswith(self.main.lower()):
            return main + part[len(self.main) :]
        return _stem(main) + part[len(_stem(self.main)) :]


def data_sets(folder: str, names: Collection[str]) -> dict[str, DataSet]:
    """The data sets of several files among these names of files in a folder, by the main file.

    A part that says where on earth it is, or how it is drawn, may belong to several.
    """
    spelt: dict[str, list[str]] = {}
    for name in sorted(names):
        for key in {low := name.lower(), _OF_CFGRIB.sub(_ANY_IDX, low)}:
            spelt.setdefault(key, []).append(name)
    found: dict[str, DataSet] = {}
    parts: set[str] = set()
    candidates = sorted(_candidates(folder, spelt), key=lambda one: one[0])
    for (_, rank), dataset, needed in candidates:
        shared = (*_SHARED, _HEADER) if rank < _OF_ANY else _SHARED
        free = (one for one in dataset.parts if one not in parts or one.lower().endswith(shared))
        mine = tuple(one for one in free if one not in found)
        is_whole = mine and (not needed or not needed.isdisjoint(mine))
        if is_whole and dataset.main not in parts and dataset.main not in found:
            found[dataset.main] = dataset._replace(parts=mine)
            parts.update(mine)
    of_others: dict[str, set[str]] = {}
    for (_, rank), dataset, _ in candidates:
        if dataset.main in found or (rank < _OF_ANY and dataset.main not in parts):
            for part in dataset.parts:
                of_others.setdefault(part, set()).add(dataset.main)
    return {main: one._replace(shared=tuple(_shared(one, of_others))) for main, one in found.items()}


def _shared(one: DataSet, mains: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    for part in one.parts:
        yield from ((part, main) for main in sorted(mains.get(part, ())) if main != one.main)


def sets_by_member(folder: str) -> dict[str, DataSet]:
    """The data sets in a folder, by the names of all of their files; by a part of several the first."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    return by_member(data_sets(folder, names))


def by_member(sets: Mapping[str, DataSet]) -> dict[str, DataSet]:
    """These data sets by the names of all of their files; by a part of several the first."""
    found: dict[str, DataSet] = {}
    for one in sets.values():
        for name in one.names:
            found.setdefault(name, one)
    return found


def data_set_of(path: Path) -> DataSet | None:
    """The data set that a file belongs to, as its main file or as a part; None for a file that stands for itself."""
    return sets_by_member(str(path.parent)).get(path.name)


def members(path: str, gone: Iterable[str]) -> set[str]:
    """The names of all that is one data set with a file, itself too; also of those that are `gone`."""
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
    except OSError:  # its folder may be entered and not listed
        names = set()
    known = data_sets(folder, {*names, *gone, name}).values()
    return {name, *(member for one in known if name in one.names for member in one.names)}


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
    return signature(_head(str(path))) == Kind.DATABASE


def _candidates(
    folder: str, spelt: Mapping[str, list[str]]
) -> Iterator[tuple[tuple[int, int], DataSet, frozenset[str]]]:
    """All that may be a data set, each with its rank (of its format, and of its suffix in that), and what it needs."""
    formats, of_any = set_formats()
    ends = _ends(spelt)
    for low, same in spelt.items():
        stem, suffix = os.path.splitext(low)
        behind, beside = ends.get(low, ()), ends.get(stem, ())
        if len(behind) == 1 and len(beside) < 2:  # no other name begins as this one does
            continue
        for one in (*formats.get(suffix, ()), *of_any):
            for name in same if one.may_be(suffix, behind, beside) else ():
                if there := _parts(folder, name, one, spelt):
                    rank = one.suffixes.index(suffix) if suffix in one.suffixes else _OF_ANY
                    needed = frozenset(part for part, pattern in there.items() if pattern in one.needs)
                    whole = DataSet(name, tuple(sorted(there)), one.kind, one.followed)
                    yield (one.order, rank), whole, needed


def _ends(names: Iterable[str]) -> Mapping[str, set[str]]:
    """How names go on, by what they begin with; where one may be cut, _CUTS says."""
    ends: dict[str, set[str]] = {}
    for name in names:
        ends.setdefault(name, set()).add(_WHOLE)
        for cut in _CUTS.finditer(name):
            ends.setdefault(name[: cut.start()], set()).add(name[cut.start() :])
    return ends


def _parts(folder: str, name: str, one: SetFormat, spelt: Mapping[str, list[str]]) -> dict[str, str]:
    """The parts of this format that are there beside a file, each with its pattern; none where it is no such set."""
    there: dict[str, str] = {}
    for pattern, wanted in _wanted(name, one.parts):
        if (same := spelt.get(wanted.lower())) and wanted.lower() != name.lower():
            of_these = same if wanted.endswith(_ANY_IDX) else [wanted if wanted in same else same[0]]
            there |= {part: pattern for part in of_these if _fits(folder, part, one.begins.get(pattern, ""))}
    if _OWN_HEADER in there.values():
        there = {part: pattern for part, pattern in there.items() if pattern != _HEADER}
    if not there or (one.needs and not one.needs.intersection(there.values())):
        return {}
    if one.needs_database and not is_database(os.path.join(folder, name)):
        return {}
    return there if _fits(folder, name, one.begins.get(_MAIN, "")) else {}


def _fits(folder: str, name: str, begin: str) -> bool:
    return not begin or _head(os.path.join(folder, name)).lower().startswith(begin.encode())


def _wanted(name: str, patterns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names that the parts of a file may have, each with the pattern that it comes from."""
    stem, suffix = os.path.splitext(name)
    for pattern in patterns:
        if pattern == WORLD:
            yield from ((pattern, stem + end) for end in world_ends(suffix))
        elif pattern[0] == "+":
            yield pattern, name + pattern[1:]
        else:
            yield pattern, stem + ("" if pattern == _WHOLE else pattern.removeprefix("~"))


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]


def _head(path: str) -> bytes:
    """How a file begins; nothing where it cannot be read, or is none."""
    try:
        # what is no file is not waited for, and where a link leads, nobody may answer
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            return file.read(_HEAD) or b""
    except OSError:
        return b""
