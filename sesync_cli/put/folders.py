"""The folders of a put, made before the files, cleared of leftovers, and given their links and times after them."""

import errno
import os
import stat
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict
from sesync_cli.leftovers import NO_LINKS, remove, sweep
from sesync_cli.put.attributes import copy_attributes
from sesync_cli.put.copying import Job, Worker
from sesync_cli.put.entries import Entry, Shipment, There
from sesync_cli.put.file_io import flush
from sesync_cli.put.limits import NO_NEED, Links, no_link_there
from sesync_cli.put.portable_names import try_alike, try_names
from sesync_cli.put.rights import FolderRights, OwnMode, share_folder
from sesync_cli.put.scan import nearest
from sesync_cli.workers import Tell

_OURS = 0o700


@dataclass(frozen=True)
class Share:
    """What was found, which entries of it are put now, whether they replace what is there, and the links wanted."""

    found: Shipment
    chosen: tuple[int, ...]
    replace: bool = False
    links: Links = NO_NEED

    def entries(self) -> Iterator[tuple[int, Entry, str]]:
        """Number, entry and final path of each."""
        for number in self.chosen:
            entry = self.found.entries[number]
            yield number, entry, self.found.final(entry)


def make_folders(share: Share, tell: Tell) -> None:
    """Make every folder, the upper ones first, once it is clear that the file system takes all names and links.

    Those are told whose group can be given nothing.
    """
    folders = FolderRights(share.found.new_folders(), set())
    for path in share.found.made:
        _make(path, "", folders)
    new = (final for _, entry, final in share.entries() if entry.there == There.NOTHING)
    try_names(new, share.found.folder, share.found.prefix)
    try_alike(share.found.alike, share.found.folder, share.found.prefix)
    share.links.need_all(share.found)
    for _, entry, final in share.entries():
        if entry.is_folder and entry.there == There.NOTHING:
            source = share.found.source(entry)
            _make(final, source, folders)
            if not copy_attributes(source, final):
                tell(("refused", (source,)))
    tell(("closed", tuple(folders.closed)))


def _flush_at(folder: str) -> None:
    top = os.open(nearest(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        flush(top)
    finally:
        os.close(top)


def clear(found: Shipment) -> None:
    """Remove what killed runs left in these folders, but for what this one goes on with; it holds their lock."""
    begun = found.begun()
    for folder in found.leftovers:
        _remove_named(folder, found.prefix, begun)
        sweep(Path(folder))


def finish(share: Share, failed: Set[int], job: Job, tell: Tell) -> None:
    """Make the links, and give the folders their times and modes, the lower ones first.

    What had to be proven, since its source may go, is on its disk afterwards with its name.
    """
    worker = Worker(job, tell)
    for number, entry, final in share.entries():
        if entry.is_link:
            tell(_linked(share, number, entry, final))
        elif entry.is_file and entry.first in failed:
            first = share.found.source(share.found.entries[entry.first])
            tell(("problem", number, f"{share.found.source(entry)} is the same file as {first}"))
        elif entry.is_file and entry.first >= 0 and not share.replace:
            _link(worker, number, share.found.final(share.found.entries[entry.first]), final)
    for _, entry, final in reversed(list(share.entries())):
        if entry.is_folder:
            _stamp(entry, final)
    if job.verification.existing:
        _flush_at(share.found.folder)


def undo(share: Share, finished: bool) -> None:
    """Remove what is not finished, and those of the new folders that nothing has come into.

    Once all else is there, those that are to be empty are as they shall be.
    """
    for folder in {os.path.dirname(final) for _, entry, final in share.entries() if not entry.is_folder}:
        _remove_named(folder, share.found.prefix)
    new = [final for _, entry, final in share.entries() if entry.is_folder and entry.there == There.NOTHING]
    if finished:
        filled = {os.path.dirname(final) for _, _, final in share.entries()}
        new = [final for final in new if final in filled]
    for folder in (*reversed(new), *reversed(share.found.made)):
        with suppress(OSError):
            os.rmdir(folder)


def _make(path: str, source: str, folders: FolderRights) -> None:
    """Make a folder with the mode of its source, or if it has none, with that of the folder above."""
    top = os.path.dirname(path)
    try:
        os.mkdir(path, _OURS)
    except FileExistsError:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            return
        raise Conflict(f"{path} has appeared meanwhile, and is no folder", hint="") from None
    own = OwnMode.of(source or top, os.stat(source or top))
    if not share_folder(path, own, folders.at(top)) or top in folders.closed:
        folders.closed |= {path}


def _link(worker: Worker, number: int, first: str, final: str) -> None:
    try:
        os.link(first, final, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (*NO_LINKS, errno.EEXIST):
            raise
        worker.batch([number])  # a file system without such links gets a copy of its own
    else:
        worker.tell(("placed", number, True, b""))


def _linked(share: Share, number: int, entry: Entry, final: str) -> tuple[Any, ...]:
    """Make a link unless it is there; what to tell of it."""
    try:
        if share.replace or entry.there == There.NOTHING:
            _symlink(share, number, entry, final)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return "problem", number, no_link_there(share.found.source(entry))
    return "placed", number, entry.there != There.SAME, b""


def _symlink(share: Share, number: int, entry: Entry, final: str) -> None:
    beside = os.path.join(os.path.dirname(final), f"{share.found.prefix}{number}")
    if share.replace:
        os.symlink(entry.text, beside)
        os.rename(beside, final)
    else:
        os.symlink(entry.text, final)
    os.utime(final, ns=(entry.facts.modified, entry.facts.modified), follow_symlinks=False)


def _stamp(entry: Entry, final: str) -> None:
    if entry.there == There.NOTHING and entry.mode & _OURS != _OURS:
        os.chmod(final, stat.S_IMODE(os.stat(final).st_mode) & ~_OURS | entry.mode & _OURS)
    if entry.there == There.NOTHING or entry.stamp:
        os.utime(final, ns=(entry.facts.modified, entry.facts.modified))


def _remove_named(folder: str, prefix: str, but: Set[str] = frozenset()) -> None:
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if name.startswith(prefix) and f"{folder}/{name}" not in but:
            remove(Path(folder, name))
