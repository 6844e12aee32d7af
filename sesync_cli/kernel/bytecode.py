"""Bytecode that kernels share: what one compiled when it was started first, the next has by hard links.

A compiled file is known by its module's place and by the hash that its package's RECORD gives for the source, so that
only the same source meets it; Python itself still compares the source's time and size before it uses one.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from sesync_cli.python.distributions import packages_of, recorded
from sesync_cli.python.environments import site_packages


def lend(environment: Path, cache: Path) -> None:
    """Give an environment what others have compiled; where links are refused, it compiles for itself."""
    known = _names(cache)
    for kept, compiled in _pairs(environment, cache):
        if kept.name in known and not compiled.exists():
            compiled.parent.mkdir(exist_ok=True)
            try:
                os.link(kept, compiled)
            except OSError:
                return


def keep(environment: Path, cache: Path) -> None:
    """Keep what an environment has compiled, for others."""
    known = _names(cache)
    for kept, compiled in _pairs(environment, cache):
        if kept.name not in known and compiled.exists():
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                compiled.chmod(0o444)
                os.link(compiled, kept)
            except FileExistsError:
                continue  # another kernel was quicker
            except OSError:
                return


def _pairs(environment: Path, cache: Path) -> Iterator[tuple[Path, Path]]:
    """For each module of an environment, the name of its bytecode in the cache and its own place for it."""
    packages = site_packages(environment)
    if packages is None:
        return
    tag = "cpython-" + packages.parent.name.removeprefix("python").replace(".", "")
    for package in packages_of(packages):
        for path, digest, _ in recorded(package.metadata):
            if path.endswith(".py") and digest and not path.startswith("."):
                folder, name = os.path.split(path)
                compiled = packages / folder / "__pycache__" / f"{name[:-3]}.{tag}.pyc"
                yield cache / f"{digest}.{crc32(path.encode()):08x}.{tag}.pyc", compiled


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()
