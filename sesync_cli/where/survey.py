"""What is at a path and below it: facts, which no rule has judged yet. A child gathers them, since servers may hang."""

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.files import software
from sesync_cli.files.datasets import DataSet, data_set_of, data_sets
from sesync_cli.files.inspection import FileFacts, by_name, looked_into, with_parts
from sesync_cli.git.work_tree import work_tree
from sesync_cli.plan import Report, Watch
from sesync_cli.site.settings import Site
from sesync_cli.where.one_thing import OneThing, one_thing
from sesync_cli.workers import stream

Fact = tuple[str, Any]
"""Its name and its value: `whole` (the main file of a data set that was named by a part of it), `at` (the real path of
what was named; whether it is a folder), `tree` (the repository that it is in), `failed` (the number of the error that
it cannot be looked at for), `folder` (one is entered), `found` (the fields of a `FileFacts`), `repository` (a work tree
of git), `left` (a folder that is not entered), `closed` (what cannot be read, and why), `most` (there was more than is
looked at)."""


@dataclass
class PathFacts:
    """What is at a path: `top` is its name, `at` its real path, `tree` the repository that it stands in.

    `named` is another name that was given: that of a part of the data set whose main file is at `top`.
    `whole` is false where there is more than was looked at. Paths begin with `top`; that is empty for this very folder.
    """

    top: str
    at: str = ""
    folder: bool = False
    tree: str = ""
    found: list[FileFacts] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    whole: bool = True
    named: str = ""

    @property
    def files(self) -> int:
        return sum(one.files for one in self.found)


class Unseen(Exception):
    """Nothing is known of what is called so: the number of the system's error, or none where nobody answered."""

    def __init__(self, top: str, number: int | None = None) -> None:
        super().__init__(top)
        self.top, self.number = top, number


def gather(named: str, is_ground: Callable[[str], bool], site: Site, watch: Watch) -> PathFacts:
    """Look at a path, which may be on a server that hangs: what was seen until then counts; `Unseen` if nothing was.

    What `is_ground` that people stand on, a home or a whole data directory, is never one thing.
    """
    named = re.sub("/+", "/", named)
    facts, patience = PathFacts(_short(named)), site.data_patience_seconds
    entering = facts.top
    with stream(partial(survey, named, site.where_most_files, is_ground), patience) as told, watch("Looking") as report:
        try:
            for name, value in told:
                if name == "failed":
                    raise Unseen(facts.top, value)
                entering = value if name == "folder" else entering
                _note(facts, name, value, report)
        except TimeoutError:
            if not facts.found:
                raise Unseen(facts.top) from None
            facts.closed.append((_short(entering), "no answer"))
            facts.whole = False
    return facts


def _note(facts: PathFacts, name: str, value: Any, report: Report) -> None:
    match name:
        case "whole":
            facts.named, facts.top = facts.top, _short(value)
        case "at":
            facts.at, facts.folder = value
        case "tree":
            facts.tree = value
        case "found":
            found = FileFacts(*value)
            facts.found.append(found._replace(path=_short(found.path)))
        case "repository":
            facts.repositories.append(_short(value))
        case "left":
            facts.left.append(_short(value))
        case "closed":
            facts.closed.append((_short(value[0]), value[1]))
        case "most":
            facts.whole = False
        case "folder":
            report(None, f"{facts.files:,} files, {value}")


def _short(path: str) -> str:
    """A path as short as one would type it, and never to be taken for an option."""
    short = "" if path == "." else re.sub(r"^(\./)+", "", path)
    return f"./{short}" if short.startswith("-") else short.rstrip("/") or short[:1]


def survey(named: str, most: int, is_ground: Callable[[str], bool]) -> Iterator[Fact | None]:
    """Look at a file, or at up to so many files of a folder and what is below it; links are not followed.

    Hidden folders, software and other file systems are left out, unless they are named themselves.
    """
    try:
        facts = os.lstat(named)
        if not stat.S_ISDIR(facts.st_mode):
            yield from _file(named, facts)
            return
        real = os.path.realpath(named)
        path = named if os.path.basename(named.rstrip("/")).strip(".") else real
        thing = yield from one_thing(path, real, _names(named), is_ground)
        if thing and path != named:
            yield "whole", path
        yield "at", (real, not thing)
        yield "tree", str(work_tree(os.path.dirname(real)) or "")
        yield from _told(path, thing) if thing else _walk(named, real, most, is_ground)
    except OSError as error:
        yield "failed", error.errno


def _names(folder: str) -> list[str]:
    with suppress(OSError):  # what cannot be listed is told of when it is entered
        return os.listdir(folder)
    return []


def _file(named: str, facts: os.stat_result) -> Iterator[Fact | None]:
    """What there is to tell of a file that was named: of the whole data set if it is a part of one."""
    path, whole = named, _data_set_of(named) if stat.S_ISREG(facts.st_mode) else None
    if whole and whole.main != os.path.basename(named):
        path = os.path.join(os.path.dirname(named), whole.main)
        yield "whole", path
    real = _real(path)
    yield "at", (real, False)
    yield "tree", str(work_tree(os.path.dirname(real)) or "")
    yield from _look(path, os.lstat(path), whole, named=True)


def _data_set_of(path: str) -> DataSet | None:
    try:
        return data_set_of(Path(path))
    except OSError:  # its folder may be entered and not listed
        return None


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


def _walk(top: str, real: str, most: int, is_ground: Callable[[str], bool]) -> Iterator[Fact | None]:
    device, folders = _device(top), deque([top])
    while folders:
        folder = folders.popleft()
        yield "folder", folder
        try:
            here, entries = os.lstat(folder), _listed(folder)
        except OSError as error:
            yield "closed", (folder, error.strerror)
            continue
        names = {entry.name for entry in entries}
        if here.st_dev != device or (folder != top and software.are_of_software(names)):
            yield "left", folder
            continue
        if ".git" in names:
            yield "repository", folder
        inner = os.path.join(real, os.path.relpath(folder, top))
        if folder != top and (thing := (yield from one_thing(folder, inner, names, is_ground))):
            yield from _told(folder, thing)
            continue
        for entry, whole in _single(folder, entries):
            if not entry.is_dir(follow_symlinks=False):
                most -= 1
                if most < 0:
                    yield "most", folder
                    return
                yield from _entry(entry, whole)
            elif entry.name.startswith(".") or entry.name in software.NAMES:
                yield "left", entry.path
            else:
                folders.append(entry.path)


def _listed(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _single(folder: str, entries: list["os.DirEntry[str]"]) -> Iterator[tuple["os.DirEntry[str]", DataSet | None]]:
    """All that stands for itself or for a data set, with this; a part of several is counted with the first of them."""
    sets = data_sets(folder, [entry.name for entry in entries if entry.is_file(follow_symlinks=False)])
    parts = {part for whole in sets.values() for part in whole.parts}
    counted: set[str] = set()
    for entry in entries:
        if entry.name not in parts:
            whole = sets.get(entry.name)
            if whole:
                whole = whole._replace(parts=tuple(part for part in whole.parts if part not in counted))
                counted.update(whole.parts)
            yield entry, whole


def _entry(entry: "os.DirEntry[str]", whole: DataSet | None) -> Iterator[Fact | None]:
    try:
        yield from _look(entry.path, entry.stat(follow_symlinks=False), whole, named=False)
    except OSError as error:  # it has gone meanwhile
        yield "closed", (entry.path, error.strerror)


def _look(path: str, facts: os.stat_result, whole: DataSet | None, *, named: bool) -> Iterator[Fact | None]:
    file = by_name(path, facts, whole)
    try:
        file = looked_into(file, closely=named)
    except OSError as error:
        yield "closed", (path, error.strerror)
    yield "found", tuple(with_parts(file))


def _told(path: str, thing: OneThing) -> Iterator[Fact | None]:
    yield from (("closed", one) for one in thing.closed)
    file = by_name(path, os.lstat(path))
    yield "found", tuple(file._replace(kind=thing.kind.value, bytes=thing.bytes, files=thing.files))
