"""Lists of checksums, our own and those of data providers: how they are named, and what is in their lines."""

import hashlib
import os
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from sesync_cli.put.sums import unescaped

_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_NAMES = {f"{one}{end}": one for one in _ALGORITHMS for end in ("sum", "sums", "sum.txt", "sums.txt")}
_SUFFIXES = {f".{one}{end}": one for one in _ALGORITHMS for end in ("", "sum", "sums", ".txt")}
_LONGEST = 10_000  # bytes of a line: a path of 4096 that is escaped, and the digest
_FEW = 100  # lines that say nothing, after which a file is something else
_MARK = b"\xef\xbb\xbf"  # what editors on Windows put before UTF-8


class Line(NamedTuple):
    """A line of a list; one that is no checksum has no name."""

    number: int
    name: bytes = b""
    digest: str = ""


def algorithm_of(name: str) -> str:
    """What a list of checksums that is called so was made with; empty if none is called so."""
    name = name.lower()
    return _NAMES.get(name) or _SUFFIXES.get(_suffix(name), "")


def lines_of(file: BinaryIO, name: str) -> Iterator[Line]:
    """What a list of this name says, in the forms of GNU and BSD; a digest alone is that of `a.tif` in `a.tif.md5`."""
    algorithm, of = algorithm_of(name), name[: -len(_suffix(name)) or None]
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size * 2
    gnu = re.compile(rb"(?P<escape>\\?)(?P<digest>[0-9a-fA-F]{%d}) [ *](?P<name>[^\0]+)" % size)
    bsd = rb"(?P<escape>\\?)%s \((?P<name>[^\0]+)\) = (?P<digest>[0-9a-fA-F]{%d})"
    forms = (gnu, re.compile(bsd % (algorithm.upper().encode(), size)))
    alone = re.compile(rb"[0-9a-fA-F]{%d}" % size)
    good = bad = 0
    for number, text in _lines(file):
        found = next((found for form in forms if (found := form.fullmatch(text))), None)
        if found:
            name_there = unescaped(found["name"]) if found["escape"] else found["name"]
            yield Line(number, name_there, found["digest"].decode().lower())
        elif of != name and alone.fullmatch(text.strip()):
            yield Line(number, os.fsencode(of), text.strip().decode().lower())
        else:
            yield Line(number)
            bad += 1
            if bad == _FEW and not good:
                return
            continue
        good += 1


def _suffix(name: str) -> str:
    """The end of `a.tif.md5` or `a.tif.md5.txt` by which it is known; empty for a name that is nothing but that."""
    stem, end = os.path.splitext(name)
    if end.lower() == ".txt":
        end = os.path.splitext(stem)[1] + end
    return end if end.lower() in _SUFFIXES else ""


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines by number, without comments and empty ones; Windows ends them in its own way, then all of them."""
    number, end = 0, b""
    while text := file.readline(_LONGEST):
        number += 1
        if number == 1:
            text = text.removeprefix(_MARK)
            end = b"\r\n" if text.endswith(b"\r\n") else b"\n"
        text = text.removesuffix(end).removesuffix(b"\n")
        if text and not text.startswith(b"#"):
            yield number, text
