"""What a file is, by its name and its first bytes. The signatures are in signatures.toml."""

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.secret_scan import by_path, is_text, named_secret, says_nothing, tells_secret

SIGNATURES = Path(__file__).with_name("signatures.toml")

_TABLES = (".csv", ".tsv", ".tab", ".psv")
_TEXTS = (".txt", ".dat", ".out", ".prn", ".sql", ".asc")
_NAMESAKES = (".rst",)  # text, or a raster of Idrisi
_SEPARATORS = re.compile(rb"[,;\t|]")
_NUMBER = re.compile(rb"[-+]?[\d.]+(?:[eE][-+]?\d+)?|NA|NaN|nan")
_LINES = 20  # as many of a text's first lines have to agree before it is taken for a table


def kind_of(path: str, head: bytes) -> Kind:
    """What a file of this name that begins with these bytes is; where both know, the name is the finer word."""
    what, signed, low = by_path(path), signature(head), os.path.basename(path).lower()
    kind = kind_by_name(low)
    if tells_secret(what, head) or named_secret(what, path, head):
        return Kind.SECRET
    if signed == Kind.SOURCE and not is_text(head):
        signed = None  # bytes that begin as a script does by chance
    if kind == Kind.DOCUMENT and low.endswith(_NAMESAKES) and (signed or not is_text(head)):
        return signed or Kind.RASTER
    if low.endswith(_TABLES) and signed == Kind.MAP:
        return signed
    if kind == Kind.SECRET or (low.endswith(_TABLES) and not is_text(head)):
        return signed or (Kind.SOURCE if says_nothing(what, head) else Kind.OTHER)
    if kind == Kind.OTHER or low.endswith(_TEXTS):
        return signed or (Kind.TABLE if kind != Kind.SOURCE and _looks_like_table(head) else kind)
    return kind


def signature(head: bytes) -> Kind | None:
    """What these first bytes are the mark of; None if no format has it."""
    if is_core_dump(head):
        return Kind.TEMPORARY
    return next((kind for at, mark, kind in _signatures() if head.startswith(mark, at)), None)


def is_core_dump(head: bytes) -> bool:
    """Whether this is what a program was when it crashed: an ELF file of the type ET_CORE, see elf(5)."""
    return head.startswith(b"\x7fELF") and int.from_bytes(head[16:18], "big" if head[5:6] == b"\2" else "little") == 4


def _looks_like_table(head: bytes) -> bool:
    lines = head.splitlines()[:_LINES]
    if len(lines) < 3 or not is_text(head):
        return False
    lines = lines[: -1 if len(lines) < _LINES else None]
    counts = [sorted(_SEPARATORS.findall(line)) for line in lines]
    if counts[0] and len(set(counts[0])) == 1 and all(count == counts[0] for count in counts):
        return True
    # columns of numbers with blanks between them
    rows = [line.split() for line in lines]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for row in rows[1:] for cell in row)
    return (
        len(rows[0]) > 1
        and all(len(row) == len(rows[0]) for row in rows)
        and 2 * numbers > len(rows[0]) * (len(rows) - 1)
    )


@cache
def _signatures() -> tuple[tuple[int, bytes, Kind], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[int, bytes, Kind]]:
    for table, formats in tomllib.loads(SIGNATURES.read_text(encoding="utf-8")).items():
        for mark in formats.values():
            at, text = (mark["at"], mark["is"]) if isinstance(mark, dict) else (0, mark)
            yield at, text.encode().decode("unicode_escape").encode("latin-1"), Kind[table.upper()]
