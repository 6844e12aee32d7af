"""Lists of checksums beside the data: our own, as `sha256sum` has it, and those of data providers, which are read."""

import hashlib
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sesync_cli.errors import Conflict
from sesync_cli.leftovers import written_whole
from sesync_cli.lock import alone
from sesync_cli.plan import Report
from sesync_cli.put.children import run_children
from sesync_cli.put.entries import Shipment, place_of
from sesync_cli.put.rights import Folder, OwnMode, share
from sesync_cli.put.steps import PutTally, explaining
from sesync_cli.workers import Guard, Tell

NAME = "SHA256SUMS"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPED = {b"\\": b"\\\\", b"\n": b"\\n", b"\r": b"\\r"}
_PLAIN = {escaped: plain for plain, escaped in _ESCAPED.items()}
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_NAMES = {f"{one}{end}": one for one in _ALGORITHMS for end in ("sum", "sums", "sum.txt", "sums.txt")}
_SUFFIXES = {f".{one}{end}": one for one in _ALGORITHMS for end in ("", "sum", "sums", ".txt")}
_LONGEST = 10_000  # bytes of a line: a path of 4096 that is escaped, and the digest
_ANY = f"({'|'.join(_ALGORITHMS)})"
LISTS = rf".*/({_ANY}sums?(\.txt)?|[^/]+\.{_ANY}(sums?|\.txt)?)"
"""What `algorithm_of` knows, as `find -regextype posix-extended -iregex` has it."""
_FEW = 100  # lines that say nothing, after which a file is something else
_MARK = b"\xef\xbb\xbf"  # what editors on Windows put before UTF-8


@dataclass(frozen=True)
class KeepSums:
    """Write the checksums of what was put into the folder's manifest; those of other files there stay in it."""

    found: Shipment
    tally: PutTally
    guard: Guard
    doing: str = "Keeping the checksums"

    @property
    def at(self) -> str:
        return f"{self.found.folder}/{NAME}"

    def do(self, report: Report) -> None:
        with explaining(self.found.folder, self.tally.safe):
            run_children([self._keep], self.guard, self._hear)

    def undo(self) -> None:
        # it appears by one rename, and true checksums harm nobody
        return

    def __str__(self) -> str:
        names = shlex.join(f"./{os.path.basename(final)}" for final in self.found.finals)
        words = f"find {names} -type f -exec sha256sum {{}} +"
        return f"(cd {shlex.quote(self.found.folder)} && {words}) >> {shlex.quote(self.at)}"

    def _keep(self, tell: Tell) -> None:
        tops = len(self.found.folder) + 1
        sums = {}
        for number, entry in enumerate(self.found.entries):
            one = number if entry.first < 0 else entry.first
            if entry.is_file and one in self.tally.sums:
                sums[self.found.final(entry)[tops:]] = self.tally.sums[one]
        tell(add_sums(self.found.folder, sums)[1])

    def _hear(self, new: int) -> None:
        self.tally.new_sums = new


def add_sums(folder: str, made: Mapping[str, bytes]) -> tuple[int, int]:
    """Write these SHA-256 sums, by the names of files below a folder, into its manifest; those of others stay in it.

    How many are in it then, and how many of these were not.
    """
    at = f"{folder}/{NAME}"
    with alone(place_of(at), nullcontext()):
        # a provider's './x' is our 'x': one name, one checksum
        there = read_manifest(at) if os.path.lexists(at) else ()
        sums = {os.path.normpath(name): digest for name, digest in there}
        mine = {os.fsencode(name): digest.hex().encode() for name, digest in made.items()}
        new = len(mine.items() - sums.items())
        sums |= mine
        with written_whole(Path(at), place_of(at), 0o644) as file:
            file.write(b"".join(line(sums[name], name) for name in sorted(sums)))
            file.flush()
            share(file.fileno(), OwnMode(0o644, os.fstat(file.fileno()).st_gid), Folder.at(folder))
            os.fsync(file.fileno())
        return len(sums), new


def line(digest: bytes, name: bytes) -> bytes:
    """A line as `sha256sum` writes it; a name with a line break or a backslash is escaped, and marked by one."""
    escaped = re.sub(rb"[\\\n\r]", lambda found: _ESCAPED[found[0]], name)
    return (b"\\" if escaped != name else b"") + digest + b"  " + escaped + b"\n"


def read_manifest(manifest: str) -> Iterator[tuple[bytes, bytes]]:
    """The names and digests in a manifest."""
    with open(os.open(manifest, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        for number, text in enumerate(file, 1):
            found = _LINE.fullmatch(text.removesuffix(b"\n"))
            if not found:
                hint = "Move it out of the way, or put what you have into a folder of its own."
                raise Conflict(f"line {number} of {manifest} is no line of sha256sum", hint=hint)
            escaped, digest, name = found.groups()
            yield unescaped(name) if escaped else name, digest


def unescaped(name: bytes) -> bytes:
    """A name as it is, from a line that is marked as escaped."""
    return re.sub(rb"\\[\\nr]", lambda one: _PLAIN[one[0]], name)


class ChecksumLine(NamedTuple):
    """A line of a list; one that is no checksum has no name."""

    number: int
    name: bytes = b""
    digest: str = ""


def algorithm_of(name: str) -> str:
    """What a list of checksums that is called so was made with; empty if none is called so."""
    name = name.lower()
    return _NAMES.get(name) or _SUFFIXES.get(_suffix(name), "")


def lines_of(file: BinaryIO, name: str) -> Iterator[ChecksumLine]:
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
            yield ChecksumLine(number, name_there, found["digest"].decode().lower())
        elif of != name and alone.fullmatch(text.strip()):
            yield ChecksumLine(number, os.fsencode(of), text.strip().decode().lower())
        else:
            yield ChecksumLine(number)
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
