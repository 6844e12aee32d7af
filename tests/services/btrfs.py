"""A home over quota: a btrfs subvolume with a limit, filled to the last byte."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import needed, needed_root


@contextmanager
def limited(image: Path, mount: Path, limit: str = "1M") -> Iterator[Path]:
    """A folder below `mount` that holds no more than `limit`."""
    needed_root()
    btrfs, mkfs = needed("btrfs"), needed("mkfs.btrfs")
    with image.open("wb") as file:
        file.truncate(256_000_000)
    mount.mkdir()
    _run(mkfs, "-q", "-f", str(image))
    _run("mount", "-o", "loop", str(image), str(mount))
    try:
        _run(btrfs, "quota", "enable", str(mount))
        _run(btrfs, "subvolume", "create", str(mount / "home"))
        _run(btrfs, "qgroup", "limit", limit, str(mount / "home"))
        yield mount / "home"
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def fill(folder: Path) -> None:
    """Write below this folder until nothing more can be written."""
    number, length = 0, 1 << 20
    while length:
        number += 1
        try:
            with (folder / f"fill-{number}").open("wb", buffering=0) as file:
                file.write(b"x" * length)
        except OSError:
            length //= 4
    _run("sync", "-f", str(folder))


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
