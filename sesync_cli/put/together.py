"""The data sets that are put: who names one file of a set means all of it."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sesync_cli.errors import WrongWords
from sesync_cli.files.datasets import DataSet, by_member, data_sets
from sesync_cli.names import first, one_line
from sesync_cli.plan import by_hand
from sesync_cli.put.children import children_told
from sesync_cli.put.paths import Paths, check_names
from sesync_cli.workers import Guard, Tell

_SHOWN = 3


class PutSet(NamedTuple):
    """A data set of several files in one folder, of which something is put.

    `kept` are parts that another data set has as well, each with the main file of that: they are copied, and stay.
    `links` are members that are links, and so none that is put; `astray` are parts of these that lead elsewhere than
    where the others go. If it is `followed`, a link to the main file is enough, and `left` are parts that a move has
    not removed which was killed after it had made that link.
    """

    folder: str
    main: str
    parts: tuple[str, ...]
    followed: bool
    kept: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    astray: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.main, *self.parts)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are put; the main one is last in and first out, and so never without its parts."""
        return tuple(Path(self.folder, one) for one in (*self.parts, self.main) if one not in (*self.links, *self.left))


@dataclass(frozen=True)
class WholePaths:
    """All that is to be put with all that belongs to it, and the data sets that it makes; `added` nobody has named."""

    paths: Paths
    sets: tuple[PutSet, ...] = ()
    added: tuple[Path, ...] = ()

    @cached_property
    def kept(self) -> dict[Path, Path]:
        """What is copied and stays, and for whom."""
        return {
            Path(one.folder, part): Path(one.folder, main)
            for one in self.sets
            for part, main in one.kept
            if Path(one.folder, main) not in self.paths.sources
        }

    @cached_property
    def linked(self) -> dict[str, Path]:
        """What gets a link where it was, once it is moved: not what stays, and not the parts that need none."""
        followed = {file for one in self.sets if one.followed for file in one.files if file.name != one.main}
        return {str(one): one for one in self.paths.sources if one not in self.kept and one not in followed}

    @cached_property
    def mains(self) -> dict[str, str]:
        """By each file of a data set the one that the set is called by."""
        return {str(file): str(Path(one.folder, one.main)) for one in self.sets for file in one.files}

    @property
    def note(self) -> str:
        """What goes along unnamed, in words; empty where nothing does."""
        added = set(self.added)
        return "\n".join(
            line for one in self.sets for line in _told(one, [file for file in one.files if file in added])
        )


def _told(one: PutSet, added: Sequence[Path]) -> Iterator[str]:
    """What to say of a data set, of which these files were not named."""
    main, named = one.main, next((file.name for file in one.files if file not in added), one.main)
    others = [file.name for file in added if file.name != main]
    along = ", ".join(first(others, _SHOWN, one_line, "and {:,} more"))
    if len(others) < len(added):
        with_them = f" with {along}" if along else ""
        yield f"{one_line(named)} belongs to {one_line(main)}, which goes along{with_them}."
    elif along:
        goes, it = ("go", "them") if len(added) > 1 else ("goes", "it")
        yield f"{along} {goes} along: {one_line(named)} is not whole without {it}."
    for link in map(one_line, one.astray):
        yield f"{link} is a link, and stays behind: {one_line(main)} is not whole without what it leads to."


def with_data_sets(paths: Paths, folder: Path, guard: Guard) -> WholePaths:
    """The same paths with all that belongs to them; `folder` is where they go."""

    def look(tell: Tell) -> None:
        tell([tuple(one) if one else None for one in _found(paths.sources, os.path.realpath(folder))])

    [found] = children_told([look], guard)
    names: dict[Path, str] = {}
    sets: dict[tuple[str, str], PutSet] = {}
    for source, name, facts in zip(paths.sources, paths.names, found, strict=True):
        whole = PutSet(*facts) if facts else None
        if whole:
            sets.setdefault((whole.folder, whole.main), whole)
            names |= {one: named for one, named in _named(whole, source, name).items() if one not in names}
        names.setdefault(source, name)
    added = tuple(one for one in names if one not in paths.sources)
    whole_paths = replace(paths, sources=tuple(names), names=tuple(names.values()))
    check_names(whole_paths)
    return WholePaths(whole_paths, tuple(sets.values()), added)


def _named(whole: PutSet, source: Path, name: str) -> dict[Path, str]:
    """The files of a data set, and what they are called where the named one is called so."""
    if name == source.name:
        return {file: file.name for file in whole.files}
    if source.name != whole.main:
        hint = f"Name {whole.main}: '--as NAME' gives all of it another one."
        raise WrongWords(f"{source} belongs to {whole.main}, and cannot have a name of its own", hint=hint)
    (stem, given), suffix = os.path.splitext(name), os.path.splitext(whole.main)[1]
    if not whole.followed and given.lower() != suffix.lower():
        hint = f"'{by_hand('--as', stem + suffix)}' is one that they know."
        raise WrongWords(f"programs would not open {whole.main} with its other files as {name}", hint=hint)
    known = DataSet(whole.main, whole.parts)
    return {file: name if file == source else known.renamed(file.name, name) for file in whole.files}


def _found(sources: Sequence[Path], target: str) -> Iterator[PutSet | None]:
    """The data set that each of these belongs to, if any."""
    named: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        named[str(source.parent)].append(source.name)
    folders = {folder: _SetsOfFolder.of(folder, names) for folder, names in named.items()}
    for source in sources:
        yield folders[str(source.parent)].set_of(source.name, target)


@dataclass(frozen=True)
class _SetsOfFolder:
    """A folder with the data sets in it, each by the names of all of its files; `links` are names that are links."""

    path: str
    links: frozenset[str]
    sets: dict[str, DataSet]

    @classmethod
    def of(cls, path: str, named: Iterable[str]) -> "_SetsOfFolder":
        """Also of what is named and gone: a run that was killed may have moved it, and left what belongs to it."""
        try:
            with os.scandir(path) as entries:
                listed = {one.name: one.is_symlink() for one in entries if one.is_symlink() or one.is_file()}
        except OSError:  # what is wrong with the source is told when it is looked at
            return cls(path, frozenset(), {})
        gone = [name for name in named if name not in listed and not os.path.lexists(os.path.join(path, name))]
        links = frozenset(name for name, is_link in listed.items() if is_link)
        return cls(path, links, by_member(data_sets(path, [*listed, *gone])))

    def set_of(self, name: str, target: str) -> PutSet | None:
        """The data set that has this name as its main file, or else as a part, and goes to a target folder."""
        if not (one := self.sets.get(name)):
            return None
        # those that are in the data directory by now need nothing here
        kept = tuple((part, other) for part, other in one.shared if other not in self.links)
        links = tuple(name for name in one.names if name in self.links)
        moved = one.main in links  # by an earlier run, with what belongs to it
        ends = {} if moved else {name: os.path.realpath(os.path.join(self.path, name)) for name in links}
        astray = tuple(name for name, end in ends.items() if os.path.dirname(end) != target)
        left = tuple(self._left(one, target)) if moved and one.followed else ()
        return PutSet(self.path, one.main, one.parts, one.followed, kept, links, astray, left)

    def _left(self, one: DataSet, target: str) -> Iterator[str]:
        """The parts that are as they were before the main file became a link into the target folder."""
        main = os.path.join(self.path, one.main)
        if os.path.dirname(os.path.realpath(main)) == target:
            made = os.lstat(main).st_mtime_ns
            for part in one.parts:
                if part not in self.links and os.lstat(os.path.join(self.path, part)).st_mtime_ns <= made:
                    yield part
