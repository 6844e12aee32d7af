"""What a file is, by its name and its first bytes. The signatures are in signatures.toml."""

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sesync_cli.secrets import holds_secret
from sesync_cli.where.kinds import Kind, kind_by_name

SIGNATURES = Path(__file__).with_name("signatures.toml")
HEAD = 65536
"""As many bytes from the beginning tell all that can be told here."""

_KEYS = (".pem", ".key")
_TABLES = (".csv", ".tsv", ".tab", ".psv")
_TEXTS = (".txt", ".dat", ".out", ".prn", ".sql", ".asc")
WORDS = frozenset({Kind.SOURCE, Kind.NOTEBOOK, Kind.RECORDS, Kind.DOCUMENT, Kind.LOG, Kind.OTHER})
"""Kinds that people write by hand: a password may stand in them."""

_GLANCE = 1024  # bytes that tell text from what is none, mostly
_MAY_BE_SECRET = WORDS | {Kind.SECRET}
_SEPARATORS = re.compile(rb"[,;\t|]")
_LINES = 20  # as many of a text's first lines have to agree before it is taken for a table


def kind_of(name: str, head: bytes) -> Kind:
    """What a file of this name that begins with these bytes is; where both know, the name is the finer word."""
    kind, low, signed = kind_by_name(name), name.lower(), signature(head)
    if kind in _MAY_BE_SECRET and _tells_secret(head):
        return Kind.SECRET
    if (kind == Kind.SECRET and low.endswith(_KEYS)) or (low.endswith(_TABLES) and not is_text(head)):
        return signed or Kind.OTHER  # a certificate for everybody, or a slide show; a workbook that is called CSV
    if kind == Kind.OTHER or low.endswith(_TEXTS):
        return signed or (Kind.TABLE if kind != Kind.SOURCE and _looks_like_table(head) else kind)
    return kind


def is_secret(path: str, size: int) -> bool:
    """Whether a file of so many bytes is a secret, by its name or by what it begins with.

    Raises OSError where it cannot be opened.
    """
    kind = kind_by_name(os.path.basename(path)) if size else Kind.OTHER
    if not size or kind not in _MAY_BE_SECRET:
        return False
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        head = os.read(file, _GLANCE)
        if kind != Kind.SECRET and not is_text(head):
            return False
        head += os.read(file, HEAD) if len(head) == _GLANCE else b""
    finally:
        os.close(file)
    return kind_of(os.path.basename(path), head) == Kind.SECRET if kind == Kind.SECRET else _tells_secret(head)


def _tells_secret(head: bytes) -> bool:
    return is_text(head) and holds_secret(head.decode(errors="replace"))


def signature(head: bytes) -> Kind | None:
    """What these first bytes are the mark of; None if no format has it."""
    return next((kind for at, mark, kind in _signatures() if head.startswith(mark, at)), None)


def is_text(head: bytes) -> bool:
    """Whether these first bytes are text: in UTF-16 with its mark, or in anything that knows no zero byte."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head


def _looks_like_table(head: bytes) -> bool:
    lines = head.splitlines()[:_LINES]
    if len(lines) < 3 or not is_text(head):
        return False
    counts = [sorted(_SEPARATORS.findall(line)) for line in lines[: -1 if len(lines) < _LINES else None]]
    return bool(counts[0]) and len(set(counts[0])) == 1 and all(count == counts[0] for count in counts)


@cache
def _signatures() -> tuple[tuple[int, bytes, Kind], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[int, bytes, Kind]]:
    for table, formats in tomllib.loads(SIGNATURES.read_text(encoding="utf-8")).items():
        for mark in formats.values():
            at, text = (mark["at"], mark["is"]) if isinstance(mark, dict) else (0, mark)
            yield at, text.encode().decode("unicode_escape").encode("latin-1"), Kind[table.upper()]
