"""What is to be put and what is there already: every name is looked at, and nothing is written."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sesync_cli.disk import PARTIAL
from sesync_cli.files.secret_scan import is_secret
from sesync_cli.put.astray import leads_out
from sesync_cli.put.attributes import Carried
from sesync_cli.put.children import children_told
from sesync_cli.put.entries import Entry, Fingerprint, Shipment, There, facts, odd, same_time
from sesync_cli.put.file_io import checksum
from sesync_cli.put.limits import has_no_links, knows_no_capitals, no_link_there
from sesync_cli.put.mixing import databases_beside_logs, logs_beside_databases
from sesync_cli.put.portable_names import alike, respelt
from sesync_cli.put.request import PutRequest
from sesync_cli.workers import Guard, Tell

_SHARE = 500  # entries in a message
_PATH_MAX = 4096  # bytes, in <linux/limits.h>
_MIXED = ("unwritten", "mixing")
_LISTS = ("odd", "secrets", "told_secrets", "astray", "unreadable", "leftovers", "alike", "respelt")


def scan(request: PutRequest, places: Mapping[str, str], folder: str, guard: Guard) -> Shipment:
    """Everything below these sources, and what is in the place that each of them shall have in a folder."""
    sources, finals = tuple(places), tuple(places.values())
    entries: list[Entry] = []
    rest: dict[str, Any] = {}

    def look(tell: Tell) -> None:
        one = _Scan(sources, finals, folder, tell, request)
        one.look()
        one.rest()

    for what in children_told([look], guard):
        if isinstance(what, list):
            entries += [Entry(*one)._replace(facts=Fingerprint(*one[3]), there=There(one[4])) for one in what]
        elif what:
            rest = what
    return replace(Shipment(sources, finals, folder, tuple(entries)), **rest)


@dataclass
class _Scan:
    """One look, in a process of its own; what it finds is told in shares."""

    sources: tuple[str, ...]
    finals: tuple[str, ...]
    folder: str
    tell: Tell
    request: PutRequest
    share: list[Any] = field(default_factory=list)
    count: int = 0
    firsts: dict[tuple[int, int], tuple[int, bool]] = field(default_factory=dict)
    needs: int = 0
    needs_files: int = 0
    has_links: bool = True
    lists: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in (*_LISTS, *_MIXED)})
    too_long: str = ""
    longest: int = 255
    devices: set[int] = field(default_factory=set)
    carried: Carried = field(init=False)

    def look(self) -> None:
        place = nearest(self.folder)
        self.carried = Carried(place)
        self.longest = os.pathconf(place, "PC_NAME_MAX")
        self.has_links = not has_no_links(place)
        names = map(os.path.basename, self.finals)
        self._listed(self.folder, dict(zip(names, self.sources, strict=True)))
        for number, (source, final) in enumerate(zip(self.sources, self.finals, strict=True)):
            found = os.lstat(source)
            self.devices.add(found.st_dev)
            if self._seen(number, "", found, _lstat(final)):
                self._below(number)

    def rest(self) -> None:
        """Tell the last share, and what is not about single entries."""
        if self.too_long:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), self.too_long)
        self.tell(self.share)
        self.lists |= {"access_lists": self.carried.access_lists, "bare": self.carried.bare}
        lists = {name: tuple(found) for name, found in self.lists.items()}
        made, place = tuple(_missing(self.folder)), nearest(self.folder)
        caseless = bool(self.lists["alike"]) and knows_no_capitals(place)
        numbers = {"needs": self.needs, "needs_files": self.needs_files + len(made), "knows_no_capitals": caseless}
        free = {"free": self._free(place), "free_files": _free_files(place)}
        self.tell({"made": made, **numbers, **free, **lists})

    def _free(self, place: str) -> int | None:
        """Room for what is new; None where the contents may come to be shared, which takes no room."""
        from sesync_cli.quota import quota_at_once

        if os.stat(place).st_dev in self.devices:
            return None
        space = os.statvfs(place)
        quota = quota_at_once(Path(place))
        free = space.f_bavail * space.f_frsize
        return min(free, quota.left) if quota else free

    def _below(self, number: int) -> None:
        todo = [""]
        while todo:
            rel = todo.pop()
            source, final = (f"{top}/{rel}".rstrip("/") for top in (self.sources[number], self.finals[number]))
            try:
                with os.scandir(source) as listing:
                    found = {one.name: _lstat(one.path) for one in listing}
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    self.too_long = self.too_long or source
                self.lists["unreadable"].append((source, error.strerror or ""))
                continue
            there = self._listed(final, {name: f"{source}/{name}" for name in found})
            folders = []
            for name, one in sorted(found.items()):
                below = f"{rel}/{name}" if rel else name
                other = _lstat(f"{final}/{name}") if name in there else None
                if one and self._seen(number, below, one, other):
                    folders.append(below)
            todo += reversed(folders)

    def _listed(self, folder: str, names: Mapping[str, str]) -> set[str]:
        """What is in a folder that these names come into, each from its source; noted is what may go wrong there."""
        self.lists["alike"] += [tuple(f"{folder}/{name}" for name in group) for group in alike(names)]
        try:
            there = set(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return set()
        if any(name.startswith(PARTIAL) for name in there):
            self.lists["leftovers"].append(folder)
        self.lists["unwritten"] += databases_beside_logs(folder, names, there)
        self.lists["mixing"] += logs_beside_databases(folder, names, there)
        seen = [(f"{folder}/{name}", f"{folder}/{other}") for name, other in respelt(names, there)]
        taken = [(path, other) for path, other in seen if os.path.lexists(path)]
        self.lists["respelt"] += taken
        return there | {os.path.basename(path) for path, _ in taken}

    def _seen(self, number: int, rel: str, found: os.stat_result, other: os.stat_result | None) -> bool:
        """Note one thing; True if it is a folder to be looked into."""
        final = f"{self.finals[number]}/{rel}" if rel else self.finals[number]
        source = f"{self.sources[number]}/{rel}" if rel else self.sources[number]
        kind = stat.S_IFMT(found.st_mode)
        if what := odd(source, kind, final) or (kind == stat.S_IFLNK and not self.has_links and no_link_there(source)):
            self.lists["odd"].append(what)
            return False
        if kind == stat.S_IFREG and _is_secret(source, found.st_size):
            self.lists["secrets" if rel else "told_secrets"].append(source)
            if rel:
                return False
        name = os.fsencode(os.path.basename(final))
        if len(name) > self.longest or len(os.fsencode(final)) >= _PATH_MAX:
            self.too_long = self.too_long or final
        text, first = "", -1
        if kind == stat.S_IFLNK:
            text = os.readlink(source)
            if leads_out(self.sources[number], rel, text):
                self.lists["astray"].append(source)
        there = self._there(source, final, found, other, text) if other else There.NOTHING
        if kind == stat.S_IFREG:
            first = self._first_name(found, there)
            if there == There.NOTHING and first < 0:
                self.needs += min(found.st_size, found.st_blocks * 512)
        self.needs_files += there == There.NOTHING and first < 0
        self.carried.note(source, there)
        stamp = kind == stat.S_IFDIR and there == There.SAME and other is not None and other.st_uid == os.geteuid()
        entry = Entry(number, rel, found.st_mode, facts(found), there, text, first, stamp)
        self.share.append((*entry[:3], tuple(entry.facts), int(there), *entry[5:]))
        self.count += 1
        if len(self.share) >= _SHARE:
            self.tell(self.share)
            self.share = []
        return kind == stat.S_IFDIR and there != There.BLOCKED

    def _first_name(self, found: os.stat_result, there: There) -> int:
        """The number of the entry that is this same file, if that comes to be where this can be linked to it."""
        if found.st_nlink == 1:
            return -1
        key = (found.st_dev, found.st_ino)
        first, usable = self.firsts.setdefault(key, (self.count, there <= There.SAME))
        return first if usable and first != self.count and there == There.NOTHING else -1

    def _there(self, source: str, final: str, found: os.stat_result, other: os.stat_result, text: str) -> There:
        mine, theirs = stat.S_IFMT(found.st_mode), stat.S_IFMT(other.st_mode)
        if stat.S_IFDIR in (mine, theirs):
            return There.SAME if mine == theirs else There.BLOCKED
        if theirs not in (stat.S_IFREG, stat.S_IFLNK):
            return There.BLOCKED
        if mine != theirs or (mine == stat.S_IFREG and found.st_size != other.st_size):
            return There.ANOTHER
        if mine == stat.S_IFLNK:
            return There.SAME if os.readlink(final) == text else There.ANOTHER
        same = not self.request.checksum and same_time(found.st_mtime_ns, other.st_mtime_ns)
        return There.SAME if same or self._same_contents(source, final, found.st_size) else There.ANOTHER

    def _same_contents(self, source: str, final: str, size: int) -> bool:
        try:
            return checksum(source, size, self._alive) == checksum(final, size, self._alive)
        except PermissionError:
            return False

    def _alive(self, count: int) -> None:
        self.tell(None)


def _is_secret(path: str, size: int) -> bool:
    with suppress(OSError):  # what cannot be opened is told of when it is to be copied
        return is_secret(path, size)
    return False


def nearest(folder: str) -> str:
    """The folder itself, or the nearest one above it that exists."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _free_files(place: str) -> int | None:
    """How many more files there can be; None where the file system does not count them."""
    space = os.statvfs(place)
    return space.f_favail if space.f_files else None


def _missing(folder: str) -> Iterator[str]:
    """The folders that have to be made for this one to be there, the upper ones first."""
    if not os.path.isdir(folder):
        yield from _missing(os.path.dirname(folder))
        yield folder


def _lstat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
