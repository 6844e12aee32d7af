"""How many rows a table of text has: counted where it is small, told from samples where it is large."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

COUNTED = 4_000_000
"""Bytes of text up to which rows are counted one by one."""

_SAMPLES = 16  # pieces of a large file, spread over it
_SAMPLE = 65536  # bytes of each
_LONGEST = COUNTED  # letters of one cell
_TALLEST = 1000  # lines of one row
_LINES = (".jsonl", ".ndjson", ".geojsonl")
_TEXTS = (".csv", ".tsv", ".tab", ".psv", ".ssv", ".txt", ".dat", ".out", ".prn", *_LINES)


class Rows(NamedTuple):
    """Rows of a table without its heading; `exact` unless they were told from samples."""

    number: int
    exact: bool


def count_rows(path: Path) -> Rows | None:
    """The rows of a table of text, packed or not; None for what is no such table, or is not whole."""
    name, openers = path.name.lower(), _openers()
    suffix = "." + name.rpartition(".")[2]
    lines = name.removesuffix(suffix).endswith(_LINES) if suffix in openers else name.endswith(_LINES)
    if not name.removesuffix(suffix if suffix in openers else "").endswith(_TEXTS) and "." in name:
        return None
    with open(path, "rb") as raw:
        try:
            with openers.get(suffix, io.BufferedReader)(raw) as plain:
                return _counted(plain, raw, lines, packed=suffix in openers)
        except (EOFError, OSError, ValueError):  # cut off, or no such format
            return None


def _openers() -> dict[str, Callable[[IO[bytes]], IO[bytes]]]:
    import bz2
    import gzip
    import lzma

    return {".gz": lambda raw: gzip.GzipFile(fileobj=raw), ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile}  # type: ignore


def _counted(plain: IO[bytes], raw: IO[bytes], lines: bool, *, packed: bool) -> Rows:
    head = plain.read(COUNTED + 1)
    if len(head) <= COUNTED:
        return Rows(_records(head, lines), exact=True)
    size = os.fstat(raw.fileno()).st_size
    begun = _records(head[: head.rindex(b"\n") + 1] if b"\n" in head else head, lines)
    if packed:
        return Rows(round(begun * size / raw.tell()), exact=False)
    # of the many places that are looked at, only the lines are known: how many make a row, the beginning tells
    pieces = []
    for number in range(_SAMPLES):
        raw.seek(size * number // _SAMPLES)
        pieces.append(raw.read(_SAMPLE))
    density = sum(map(_breaks, pieces)) / sum(map(len, pieces))
    return Rows(round(size * density * begun / max(1, _breaks(head))), exact=False)


def _breaks(text: bytes) -> int:
    return text.count(b"\n") or text.count(b"\r")


def _records(text: bytes, lines: bool) -> int:
    if lines:
        return sum(1 for line in text.splitlines() if line.strip())
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", errors="replace").encode()
    plain = sum(1 for line in text.splitlines() if line)
    first = next(iter(text[:_SAMPLE].splitlines()), b"").decode(errors="replace")
    separator = max(",;\t|", key=first.count)
    rows = _quoted(text.decode("latin-1"), separator) if b'"' in text else plain
    return (rows or plain) - _has_heading(first.split(separator))


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
