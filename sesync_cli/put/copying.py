"""What each of the workers does: copies files beside their places, proves them, and gives them their names."""

import errno
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sesync_cli.errors import SesyncError
from sesync_cli.put.attributes import UNFIT, copy_attributes
from sesync_cli.put.entries import Entry, Shipment, There
from sesync_cli.put.file_io import (
    LONG,
    Changed,
    Copier,
    Hash,
    SourceUnreadable,
    fast_hash,
    flush,
    open_beside,
    rename_unless_taken,
    renew,
)
from sesync_cli.put.rights import FolderRights, OwnMode, share
from sesync_cli.put.verify import Verification, is_same, naming, need_unchanged, open_source
from sesync_cli.put.writers import BeingWritten, Writers
from sesync_cli.workers import Tell

TOKEN = 4  # bytes that number the next batch
_FEW = 16  # files up to which each is flushed by itself; for more, the whole file system is, which may be others' too
_SECONDS = 1.0  # of copying until what is copied is placed
_OFTEN = 0.1  # seconds between two words about the bytes that went
_UNFIT = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EFBIG, errno.E2BIG}  # of one that cannot be there


@dataclass(frozen=True)
class Job:
    """What the workers of one run share: all that was found, and how each file is to be treated.

    `replace` lets a file take the place of another; `closed` are folders whose group is given nothing.
    """

    found: Shipment
    batches: Sequence[Sequence[int]]
    verification: Verification
    replace: bool = False
    closed: Set[str] = frozenset()


@dataclass
class _Copy:
    """A file that has been copied beside its place, and is not proven yet."""

    number: int
    beside: str
    file: int
    own: OwnMode
    checksum: bytes
    read: list[Hash]


class Worker:
    """Takes batch after batch until none is left."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self.job, self.tell = job, tell
        self.copier = Copier(self._went)
        self.bytes, self.told = 0, time.monotonic()
        self.folders = FolderRights(job.found.new_folders(), job.closed)

    def serve(self, taking: int, giving: int) -> None:
        """The pipe holds the number of the next batch: who takes it puts the one after it in its place."""
        while True:
            number = int.from_bytes(os.read(taking, TOKEN), "little")
            os.write(giving, (number + 1).to_bytes(TOKEN, "little"))
            if number >= len(self.job.batches):
                return
            self.batch(self.job.batches[number])

    def batch(self, numbers: Sequence[int]) -> None:
        """Copy these files, flush them to their disk at once, and then read back, prove and place each."""
        copies: list[_Copy] = []
        begun = time.monotonic()
        if self.job.verification.existing:
            self._renew([number for number in numbers if self._is_there(number)])
        for number in numbers:
            with self._problems(number):
                if self._is_there(number):
                    self._prove(number)
                else:
                    copies.append(self._copied(number))
            if time.monotonic() - begun > _SECONDS:  # a slow server: what is finished shall not wait for the rest
                self._place_all(copies)
                copies, begun = [], time.monotonic()
        self._place_all(copies)
        self._went(0, now=True)

    def _place_all(self, copies: list[_Copy]) -> None:
        if copies:
            with naming(self.job.found.folder):
                _settle([copy.file for copy in copies])
                for copy in copies:
                    if self.job.found.entries[copy.number].facts.size <= LONG:
                        renew(copy.file)
        for copy in copies:
            with self._problems(copy.number):
                self._place(copy)

    def _renew(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            with suppress(OSError):  # those that cannot be opened are told of when they are proven
                file = os.open(self.job.found.final(self.job.found.entries[number]), os.O_RDONLY | os.O_NONBLOCK)
                renew(file)
                os.close(file)

    def _is_there(self, number: int) -> bool:
        return self.job.found.entries[number].there == There.SAME

    def _copied(self, number: int) -> _Copy:
        entry = self.job.found.entries[number]
        beside = self.job.found.beside(number)
        source = open_source(self.job.found.source(entry), entry)
        try:
            with naming(beside):
                file = open_beside(beside, goes_on=entry.facts.size > LONG)
                copy = _Copy(number, beside, file, OwnMode.of(source, os.fstat(source)), b"", self._hashes())
                try:
                    if entry.facts.size > LONG:
                        copy.checksum = self.copier.copy_long(source, file, entry.facts.size, copy.read)
                    else:
                        copy.checksum = self.copier.copy(source, file, entry.facts.size)
                    if not copy_attributes(source, file):
                        if self.job.verification.moving:
                            raise OSError(errno.E2BIG, UNFIT)
                        self.tell(("refused", (self.job.found.source(entry),)))
                    return copy
                except BaseException:
                    self._drop(copy)
                    raise
        finally:
            os.close(source)

    def _place(self, copy: _Copy) -> None:
        entry = self.job.found.entries[copy.number]
        final = self.job.found.final(entry)
        try:
            with naming(final):
                if entry.facts.size <= LONG:
                    self.copier.digest(copy.file, entry.facts.size, copy.read)
                self._check(entry, copy)
                self._share(copy, os.path.dirname(final))
                os.utime(copy.file, ns=(entry.facts.modified, entry.facts.modified))
        except BaseException:
            self._drop(copy)
            raise
        os.close(copy.file)  # a file server may have kept its complaints until now
        try:
            self._appear(entry, copy.beside, final)
        except BaseException:
            os.unlink(copy.beside)
            raise
        self._say(copy.number, copy.read, copied=True)

    def _check(self, entry: Entry, copy: _Copy) -> None:
        need_unchanged(self.job.found.source(entry), entry)
        if copy.read[0].digest() != copy.checksum or os.fstat(copy.file).st_size != entry.facts.size:
            raise SesyncError(
                f"what was read back of {self.job.found.final(entry)} is not what was written",
                hint="Its disk or file server has a problem: tell support.",
            )

    def _appear(self, entry: Entry, beside: str, final: str) -> None:
        if self.job.replace:
            self._need_no_writer(final)
            return os.rename(beside, final)
        try:
            rename_unless_taken(beside, final)
        except FileExistsError:
            if not self._is_same(entry, self._hashes()):
                raise
            os.unlink(beside)

    def _need_no_writer(self, final: str) -> None:
        """A program that has the file open that is to be replaced would go on writing into nothing."""
        for use in Writers().of([(final, os.lstat(final))]).values():
            raise BeingWritten(use.words)

    def _prove(self, number: int) -> None:
        entry, read = self.job.found.entries[number], self._hashes()
        if self.job.verification.existing and not self._is_same(entry, read):
            raise FileExistsError
        self._say(number, read, copied=False)

    def _is_same(self, entry: Entry, read: list[Hash]) -> bool:
        return is_same(self.job.found.source(entry), self.job.found.final(entry), entry, self.copier, read)

    def _share(self, copy: _Copy, folder: str) -> None:
        """Give the group of the folder its rights to a file."""
        if not share(copy.file, copy.own, self.folders.at(folder)):
            self.tell(("closed", (folder,)))

    def _hashes(self) -> list[Hash]:
        return [fast_hash(), hashlib.sha256()] if self.job.verification.sums else [fast_hash()]

    def _drop(self, copy: _Copy) -> None:
        with suppress(OSError):
            os.close(copy.file)
        os.unlink(copy.beside)

    def _say(self, number: int, read: list[Hash], *, copied: bool) -> None:
        self.tell(("placed", number, copied, read[1].digest() if self.job.verification.sums else b""))

    def _went(self, count: int, *, now: bool = False) -> None:
        self.bytes += count
        if now or time.monotonic() - self.told > _OFTEN:
            self.told = time.monotonic()
            self.tell(("bytes", self.bytes))
            self.bytes = 0

    @contextmanager
    def _problems(self, number: int) -> Iterator[None]:
        """What is the matter with one file alone is told, and the others go on."""
        entry = self.job.found.entries[number]
        source, final = self.job.found.source(entry), self.job.found.final(entry)
        try:
            yield
        except Changed:
            self.tell(("changed", number, f"{source} changed while it was copied"))
        except SourceUnreadable as error:
            self.tell(("problem", number, f"{source} cannot be read: {error}"))
        except BeingWritten as use:
            self.tell(("problem", number, f"{final} stays: it {use}"))
        except FileExistsError:
            self.tell(("differs", number, f"{final} is there already, and has other contents than {source}"))
        except OSError as error:
            if error.errno not in _UNFIT:
                raise
            self.tell(("problem", number, f"{source} does not fit there: {error.strerror}"))


def _settle(files: Sequence[int]) -> None:
    """Have these files be on their disk or their server."""
    if len(files) > _FEW:
        return flush(files[0])
    for file in files:
        os.fsync(file)
