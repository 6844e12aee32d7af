"""Checksums kept beside the data, in the file and format of `sha256sum`."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict
from sesync_cli.leftovers import written_whole
from sesync_cli.plan import Report
from sesync_cli.put.entries import Found
from sesync_cli.put.rights import Folder, share
from sesync_cli.put.steps import Tally, explaining
from sesync_cli.put.work import run
from sesync_cli.workers import Guard, Tell

NAME = "SHA256SUMS"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPED = {b"\\": b"\\\\", b"\n": b"\\n", b"\r": b"\\r"}
_PLAIN = {escaped: plain for plain, escaped in _ESCAPED.items()}


@dataclass(frozen=True)
class KeepSums:
    """Write the checksums of what was put into the folder's manifest; those of other files there stay in it."""

    found: Found
    tally: Tally
    guard: Guard
    doing: str = "Keeping the checksums"

    @property
    def at(self) -> str:
        return f"{self.found.folder}/{NAME}"

    def do(self, report: Report) -> None:
        with explaining(self.found.folder, self.tally.safe):
            run([self._keep], self.guard)

    def undo(self) -> None:
        # it appears by one rename, and true checksums harm nobody
        return

    def __str__(self) -> str:
        names = " ".join(os.path.basename(final) for final in self.found.finals)
        return f"(cd {self.found.folder} && find {names} -type f -exec sha256sum {{}} +) >> {self.at}"

    def _keep(self, tell: Tell) -> None:
        tops = len(self.found.folder) + 1
        # a provider's './x' is our 'x': one name, one checksum
        sums = {os.path.normpath(name): digest for name, digest in read(self.at)} if os.path.lexists(self.at) else {}
        for number, entry in enumerate(self.found.entries):
            one = number if entry.first < 0 else entry.first
            if entry.is_file and one in self.tally.sums:
                sums[os.fsencode(self.found.final(entry)[tops:])] = self.tally.sums[one].hex().encode()
        with written_whole(Path(self.at), Path(self.found.owner), 0o644) as file:
            file.write(b"".join(line(sums[name], name) for name in sorted(sums)))
            file.flush()
            share(file.fileno(), os.fstat(file.fileno()), Folder.at(self.found.folder))
            os.fsync(file.fileno())


def line(digest: bytes, name: bytes) -> bytes:
    """A line as `sha256sum` writes it; a name with a line break or a backslash is escaped, and marked by one."""
    escaped = re.sub(rb"[\\\n\r]", lambda found: _ESCAPED[found[0]], name)
    return (b"\\" if escaped != name else b"") + digest + b"  " + escaped + b"\n"


def read(manifest: str) -> Iterator[tuple[bytes, bytes]]:
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
