"""Which files there are below a folder, and which checksums are kept of them: a look that changes nothing."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from sesync_cli.directory import mounts
from sesync_cli.disk import PARTIAL
from sesync_cli.errors import Refused
from sesync_cli.files.datasets import members
from sesync_cli.put.checksums import NAME, algorithm_of, lines_of
from sesync_cli.workers import Tell

_SHARE = 500  # names in a message
UNREADABLE = (errno.EACCES, errno.EPERM, errno.EIO)  # what is the matter with one file or folder, and not with all
GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ESTALE)  # it, or another thing is in its place

Sum = tuple[str, str, str, int]
"""A file, the digest that it should have, the algorithm, and the number of the manifest."""


@dataclass
class Inventory:
    """One look, in a process of its own. All paths that it tells begin below the data directory.

    With `tops` only these names in the folder are looked at. Of one file that was named, and its data set, `held` are
    the sums of all beside it until it is known what belongs to it, also of what is gone.
    """

    directory: str
    folder: str
    tell: Tell
    tops: Sequence[str] = ()
    top: str = ""
    inner: str = ""
    manifests: int = 0
    closed: set[str] = field(default_factory=set)
    held: list[Sum] | None = None

    def look(self) -> None:
        """Tell of what is in the folder, and of what the manifests in it and in those above say of it."""
        self.top = os.path.realpath(self.directory)
        real = os.path.realpath(os.path.join(self.top, self.folder))
        if real != self.top and not real.startswith(f"{self.top}/"):
            words = f"{self.directory}/{self.folder} leads out of the data directory, to {real}"
            raise Refused(words, hint="Choose another folder.")
        self.inner = real[len(self.top) + 1 :]
        self.closed = {str(place) for place in mounts()} - {real}
        self.tell(("at", (self.inner, os.path.lexists(real))))
        if real != self.top and not os.path.isdir(real):
            self.held = []
        above = self.inner
        while above:
            above = os.path.dirname(above)
            self._above(above)
        if self.held is not None:
            self._tell_set(real, self.held)
        elif os.path.lexists(real):
            self._below(os.lstat(real).st_dev)

    def _tell_set(self, real: str, held: Sequence[Sum]) -> None:
        """Tell of a file that was named, or is no more, and of all that belongs to it."""
        folder, above = os.path.dirname(real), os.path.dirname(self.inner)
        mine = {os.path.join(above, name) for name in members(real, [os.path.basename(one[0]) for one in held])}
        self.tell(("files", sorted(one for one in mine if os.path.isfile(f"{folder}/{os.path.basename(one)}"))))
        self.tell(("sums", [one for one in held if one[0] in mine or one[0].startswith(f"{self.inner}/")]))

    def _path(self, rel: str) -> str:
        return f"{self.top}/{rel}" if rel else self.top

    def _above(self, folder: str) -> None:
        try:
            names = os.listdir(self._path(folder))
        except PermissionError:  # one that may be entered and not listed
            names = [NAME]
        except OSError as error:
            return self._note(folder, error)
        for name in names:
            if algorithm_of(name):
                self._manifest(os.path.join(folder, name))

    def _below(self, device: int) -> None:
        todo = list(self._named(device)) if self.tops else [self.inner]
        while todo:
            folder = todo.pop()
            try:
                with os.scandir(self._path(folder)) as entries:
                    while batch := list(islice(entries, _SHARE)):
                        todo += self._entered(folder, batch, device)
            except OSError as error:
                self._note(folder, error)

    def _named(self, device: int) -> Iterator[str]:
        """Tell of the files among the tops; the folders that are to be looked into."""
        self._above(self.inner)
        for rel in (os.path.join(self.inner, name) for name in self.tops):
            try:
                kind = 0 if self._path(rel) in self.closed else os.lstat(self._path(rel)).st_mode
                if (not kind or stat.S_ISDIR(kind)) and self._is_here(rel, device):
                    yield rel
                elif stat.S_ISREG(kind) and not algorithm_of(os.path.basename(rel)):
                    self.tell(("files", [rel]))
            except OSError as error:
                self._note(rel, error)

    def _is_here(self, rel: str, device: int) -> bool:
        """Whether a folder is on the file system that we look at; what is not is warned of."""
        # a mount is not even touched: its server may hang while ours answers
        try:
            if self._path(rel) not in self.closed and os.lstat(self._path(rel)).st_dev == device:
                return True
        except OSError as error:  # it has gone: what is beside it is looked at all the same
            self._note(rel, error)
            return False
        self._warn(f"{self.directory}/{rel} is on another file system, and is not looked into")
        return False

    def _entered(self, folder: str, batch: list["os.DirEntry[str]"], device: int) -> list[str]:
        """Tell of the files among these; the folders that are to be looked into."""
        files, folders = [], []
        for entry in batch:
            rel = os.path.join(folder, entry.name)
            if entry.name.startswith(PARTIAL):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders += [rel] if self._is_here(rel, device) else []
            elif algorithm_of(entry.name):
                self._manifest(rel)
            elif entry.is_file(follow_symlinks=False):
                files.append(rel)
        self.tell(("files", files))
        return folders

    def _manifest(self, rel: str) -> None:
        try:
            found = os.lstat(self._path(rel))
            if stat.S_ISREG(found.st_mode):
                with open(os.open(self._path(rel), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                    self._read(rel, file)
            elif not stat.S_ISDIR(found.st_mode):
                what = "a link" if stat.S_ISLNK(found.st_mode) else "no file"
                self._warn(f"{self.directory}/{rel} is {what}, and is not read as a list of checksums")
        except OSError as error:
            self._note(rel, error)

    def _read(self, rel: str, file: BinaryIO) -> None:
        number, self.manifests = self.manifests, self.manifests + 1
        self.tell(("manifest", rel))
        share: list[Sum] = []
        bad, out, good = [], [], 0
        folder, name = os.path.split(rel)
        algorithm = algorithm_of(name)
        for line in lines_of(file, name):
            target = self._target(folder, os.fsdecode(line.name)) if line.name else None
            if not line.name:
                bad.append(line.number)
                continue
            good += 1
            if target is None:
                out.append(os.fsdecode(line.name))
            elif target == rel:
                self._warn(f"{self.directory}/{rel} names itself, which nobody can check")
            elif not self.inner or f"{target}/".startswith(f"{self.inner}/"):
                (share if self.held is None else self.held).append((target, line.digest, algorithm, number))
            elif self.held is not None and os.path.dirname(target) == os.path.dirname(self.inner):
                self.held.append((target, line.digest, algorithm, number))
            if len(share) >= _SHARE:
                self.tell(("sums", share))
                share = []
        self.tell(("sums", share))
        for word in self._odd(rel, bad, out, good):
            self._warn(word)

    def _odd(self, rel: str, bad: list[int], out: list[str], good: int) -> Iterator[str]:
        path = f"{self.directory}/{rel}"
        if out:
            others = f" and {len(out) - 1:,} more" if len(out) > 1 else ""
            yield f"{path} names what is not in the data directory: {out[0]}{others}"
        if not bad:
            return
        if good:
            yield f"line {bad[0]} of {path} is no checksum" + (f", and {len(bad) - 1:,} more" if len(bad) > 1 else "")
        else:
            yield f"{path} is no list of checksums, although it is called so"
        if os.path.basename(rel) == NAME:  # our own name: checksums may have been kept and be lost
            self.tell(("unreadable", {rel: "it has lines that are no checksums"}))
        elif not good and (not self.inner or rel.startswith(f"{self.inner}/")):
            self.tell(("files", [rel]))

    def _target(self, folder: str, name: str) -> str | None:
        """The file that is meant, by its path below the data directory; None for what is not there."""
        path = os.path.normpath(os.path.join(self.directory, folder, name))
        for top in (self.directory, self.top):
            if path.startswith(f"{top}/"):
                return path[len(top) + 1 :]
        return None

    def _note(self, rel: str, error: OSError) -> None:
        """What cannot be read is told, what has gone meanwhile is not there, and all else ends the look."""
        if error.errno in UNREADABLE:
            self.tell(("unreadable", {rel: error.strerror}))
        elif error.errno not in GONE:
            raise error

    def _warn(self, words: str) -> None:
        self.tell(("warnings", [words]))
