"""What an environment occupies on disk, measured when its packages change."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sesync_cli.python.environments import site_packages

_RECORD = "sesync.json"


@dataclass(frozen=True)
class Size:
    """What a folder occupies on disk, in bytes: alone, and shared with others by hard links."""

    alone: int
    shared: int


def folder_size(folder: Path) -> Size:
    """The size of a folder, each file counted once however many names it has there."""
    alone, shared = folder.lstat().st_blocks * 512, 0
    seen: set[int] = set()
    for entry, facts in walk(folder):
        if facts.st_nlink == 1 or entry.is_dir(follow_symlinks=False):
            alone += facts.st_blocks * 512
        elif facts.st_ino not in seen:
            seen.add(facts.st_ino)
            shared += facts.st_blocks * 512
    return Size(alone, shared)


def walk(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """All that is below a folder, with its facts; links are not followed."""
    folders = [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                yield entry, entry.stat(follow_symlinks=False)


def remember_size(environment: Path) -> None:
    """Measure an environment and keep the numbers in it, until its packages change."""
    record = {"size": asdict(folder_size(environment)), "packages_changed": _changed(environment)}
    (environment / _RECORD).write_text(json.dumps(record), encoding="utf-8")


def is_measured(environment: Path) -> bool:
    """Whether the size was remembered before: environments that are not sesync's get no file from it."""
    return (environment / _RECORD).exists()


def known_size(environment: Path) -> Size:
    """The size as it was kept, or measured where packages came or went since."""
    try:
        with open(os.path.join(environment, _RECORD), "rb") as file:
            record = json.load(file)
        if record["packages_changed"] == _changed(environment):
            return Size(**record["size"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return folder_size(environment)


def _changed(environment: Path) -> int:
    packages = site_packages(environment)
    return packages.stat().st_mtime_ns if packages else 0
