"""What a file is, by its name and its first bytes. The signatures are in signatures.toml."""

import csv
import io
import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.files.kinds import Kind, is_data, kind_by_name
from sesync_cli.files.packed import begun, members
from sesync_cli.files.secret_scan import by_path, is_text, named_secret, says_nothing, tells_secret, text_of

SIGNATURES = Path(__file__).with_name("signatures.toml")

_TABLES = (".csv", ".tsv", ".tab", ".psv")
_TEXTS = (".txt", ".dat", ".out", ".prn", ".sql", ".asc")
_NAMESAKES = (".rst",)  # text, or a raster of Idrisi
_UNTOLD = frozenset({Kind.OTHER, Kind.ARCHIVE})  # kinds of what may be anything
_SEPARATORS = ",;\t|"
_NUMBER = re.compile(r"[-+]?[\d.]+(?:[eEdD][-+]?\d+)?|NA|NaN|nan|\d+(?:[-/:]\d+)+(?:[T.][\d:.]+Z?)?")  # also times
_COMMENTS = ("#", "%")
_LINES = 20  # as many of a text's first lines have to agree before it is taken for a table
_GLANCE = 16384  # bytes in which they are looked for
_TERSE = 300  # bytes of JSON in which its first words are looked for
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<[?!].*?>\s*)*<(?:\w+:)?(\w+)[\s/>]", re.DOTALL
)  # the outermost tag of XML


def kind_of(path: str, head: bytes) -> Kind:
    """What a file of this name that begins with these bytes is; where both know, the name is the finer word."""
    what, signed, low = by_path(path), signature(head), os.path.basename(path).lower()
    kind = kind_by_name(low)
    if tells_secret(what, head) or named_secret(what, path, head):
        return Kind.SECRET
    if low.endswith(_NAMESAKES) and not is_text(head):
        return signed or Kind.RASTER
    if (signed == Kind.MAP and kind == Kind.RECORDS) or (signed in (Kind.MAP, Kind.DOCUMENT) and low.endswith(_TABLES)):
        return signed
    if kind == Kind.SECRET or (low.endswith(_TABLES) and not is_text(head)):
        if signed == Kind.ARCHIVE:
            return _within(head) or signed
        return signed or (Kind.SOURCE if says_nothing(what, head) else Kind.OTHER)
    return _by_contents(head, low, kind, signed)


def _by_contents(head: bytes, low: str, kind: Kind, signed: Kind | None) -> Kind:
    """The same where the name may mean several kinds."""
    if kind in _UNTOLD and signed == Kind.ARCHIVE:
        return _within(head) or signed
    if kind == Kind.OTHER or low.endswith(_TEXTS):
        return signed or (Kind.TABLE if kind != Kind.SOURCE and _looks_like_table(head) else kind)
    return kind


def signature(head: bytes) -> Kind | None:
    """What these first bytes are the mark of; None if no format has it."""
    if is_core_dump(head):
        return Kind.TEMPORARY
    terse = b"".join(head[:_TERSE].lstrip(b"\x1e").split()) if head.lstrip(b"\x1e \n")[:1] == b"{" else b""
    tag = _ROOT.match(head) if b"<" in head[:_GLANCE] else None
    root = tag[1].lower() if tag else b""
    if not (terse or root or head.startswith(_beginnings()) or any(head.startswith(*one) for one in _further_in())):
        return None  # which is said of most, and soon
    names = members(head)
    for mark in _signatures():
        if mark.begins and head.startswith(mark.begins, mark.at) and mark.text in (None, is_text(head)):
            return mark.kind
        if (mark.json and terse.startswith(mark.json)) or (mark.root and root == mark.root):
            return mark.kind
        if mark.member and any(fnmatchcase(name, mark.member) for name in names):
            return mark.kind
    return None


def _within(head: bytes) -> Kind | None:
    """What is packed in something that begins so; None unless it is data of one file."""
    inner = begun(head)
    kind = signature(inner) or (Kind.TABLE if _looks_like_table(inner) else None)
    return kind if kind and is_data(kind) else None


def is_core_dump(head: bytes) -> bool:
    """Whether this is what a program was when it crashed: an ELF file of the type ET_CORE, see elf(5)."""
    return head.startswith(b"\x7fELF") and int.from_bytes(head[16:18], "big" if head[5:6] == b"\2" else "little") == 4


def _looks_like_table(head: bytes) -> bool:
    if not is_text(head):
        return False
    text = _without_comments(text_of(head[:_GLANCE]))
    lines = re.split(r"\r\n|\r|\n", text, maxsplit=_LINES)
    lines = lines[: _LINES if len(lines) > _LINES else -1]
    if len(lines) < 2:
        return False
    if any(_agree(text, separator) for separator in _SEPARATORS if separator in lines[0]):
        return True
    # columns of numbers with blanks between them
    rows = [line.split() for line in lines]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for row in rows[1:] for cell in row)
    return (
        len(rows[0]) > 1
        and all(len(row) == len(rows[0]) for row in rows)
        and 2 * numbers > len(rows[0]) * (len(rows) - 1)
    )


def _without_comments(text: str) -> str:
    """A text without its first lines if these are comments."""
    while text.startswith(_COMMENTS) and (end := re.search(r"\r\n|\r|\n", text)):
        text = text[end.end() :]
    return text


def _agree(text: str, separator: str) -> bool:
    """Whether the first rows have as many cells each, if this separates them, and does not only end them."""
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _LINES))
    except csv.Error:
        return False
    if len(rows) < _LINES and not text.endswith(("\n", "\r")):
        del rows[-1:]
    return len(rows) > 1 and len({*map(len, rows)}) == 1 and any(row[-1] for row in rows if row)


class _Mark(NamedTuple):
    """What tells a format: bytes at a place, in what is text or none, or the first words of JSON, XML or a zip file."""

    kind: Kind
    begins: bytes
    at: int
    text: bool | None
    json: bytes
    root: bytes
    member: str


@cache
def _signatures() -> tuple[_Mark, ...]:
    return tuple(_read())


@cache
def _beginnings() -> tuple[bytes, ...]:
    return tuple(mark.begins for mark in _signatures() if mark.begins and not mark.at)


@cache
def _further_in() -> tuple[tuple[bytes, int], ...]:
    return tuple((mark.begins, mark.at) for mark in _signatures() if mark.at)


def _read() -> Iterator[_Mark]:
    for table, formats in tomllib.loads(SIGNATURES.read_text(encoding="utf-8")).items():
        for mark in formats.values():
            yield _mark(Kind[table.upper()], mark if isinstance(mark, dict) else {"is": mark})


def _mark(kind: Kind, said: dict[str, Any]) -> _Mark:
    begins = said.get("is", "").encode().decode("unicode_escape").encode("latin-1")
    json, root = said.get("json", "").encode(), said.get("root", "").encode()
    return _Mark(kind, begins, said.get("at", 0), said.get("text"), json, root, said.get("member", ""))
