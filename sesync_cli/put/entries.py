"""What is to be put: files, folders and links as they were found, and what is in the place of each."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from sesync_cli.disk import PARTIAL
from sesync_cli.leftovers import partial
from sesync_cli.names import first
from sesync_cli.put.file_io import LONG, fast_hash

ODD = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}
"""What has no contents to put."""
_UNFINISHED = "what a run of sesync has not finished"
_SHOWN = 3
_GRAINS = (100, 1_000)  # nanoseconds: NTFS and SMB, some NFS servers; nobody changes a file twice in so short a time


class There(IntEnum):
    """What is in the place that a thing shall have."""

    NOTHING = 0
    SAME = 1
    ANOTHER = 2  # another file or link, which '--replace' may replace
    BLOCKED = 3  # something that no file may replace, or a file where a folder must be


class Fingerprint(NamedTuple):
    """By what one sees that a file has not changed; a file with several names has no time of change that counts."""

    inode: int
    size: int
    modified: int
    changed: int


class Entry(NamedTuple):
    """One thing below a source, `rel` from there, the source itself having ''.

    `text` is where a link leads, `first` the number of the entry that is the same file under another name, else -1;
    `stamp` says of a folder that is there already that its time is ours to set.
    """

    source: int
    rel: str
    mode: int
    facts: Fingerprint
    there: There
    text: str = ""
    first: int = -1
    stamp: bool = False

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)


@dataclass(frozen=True)
class Shipment:
    """All that is to be put, and where.

    `needs` are bytes that are not there yet, `free` what the place has and, of a quota, has left; `needs_files` and
    `free_files` are the same of files, folders and links, None where nobody counts them. `odd` is what there cannot be
    (a FIFO, a socket, a device, and a link where the file system has none), `secrets` what looks like one and is left
    out, `told_secrets` those that were named themselves; `access_lists` are those that have one, which stays behind,
    `bare` those whose attributes do, since there can be none; `astray` are the links that lead out of what is put,
    `unreadable` the folders that cannot be looked into, and why, `leftovers` folders with what killed runs left, `made`
    those to be made. `alike` are places whose names some file systems take for one, and this one if it
    `knows_no_capitals`, `respelt` those that are there, each under another spelling; `unwritten` are the places of
    databases, each with a file there that would be read into it, and `mixing` are files that are put (their source and
    their place), each with the place of a database that is there, into which they would be read.
    """

    sources: tuple[str, ...]
    finals: tuple[str, ...]
    folder: str
    entries: tuple[Entry, ...]
    needs: int = 0
    free: int | None = None
    needs_files: int = 0
    free_files: int | None = None
    knows_no_capitals: bool = False
    odd: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    told_secrets: tuple[str, ...] = ()
    access_lists: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    astray: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    leftovers: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    respelt: tuple[tuple[str, str], ...] = ()
    unwritten: tuple[tuple[str, str], ...] = ()
    mixing: tuple[tuple[str, str, str], ...] = ()

    def source(self, entry: Entry) -> str:
        return f"{self.sources[entry.source]}/{entry.rel}" if entry.rel else self.sources[entry.source]

    def final(self, entry: Entry) -> str:
        return f"{self.finals[entry.source]}/{entry.rel}" if entry.rel else self.finals[entry.source]

    def files(self, *there: There) -> list[int]:
        """The numbers of the entries that are no folders: all, or those where one of these is in their places."""
        found = there or tuple(There)
        return [number for number, one in enumerate(self.entries) if not one.is_folder and one.there in found]

    def new_folders(self) -> set[str]:
        """The folders that are not there yet."""
        missing = (one for one in self.entries if one.is_folder and one.there == There.NOTHING)
        return {*self.made, *map(self.final, missing)}

    @property
    def owner(self) -> str:
        """Whose lock a run holds: what it puts, or the folder where it puts several things."""
        return str(place_of(self.finals[0] if len(self.finals) == 1 else self.folder))

    @property
    def prefix(self) -> str:
        """How the names begin under which a run builds."""
        return partial(Path("x"), owner=Path(self.owner)).name.removesuffix("x")

    def beside(self, number: int) -> str:
        """Where a file is built, beside its place.

        For a long one, it is where the next run finds what a killed one had of it, as long as that is the same file.
        """
        entry, name = self.entries[number], fast_hash()
        name.update(os.fsencode(f"{entry.rel}\0{tuple(entry.facts)}"))
        last = name.digest().hex() if entry.facts.size > LONG else str(number)
        return os.path.join(os.path.dirname(self.final(entry)), f"{self.prefix}{last}")

    def begun(self) -> set[str]:
        """Where a killed run may have begun what is still to be copied, and is worth to be kept."""
        todo = self.files(There.NOTHING, There.ANOTHER)
        return {self.beside(number) for number in todo if self.entries[number].facts.size > LONG}


def facts(found: os.stat_result) -> Fingerprint:
    changed = found.st_ctime_ns if found.st_nlink == 1 else 0
    return Fingerprint(found.st_ino, found.st_size, found.st_mtime_ns, changed)


def is_unchanged(found: os.stat_result, known: Fingerprint) -> bool:
    """Whether a file is as it was when these facts were taken; its names may have become fewer or more."""
    now = facts(found)
    return now[:3] == known[:3] and (now.changed == known.changed or not now.changed or not known.changed)


def same_time(source: int, target: int) -> bool:
    """Whether this is the time of the source, in ns, as a file system keeps it that counts in slightly larger steps."""
    return source == target or any(source // grain * grain == target for grain in _GRAINS)


def place_of(path: str) -> Path:
    """By what the lock of a path in a data directory is known: a name, since to look a path up is to ask its server."""
    return Path("/" + path.strip("/").replace("/", ":"))


def odd(path: str, kind: int, final: str) -> str:
    """What to say of a thing that is no file, folder or link, or that a later run would take for its own leftovers."""
    unfinished = _UNFINISHED if os.path.basename(final).startswith(PARTIAL) else ""
    what = ODD.get(kind, unfinished)
    return f"{path} is {what}" if what else ""


def some(texts: Iterable[str]) -> str:
    """A few of these texts, and how many more there are."""
    return ", ".join(first(list(texts), _SHOWN, more="and {:,} more ('--json' names them all)"))
