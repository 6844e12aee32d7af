"""One file looked at: its kind, its bytes, its rows. No rule has judged it yet."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sesync_cli.files.datasets import DataSet, data_set_of
from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.notebooks import outputs
from sesync_cli.files.packed import BLOCK, BZIP2
from sesync_cli.files.secret_scan import HEAD, WORDS, is_secret
from sesync_cli.files.signatures import kind_of, signature
from sesync_cli.files.tables import count_rows

PLAIN = 1_000_000
"""Bytes up to which a file is what its name says, if its name says enough, and nobody asks closely."""

_UNSURE = frozenset({*WORDS, Kind.TABLE, Kind.SECRET, Kind.ARCHIVE})


class FileFacts(NamedTuple):
    """A file, a link, or a folder that is one thing, such as `x.zarr`.

    `rows` is -1 where nobody knows; `parts` are the names of the files beside it that make one data set with it, whose
    bytes count, as its `files` do; `target` is what a link says; `told` are the bytes of a notebook that are outputs.
    """

    path: str
    kind: str
    bytes: int
    mode: int = 0
    device: int = 0
    inode: int = 0
    rows: int = -1
    exact: bool = True
    target: str = ""
    parts: tuple[str, ...] = ()
    told: int = 0
    files: int = 1


def inspected(path: str) -> FileFacts:
    """One file, looked into closely; what cannot be read is what its name says. OSError where it is not there."""
    facts = os.lstat(path)
    file = by_name(path, facts, data_set_of(Path(path)) if stat.S_ISREG(facts.st_mode) else None)
    with suppress(OSError):
        file = looked_into(file, closely=True)
    return with_parts(file)


def by_name(path: str, facts: os.stat_result, whole: DataSet | None = None) -> FileFacts:
    """What a file is by its name, and by the data set of which it may be the main file, with these facts of `os.lstat`.

    The bytes are its own, without those of the parts.
    """
    name, size, mode = os.path.basename(path), facts.st_size, facts.st_mode
    parts = whole.parts if whole and whole.main == name else ()
    kind = (whole.kind if whole and parts else None) or kind_by_name(name)
    file = FileFacts(path, kind.value, size, mode, facts.st_dev, facts.st_ino, parts=parts)
    if stat.S_ISLNK(mode):
        return file._replace(kind=Kind.LINK.value, target=os.readlink(path))
    return file if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else file._replace(kind=Kind.SPECIAL.value)


def looked_into(file: FileFacts, *, closely: bool) -> FileFacts:
    """The same with what its contents tell. OSError where it cannot be read.

    If nobody asks `closely`, only such files are read whose names do not say enough, and large ones.
    """
    if not stat.S_ISREG(file.mode) or not file.bytes or (file.parts and file.kind not in _UNSURE):
        return file
    if closely or file.kind in _UNSURE or file.bytes > PLAIN:
        return _read(file, closely)
    return file._replace(kind=Kind.SECRET.value) if is_secret(file.path, file.bytes) else file


def kind_inside(path: str) -> Kind:
    """What a file is by its name and its first bytes. OSError where it cannot be read."""
    # what is no file is not waited for
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        return kind_of(path, opened.read(HEAD) or b"")


def with_parts(file: FileFacts) -> FileFacts:
    """The same with the bytes of its parts. OSError where one is gone."""
    folder = os.path.dirname(file.path)
    beside = sum(os.lstat(os.path.join(folder, one)).st_size for one in file.parts)
    return file._replace(bytes=file.bytes + beside, files=1 + len(file.parts))


def _read(file: FileFacts, closely: bool) -> FileFacts:
    with open(file.path, "rb") as opened:
        head = opened.read(HEAD)
        if head.startswith(BZIP2):
            head += opened.read(BLOCK)
        kind = kind_of(file.path, head)
        if kind == Kind.NOTEBOOK and file.bytes > PLAIN:
            return file._replace(kind=kind.value, told=outputs(head + opened.read()))
    if kind == Kind.TABLE and (signed := signature(head)) in (None, Kind.ARCHIVE):  # text, packed or not
        if rows := count_rows(Path(file.path), closely=closely):
            return file._replace(kind=kind.value, rows=rows.number, exact=rows.exact)
        if signed and kind_by_name(os.path.basename(file.path)) != Kind.TABLE:
            kind = signed  # there is more in it than what it begins with
    return file._replace(kind=kind.value)
