"""What Linux does with the bytes of files: copies them with holes kept, sums them, flushes them, gives them names."""

import ctypes
import errno
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, Self

from sesync_cli.leftovers import appear

LONG = 32 << 20  # bytes; a longer file is copied and read back side by side, in parts of this length
_PIECE = 1 << 20  # what a processor's cache can hold
_CLONE = 0x40049409  # FICLONE in <linux/fs.h>
_CANNOT = (errno.EXDEV, errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.ETXTBSY)
_ZEROS = bytes(_PIECE)
_NOREPLACE = 1  # RENAME_NOREPLACE in <linux/fs.h>
_HERE = -100  # AT_FDCWD in <fcntl.h>
_UNKNOWN = (errno.EINVAL, errno.ENOSYS)  # NFS, for one, cannot rename without replacing

_libc = ctypes.CDLL(None, use_errno=True)

Went = Callable[[int], None]
"""Hears of each so many bytes that are done."""


class Hash(Protocol):
    def update(self, data: Any, /) -> object: ...

    def digest(self) -> bytes: ...

    def copy(self) -> Self: ...


class Changed(Exception):
    """The source is no longer what it was."""


class SourceUnreadable(Exception):
    """The source cannot be read; the argument is the system's word."""


class Copier:
    """Copies files; knows after the first one what the kernel can do between these two places."""

    def __init__(self, went: Went) -> None:
        self.went = went
        self.clones = self.copies = True
        self.buffer = memoryview(bytearray(_PIECE))
        self.second = memoryview(bytearray(_PIECE))

    def copy(self, source: int, target: int, size: int) -> bytes:
        """Copy a file that is not long; its checksum, made from the source."""
        checksum = fast_hash()
        self._copy(source, target, 0, size, checksum, cloned=self._clone(source, target))
        return checksum.digest()

    def copy_long(self, source: int, target: int, size: int, read_back: list[Hash]) -> bytes:
        """Copy a long file and give what is read back of it from its disk to `read_back`; the source's checksum.

        What the target has already of the same contents, from its beginning, stays.
        """
        begun, cloned = os.fstat(target).st_size, self._clone(source, target)
        checksum, there = (fast_hash(), 0) if cloned else self._kept(source, target, begun, read_back)
        behind: deque[Future[None]] = deque()
        with ThreadPoolExecutor(1) as reader:
            for start in range(there, size, LONG):
                end = min(start + LONG, size)
                self._copy(source, target, start, end, checksum, cloned=cloned)
                behind.append(reader.submit(self._read_back, target, start, end, read_back))
                if len(behind) > 1:
                    behind.popleft().result()
            for one in behind:
                one.result()
        return checksum.digest()

    def digest(self, file: int, size: int, hashes: list[Hash]) -> None:
        """Give the contents of a file to these hashes."""
        _read(file, 0, size, self.buffer, hashes, self.went)

    def _kept(self, source: int, target: int, begun: int, read_back: list[Hash]) -> tuple[Hash, int]:
        """The checksum of what the target has rightly, in whole parts, and its bytes; what is beyond is cut off."""
        checksum, there = fast_hash(), 0
        for start in range(0, begun - LONG + 1, LONG):
            mine, theirs = [checksum.copy(), fast_hash()], [*(one.copy() for one in read_back), fast_hash()]
            try:
                _read(source, start, start + LONG, self.buffer, mine, self.went)
            except OSError as error:
                raise SourceUnreadable(error.strerror) from None
            self._read_back(target, start, start + LONG, theirs)
            if mine.pop().digest() != theirs.pop().digest():
                break
            [checksum], read_back[:] = mine, theirs
            there = start + LONG
        os.ftruncate(target, there)
        return checksum, there

    def _read_back(self, file: int, start: int, end: int, hashes: list[Hash]) -> None:
        os.fdatasync(file)
        os.posix_fadvise(file, start, end - start, os.POSIX_FADV_DONTNEED)
        _read(file, start, end, self.second, hashes, self.went)

    def _clone(self, source: int, target: int) -> bool:
        """Share the contents, which some file systems can; True if that is done."""
        import fcntl

        if self.clones:
            try:
                fcntl.ioctl(target, _CLONE, source)
                return True
            except OSError as error:
                if error.errno not in _CANNOT:
                    raise
                self.clones = False
        return False

    def _copy(self, source: int, target: int, start: int, end: int, checksum: Hash, *, cloned: bool) -> None:
        for offset, length, is_data in _pieces(source, start, end):
            if not is_data:
                checksum.update(_ZEROS[:length])
                if offset + length == end and not cloned:
                    os.ftruncate(target, end)
            else:
                data = self.buffer[:length]
                try:
                    count = os.preadv(source, [data], offset)
                except OSError as error:
                    raise SourceUnreadable(error.strerror) from None
                if count < length:
                    raise Changed
                checksum.update(data)
                if not cloned:
                    self._write(source, target, offset, data)
            self.went(length)

    def _write(self, source: int, target: int, offset: int, data: memoryview) -> None:
        done = 0
        while self.copies and done < len(data):
            try:
                count = os.copy_file_range(source, target, len(data) - done, offset + done, offset + done)
            except OSError as error:
                if error.errno not in _CANNOT:
                    raise
                count = 0
            self.copies = count > 0
            done += count
        while done < len(data):
            done += os.pwrite(target, data[done:], offset + done)


def open_beside(path: str, *, goes_on: bool) -> int:
    """A file to build in, for us alone: a new one, or what a killed run of ours has left if it `goes_on` with that."""
    if goes_on:
        with suppress(OSError):
            file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            found = os.fstat(file)
            if stat.S_ISREG(found.st_mode) and (found.st_uid, found.st_nlink) == (os.geteuid(), 1):
                os.fchmod(file, 0o600)
                return file
            os.close(file)
        with suppress(FileNotFoundError):
            os.unlink(path)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def renew(file: int) -> None:
    """Forget what memory holds of a file, as far as the kernel lets one, and begin to read it from its disk or server.

    Done to many files before they are read, they are read all at once, in an order that suits the disk.
    """
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.posix_fadvise(file, 0, LONG, os.POSIX_FADV_WILLNEED)


def flush(file: int) -> None:
    """Have all that was written to the file system of this open file be on its disk or its server."""
    _checked(_libc.syncfs(file), "")


def rename_unless_taken(path: str, final: str) -> None:
    """Give a file its final name, atomically, unless that is taken: FileExistsError."""
    try:
        _checked(_libc.renameat2(_HERE, os.fsencode(path), _HERE, os.fsencode(final), _NOREPLACE), final)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        appear(Path(path), Path(final))
        with suppress(FileNotFoundError):
            os.unlink(path)


def fast_hash() -> Hash:
    """XXH3 of 128 bits: as quick as memory, and no two files in a lifetime's work have the same by chance."""
    import xxhash

    return xxhash.xxh3_128()


def checksum(path: str, size: int, went: Went) -> bytes:
    """The checksum of a file's contents."""
    found = fast_hash()
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        renew(file)
        Copier(went).digest(file, size, [found])
    finally:
        os.close(file)
    return found.digest()


def _read(file: int, start: int, end: int, buffer: memoryview, hashes: list[Hash], went: Went) -> None:
    for offset, length, is_data in _pieces(file, start, end):
        data = buffer[: os.preadv(file, [buffer[:length]], offset)] if is_data else _ZEROS[:length]
        for one in hashes:
            one.update(data)
        went(length)


def _pieces(file: int, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """A file from `start` to `end`: offset, length, and whether there is data or a hole."""
    for begin, until, is_data in _extents(file, start, end):
        for offset in range(begin, until, _PIECE):
            yield offset, min(_PIECE, until - offset), is_data


def _extents(file: int, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    while start < end:
        try:
            data = min(os.lseek(file, start, os.SEEK_DATA), end)
            hole = min(os.lseek(file, data, os.SEEK_HOLE), end) if data < end else end
        except OSError as error:
            # ENXIO: nothing but a hole up to the end; anything else: no holes are told here
            data, hole = (end, end) if error.errno == errno.ENXIO else (start, end)
        if data > start:
            yield start, data, False
        if hole > data:
            yield data, hole, True
        start = hole


def _checked(result: int, path: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path or None)
