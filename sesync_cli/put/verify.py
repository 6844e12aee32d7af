"""Proof that a file is what its source is, and that its source is what it was."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sesync_cli.put.entries import Entry, is_unchanged
from sesync_cli.put.file_io import Changed, Copier, Hash, SourceUnreadable, fast_hash


@dataclass(frozen=True)
class Verification:
    """Whether what is there already is compared, whether SHA-256 sums are told, how to replace what differs, and
    whether the sources are to go."""

    existing: bool
    sums: bool
    replacing: str
    moving: bool = False


def is_same(source: str, final: str, entry: Entry, copier: Copier, read: list[Hash]) -> bool:
    """Whether what is there has the contents of its source."""
    with naming(final):
        there = os.open(final, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(there).st_mode) or os.fstat(there).st_size != entry.facts.size:
            return False
        with naming(final):
            copier.digest(there, entry.facts.size, read)
    finally:
        os.close(there)
    checksum, file = fast_hash(), open_source(source, entry)
    try:
        copier.digest(file, entry.facts.size, [checksum])
    except OSError as error:
        raise SourceUnreadable(error.strerror) from None
    finally:
        os.close(file)
    need_unchanged(source, entry)
    return checksum.digest() == read[0].digest()


def open_source(source: str, entry: Entry) -> int:
    """A source, to be read, which is as it was found."""
    try:
        file = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SourceUnreadable(error.strerror) from None
    if not is_unchanged(os.fstat(file), entry.facts):
        os.close(file)
        raise Changed
    return file


def need_unchanged(source: str, entry: Entry) -> None:
    """Raise `Changed` unless the source is as it was found."""
    try:
        found = os.lstat(source)
    except OSError:
        raise Changed from None
    if not is_unchanged(found, entry.facts):
        raise Changed


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Say in an error where it was, which the system does not say of open files, or only by their number."""
    try:
        yield
    except OSError as error:
        if error.filename is None or isinstance(error.filename, int):
            error.filename = path
        raise
