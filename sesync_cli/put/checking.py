"""Files compared with the checksums that are kept of them, and those named of which none are."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from sesync_cli.caller import Caller
from sesync_cli.directory import mounts, reached
from sesync_cli.errors import NotFound
from sesync_cli.files.unread import Unread
from sesync_cli.plan import Watch, by_hand
from sesync_cli.put.children import guard, run_children
from sesync_cli.put.file_io import Copier, renew
from sesync_cli.put.inventory import UNREADABLE
from sesync_cli.put.paths import target_of
from sesync_cli.put.request import CheckRequest
from sesync_cli.put.stock import Stock, take_stock
from sesync_cli.site.settings import Site
from sesync_cli.workers import Guard, Tell

_WORKERS = 4
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
_SHOWN = 3  # odd things that an error names
OUT = "out"


@dataclass(frozen=True)
class Comparison:
    """What came of comparing files with the checksums that are kept of them.

    Names are as seen from `folder`. `files` counts those with checksums, and `without` are those that have none;
    `warnings` say what else is odd.
    """

    folder: Path
    manifests: tuple[Path, ...]
    files: int
    bytes: int
    different: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[Unread, ...]
    without: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def failed(self) -> bool:
        return bool(self.different or self.missing or self.unreadable)


class _Expected(NamedTuple):
    """A file below the data directory, and what each manifest says of it: digest, algorithm, the manifest's number."""

    rel: str
    sums: Sequence[tuple[str, str, int]]


def check_manifests(request: CheckRequest, caller: Caller, site: Site, watch: Watch) -> Comparison:
    """Compare what is below a folder of a data directory with the manifests in it, below it and above it."""
    project, folder = target_of(request.target, caller, site)
    directory = reached(project, site, watch)
    with watch("Comparing checksums"):
        # a server below may hang while that of the directory answers
        places = [directory, *(place for place in mounts() if directory in place.parents)]
        return _compared(directory, folder, guard(places, site))


def _compared(directory: Path, folder: str, guard: Guard) -> Comparison:
    heard = take_stock(directory, folder, guard)
    wanted = [_Expected(rel, sums) for rel, sums in sorted(heard.sums.items())]
    _compare(directory, wanted, heard, guard)
    if not heard.sums and not heard.unreadable:
        raise _nothing(directory / folder, heard)
    return _checked(directory, folder, heard)


def _nothing(folder: Path, heard: Stock) -> NotFound:
    if not heard.is_there:
        return NotFound(f"there is no {folder}", hint="'ls' shows what there is.")
    count = len(heard.files)
    there = f"{count:,} {'file is' if count == 1 else 'files are'}" if count else "no files are"
    odd = [f"{word}." for word in sorted(set(heard.warnings))[:_SHOWN]]
    hint = f"'{by_hand('sesync', 'put', '--manifest', folder)}' keeps them."
    return NotFound(f"no checksums are kept for {folder}, where {there}", hint=" ".join([hint, *odd]))


def _checked(directory: Path, folder: str, heard: Stock) -> Comparison:
    base = heard.base

    def below(paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({_shortened(path, base) for path in paths}))

    used = sorted({number for sums in heard.sums.values() for _, _, number in sums})
    return Comparison(
        directory / folder,
        tuple(directory / heard.manifests[number] for number in used),
        len(heard.sums),
        heard.bytes,
        below(heard.states["different"]),
        below(heard.states["missing"]),
        heard.unread_in(directory),
        below(heard.without),
        tuple(sorted(set(heard.warnings))),
    )


def _shortened(path: str, base: str) -> str:
    """A path as it is seen from a folder, both given as they are below the data directory."""
    if base and not path.startswith(f"{base}/"):
        return os.path.relpath(f"/{path}", f"/{base}")
    return path[len(base) + 1 :] if base else path or "."


def _compare(directory: Path, wanted: Sequence[_Expected], heard: Stock, guard: Guard) -> None:
    def hear(what: tuple[str, int, int, tuple[int, ...], str]) -> None:
        state, number, length, wrong, why = what
        one = wanted[number]
        heard.bytes += length
        if state == OUT:
            del heard.sums[one.rel]
            heard.warnings.append(f"{directory}/{one.rel} leads out of the data directory, and is not followed")
        elif why:
            heard.unreadable[one.rel] = why
        elif state != "same":
            heard.states[state].append(one.rel)
        if 0 < len(wrong) < len(one.sums):
            heard.warnings.append(_disagreement(directory, one, wrong, heard.manifests))

    run_children([partial(_work, str(directory), wanted, number) for number in range(_WORKERS)], guard, hear)


def _disagreement(directory: Path, one: _Expected, wrong: Sequence[int], manifests: Sequence[str]) -> str:
    said = dict.fromkeys(f"{directory}/{manifests[one.sums[number][2]]}" for number in wrong)
    right = (f"{directory}/{manifests[number]}" for at, (_, _, number) in enumerate(one.sums) if at not in wrong)
    return f"{directory}/{one.rel} is as {next(right)} says, and not as {' and '.join(said)} says"


def _work(directory: str, wanted: Sequence[_Expected], first: int, tell: Tell) -> None:
    """What each of the workers does: its share of the files, each read once for all its checksums."""
    top = os.path.realpath(directory)
    folders = cache(lambda folder: os.path.realpath(os.path.join(top, folder)))
    copier = Copier(lambda _: tell(None))
    for number in range(first, len(wanted), _WORKERS):
        one = wanted[number]
        folder, name = os.path.split(one.rel)
        path = os.path.join(folders(folder), name)
        if os.path.islink(path):
            path = os.path.realpath(path)
        if not path.startswith(f"{top}/"):
            tell((OUT, number, 0, (), ""))
        else:
            state, length, wrong, why = _verdict(path, one, copier)
            tell((state, number, length, wrong, why))


def _verdict(path: str, one: _Expected, copier: Copier) -> tuple[str, int, tuple[int, ...], str]:
    """How a file is, how long, which of its checksums say something else, and why it could not be read."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return "different", 0, (), ""
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            length = os.fstat(file).st_size
            wrong = tuple(_wrong(file, length, one, copier))
        finally:
            os.close(file)
    except OSError as error:
        if error.errno in _ABSENT:
            return "missing", 0, (), ""
        if error.errno not in UNREADABLE:
            raise
        return "unreadable", 0, (), error.strerror or ""
    return "different" if wrong else "same", length, wrong, ""


def _wrong(file: int, length: int, one: _Expected, copier: Copier) -> Iterator[int]:
    """The numbers of the checksums that say something else than the file."""
    hashes = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for _, algorithm, _ in one.sums}
    renew(file)
    copier.digest(file, length, list(hashes.values()))
    made = {algorithm: found.hexdigest() for algorithm, found in hashes.items()}
    return (number for number, (digest, algorithm, _) in enumerate(one.sums) if made[algorithm] != digest)
