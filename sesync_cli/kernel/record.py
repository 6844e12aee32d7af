"""RECORD files: what is written down of each package's files, and which of the files are otherwise by now."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sesync_cli.python.distributions import Package, Recorded, packages_of, recorded
from sesync_cli.python.environments import site_packages

_KNOWN = "known-files.json"  # in an environment: the SHA-256 of files that are right, whatever RECORD says of them
_UNPACKING = 2_000_000_000  # nanoseconds that may pass from a package's first file to its last


def records(environment: Path) -> dict[Package, int]:
    """The packages of an environment, each with the time at which its RECORD was written; 0 for one without."""
    folder = site_packages(environment)
    found = packages_of(folder) if folder else ()
    return {package: _time(package.metadata / "RECORD") for package in found}


def changed(environment: Path, among: Iterable[Package] | None = None, *, every_byte: bool) -> dict[str, list[str]]:
    """The files that are not as their packages brought them, by package; files that are gone too.

    `among` are those packages that are looked at, all by default. Without `every_byte` only such files are read that
    have another size, or have changed since their package was unpacked.
    """
    packages = site_packages(environment)
    if packages is None:
        return {}
    looked_at = list(records(environment) if among is None else among)
    lines, known = _lines(looked_at), _known(environment)
    unpacked = {} if every_byte else {package: _unpacked(package) for package in looked_at}
    read = [path for path, said in lines.items() if every_byte or _is_doubtful(packages, path, said, unpacked)]
    wrong: dict[str, list[str]] = {}
    for path, digest in _digests(packages, read):
        said = lines[path]
        is_known = path in known and known[path] == _hexadecimal(digest)
        if not is_known and not (digest and any(one.is_true_of(digest) for _, one in said)):
            wrong.setdefault(said[-1][0].name, []).append(path)
    return {name: sorted(paths) for name, paths in sorted(wrong.items())}


def digests_of(environment: Path, paths: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of these files, in hexadecimal digits; empty for one that cannot be read."""
    packages = site_packages(environment)
    found = _digests(packages, list(paths)) if packages else []
    return {path: _hexadecimal(digest) for path, digest in found}


def _hexadecimal(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def remember_right(environment: Path, digests: Mapping[str, str]) -> None:
    """Keep in mind that files with these digests are right, whatever their packages' RECORD says."""
    if digests:
        (environment / _KNOWN).write_text(json.dumps({**_known(environment), **digests}), encoding="utf-8")


_Said = list[tuple[Package, Recorded]]


def _lines(among: Iterable[Package]) -> dict[str, _Said]:
    """What is said of each file; two packages may have brought the same one, and the later one's is there."""
    found: dict[str, _Said] = {}
    for package in among:
        data = f"{package.metadata.stem}.data/"  # what an installer has put elsewhere
        for one in recorded(package.metadata):
            if one.sha256 and not one.path.endswith(".pyc") and not one.path.startswith(data):
                found.setdefault(one.path, []).append((package, one))
    return found


def _is_doubtful(packages: Path, path: str, said: _Said, unpacked: Mapping[Package, int]) -> bool:
    try:
        facts = os.stat(os.path.join(packages, path))
    except OSError:
        return True
    size, latest = str(facts.st_size), facts.st_mtime_ns - _UNPACKING
    return not any([one.size in ("", size) and latest <= unpacked[package] for package, one in said])


def _unpacked(package: Package) -> int:
    """When a package was unpacked, by the files of its metadata that came with it."""
    return min(_time(package.metadata / "METADATA"), _time(package.metadata / "WHEEL"))


def _time(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _known(environment: Path) -> dict[str, str]:
    try:
        known = json.loads((environment / _KNOWN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _digests(packages: Path, paths: Sequence[str]) -> list[tuple[str, bytes | None]]:
    """The SHA-256 of these files, None for one that cannot be read; several at once."""
    if not paths:
        return []
    from concurrent.futures import ThreadPoolExecutor

    hands = min(4, os.cpu_count() or 1)
    shares = [paths[number::hands] for number in range(hands)]
    with ThreadPoolExecutor(hands) as pool:
        done = pool.map(lambda share: [(path, _digest(packages, path)) for path in share], shares)
        return [one for share in done for one in share]


def _digest(packages: Path, path: str) -> bytes | None:
    import hashlib

    try:
        with open(os.path.join(packages, path), "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
