"""How many rows a table of text has: counted where it is small, told from samples where it is large."""

import csv
import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast

from sesync_cli.files.kinds import PACKED, Kind, kind_by_name
from sesync_cli.files.packed import BZIP2, GZIP, XZ, ZIP
from sesync_cli.files.secret_scan import is_text

COUNTED = 4_000_000
"""Bytes of text up to which rows are counted one by one."""

_SAMPLES = 16  # pieces of a large file, spread over it
_SAMPLE = 65536  # bytes of each
_LONGEST = COUNTED  # letters of one cell
_TALLEST = 1000  # lines of one row
_CLOSELY = 1.5  # seconds for which a packed table is read
_LONGEST_MARK = 6  # bytes by which packed files are told
_NO_ROWS = (b"#", b"%", b"sep=")  # how lines above a heading begin: comments, and what Excel is told
_WRAP = 1 << 32  # bytes at which gzip begins to count again
_LINES = (".jsonl", ".ndjson", ".geojsonl")
_TEXTS = (".csv", ".tsv", ".tab", ".psv", ".ssv", ".txt", ".dat", ".out", ".prn", *_LINES)


class Rows(NamedTuple):
    """Rows of a table without its heading; `exact` unless they were told from samples."""

    number: int
    exact: bool


def count_rows(path: Path, *, closely: bool = True) -> Rows | None:
    """The rows of a table of text, packed or not; None for what is no such table, or is not whole.

    Of a large packed one, more is read if somebody asks `closely`.
    """
    name = path.name.lower()
    name = name.removesuffix(f".{suffix}") if (suffix := name.rpartition(".")[2]) in PACKED else name
    if not name.endswith(_TEXTS) and kind_by_name(name) == Kind.TABLE:
        return None
    with open(path, "rb") as raw:
        begin = raw.read(_LONGEST_MARK)
        mark = next((one for one in _openers() if begin.startswith(one)), b"")
        raw.seek(0)
        try:
            if not mark:
                return _counted(raw, name.endswith(_LINES))
            with _openers()[mark](raw) as plain:
                return _Packed(plain, raw, mark).counted(name.endswith(_LINES), _CLOSELY if closely else 0.0)
        except (EOFError, OSError, ValueError, LookupError, NotImplementedError, RuntimeError):
            # cut off, no such format, locked by a password, or several files in one
            return None


def _openers() -> dict[bytes, Callable[[IO[bytes]], IO[bytes]]]:
    import bz2
    import gzip
    import lzma

    return {
        GZIP: lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw)),
        BZIP2: bz2.BZ2File,
        XZ: lzma.LZMAFile,
        ZIP: lambda raw: _only_member(raw)[0],
    }


def _only_member(raw: IO[bytes]) -> tuple[IO[bytes], int]:
    """The one file in a zip archive, and its bytes; ValueError where there are several."""
    from zipfile import ZipFile

    archive = ZipFile(raw)
    [member] = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    return archive.open(member), member.file_size


def _begun(plain: IO[bytes], lines: bool) -> tuple[bytes, Rows | None, float]:
    """How a table begins; its rows if that is all of it, else how many a line has; neither for what is none."""
    head = plain.read(COUNTED + 1)
    if not is_text(head[:_SAMPLE]):
        return head, None, 0.0
    if len(head) <= COUNTED:
        return head, Rows(_records(head, lines), exact=True), 0.0
    return head, None, _rows_of_a_line(head, lines)


def _counted(plain: IO[bytes], lines: bool) -> Rows | None:
    _, rows, per_line = _begun(plain, lines)
    if not per_line:
        return rows
    size = os.fstat(plain.fileno()).st_size
    pieces = []
    for number in range(_SAMPLES):
        plain.seek(size * number // _SAMPLES)
        pieces.append(plain.read(_SAMPLE))
    density = sum(map(_breaks, pieces)) / sum(map(len, pieces))
    return Rows(round(size * density * per_line), exact=False)


def _rows_of_a_line(head: bytes, lines: bool) -> float:
    """How many rows a line has, a heading left out; 0 where there are no lines.

    Of the many places that are looked at, only the lines are known: how many make a row, the beginning tells.
    """
    begun = head[: head.rindex(b"\n") + 1] if b"\n" in head else head
    return _records(begun, lines) / breaks if (breaks := _breaks(head)) else 0.0


@dataclass
class _Packed:
    """A packed table that is read from its beginning, as far as the time allows; the rest is told from its end."""

    plain: IO[bytes]
    raw: IO[bytes]
    mark: bytes

    def counted(self, lines: bool, seconds: float) -> Rows | None:
        head, rows, per_line = _begun(self.plain, lines)
        if not per_line:
            return rows
        pieces, until = [(len(head), _breaks(head))], time.monotonic() + seconds
        while time.monotonic() < until and (piece := self.plain.read(COUNTED)):
            pieces.append((len(piece), _breaks(piece)))
        seen, breaks = (sum(numbers) for numbers in zip(*pieces, strict=True))
        late = pieces[-max(1, len(pieces) // 4) :]  # what is still to come is like what came last
        density = sum(count for _, count in late) / sum(size for size, _ in late)
        return Rows(round((breaks + max(0, self._size(seen) - seen) * density) * per_line), exact=False)

    def _size(self, seen: int) -> int:
        """About how many bytes it has unpacked, of which so many were seen."""
        guess = round(seen * os.fstat(self.raw.fileno()).st_size / max(1, self.raw.tell()))
        if self.mark == ZIP:
            return _only_member(self.raw)[1]
        if self.mark == GZIP:
            self.raw.seek(-4, os.SEEK_END)
            told = int.from_bytes(self.raw.read(4), "little")  # of the last part, without what is above 4 GB
            told += round((guess - told) / _WRAP) * _WRAP
            # of a file in several parts, it is told of the last one only
            return told if abs(told - guess) < guess * (0.4 if guess < _WRAP else 0.1) else guess
        return guess


def _breaks(text: bytes) -> int:
    return text.count(b"\n") or text.count(b"\r")


def _records(text: bytes, lines: bool) -> int:
    if lines or text.startswith(b"{"):
        return sum(1 for line in text.splitlines() if line.strip())
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", errors="replace").encode()
    lines_of = [line for line in text.splitlines() if line]
    comments = next((number for number, line in enumerate(lines_of) if not line.startswith(_NO_ROWS)), 0)
    above, first = (_text(lines_of[at : at + 1]) if at >= 0 else "" for at in (comments - 1, comments))
    separator = max(",;\t|", key=first.count)
    rows = _quoted(text.decode("latin-1"), separator) if b'"' in text else 0
    blanks = separator if separator in first else None
    cells = first.split(blanks)
    # the last comment may be the heading
    is_named = above.startswith(("#", "%")) and len(above.lstrip("#% ").split(blanks)) == len(cells)
    return max(0, (rows or len(lines_of)) - comments - (not is_named and _has_heading(cells)))


def _text(lines: list[bytes]) -> str:
    return b"".join(lines)[:_SAMPLE].decode(errors="replace")


def _quoted(text: str, separator: str) -> int:
    """The rows of a table with quoted cells, which may hold line breaks; 0 where a quotation mark means an inch."""
    csv.field_size_limit(_LONGEST)
    reader, rows, line = csv.reader(io.StringIO(text, newline=""), delimiter=separator), 0, 0
    for row in reader:
        if reader.line_num - line > _TALLEST:
            return 0
        rows, line = rows + bool(row), reader.line_num
    return rows


def _has_heading(cells: list[str]) -> bool:
    return bool(cells and cells[0]) and not any(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip().strip('"'))
    except ValueError:
        return False
    return True
