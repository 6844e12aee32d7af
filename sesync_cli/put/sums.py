"""Checksums kept beside the data, in the file and format of `sha256sum`."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict, NotFound
from sesync_cli.lock import partial
from sesync_cli.plan import Report
from sesync_cli.put.crew import Guard, Tell
from sesync_cli.put.entries import Found
from sesync_cli.put.rights import file_mode
from sesync_cli.put.steps import Tally, explaining, run
from sesync_cli.put.survey import contents_of

NAME = "SHA256SUMS"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPED = {b"\\": b"\\\\", b"\n": b"\\n", b"\r": b"\\r"}
_PLAIN = {escaped: plain for plain, escaped in _ESCAPED.items()}
_WORKERS = 4


@dataclass(frozen=True)
class Checked:
    """What came of comparing files with the checksums that are kept of them; paths are below `folder`."""

    folder: Path
    manifests: tuple[Path, ...]
    files: int
    bytes: int
    different: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def failed(self) -> bool:
        return bool(self.different or self.missing or self.unreadable)


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
        sums = dict(read(self.at)) if os.path.lexists(self.at) else {}
        for number, entry in enumerate(self.found.entries):
            one = number if entry.first < 0 else entry.first
            if entry.is_file and one in self.tally.sums:
                sums[os.fsencode(self.found.final(entry)[tops:])] = self.tally.sums[one].hex().encode()
        beside = str(partial(Path(self.at), owner=Path(self.found.owner)))
        mode = file_mode(0o644, os.stat(self.found.folder).st_mode)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "wb") as file:
            file.write(b"".join(line(sums[name], name) for name in sorted(sums)))
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.rename(beside, self.at)


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
                hint = "Move it out of the way if it is something else."
                raise Conflict(f"line {number} of {manifest} is no line of sha256sum", hint=hint)
            escaped, digest, name = found.groups()
            yield (re.sub(rb"\\[\\nr]", lambda one: _PLAIN[one[0]], name) if escaped else name), digest


def check(directory: Path, folder: str, guard: Guard) -> Checked:
    """Compare what is below a folder of a data directory with the manifests in it and in the folders above it."""
    wanted: list[tuple[str, bytes]] = []
    manifests: list[Path] = []

    def look(tell: Tell) -> None:
        for above in (folder, *map(str, Path(folder).parents)) if folder else ("",):
            manifest = directory / above / NAME
            if manifest.exists():
                tell(str(manifest))
                tell([(os.fsdecode(name), digest) for name, digest in _below(manifest, directory / folder)])

    def hear(what: str | list[tuple[str, bytes]]) -> None:
        manifests.append(Path(what)) if isinstance(what, str) else wanted.extend(what)

    run([look], guard, hear)
    if not manifests or not wanted:
        hint = "'sesync put --manifest' keeps them."
        raise NotFound(f"no checksums are kept for {directory / folder}", hint=hint)
    return _compared(directory / folder, tuple(manifests), wanted, guard)


def _below(manifest: Path, folder: Path) -> Iterator[tuple[bytes, bytes]]:
    top = os.path.normpath(folder)
    for name, digest in read(str(manifest)):
        path = os.path.join(manifest.parent, os.fsdecode(name))
        if os.path.normpath(path) == top or os.path.normpath(path).startswith(f"{top}/"):
            yield os.fsencode(path), digest


def _compared(folder: Path, manifests: tuple[Path, ...], wanted: Sequence[tuple[str, bytes]], guard: Guard) -> Checked:
    heard: dict[str, list[str]] = {"same": [], "different": [], "missing": [], "unreadable": []}
    total = 0

    def compare(number: int, tell: Tell) -> None:
        for path, digest in wanted[number::_WORKERS]:
            tell(_verdict(path, digest, tell))

    def hear(what: tuple[str, str, int]) -> None:
        nonlocal total
        heard[what[0]].append(os.path.relpath(what[1], folder))
        total += what[2]

    def of(number: int):  # type: ignore[no-untyped-def]
        return lambda tell: compare(number, tell)

    run([of(number) for number in range(_WORKERS)], guard, hear)
    lists = (tuple(sorted(heard[word])) for word in ("different", "missing", "unreadable"))
    return Checked(folder, manifests, len(wanted), total, *lists)


def _verdict(path: str, digest: bytes, tell: Tell) -> tuple[str, str, int]:
    sha = hashlib.sha256()
    try:
        length = os.stat(path).st_size
        contents_of(path, length, tell, sha)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", path, 0
    except PermissionError:
        return "unreadable", path, 0
    same = sha.hexdigest().encode() == digest
    return "same" if same else "different", path, length
