"""What the tests of `put` stand on: trees to be put, and what is seen of them from outside."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.conftest import needed, needed_root
from tests.conftest import wait_for as wait_for

Run = Callable[..., Any]


def tree(top: Path, *, files: int = 40, size: int = 2_000) -> Path:
    """A folder with files in folders, a hard-linked pair, a link, and one larger file."""
    for number in range(files):
        write(top / f"plot{number % 4}" / f"tree{number}.csv", size + number)
    write(top / "raster.tif", 3_000_000)
    os.link(top / "raster.tif", top / "plot0/same.tif")
    (top / "newest.csv").symlink_to("plot1/tree1.csv")
    return top


def write(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def sums(folder: Path) -> dict[str, str]:
    """What `sha256sum` says of every file below a folder; a link is not followed, and no folder holds nothing."""
    if not folder.is_dir():
        return {}
    found = subprocess.run(
        ["find", ".", "-type", "f", "-exec", "sha256sum", "-z", "{}", "+"], cwd=folder, capture_output=True, check=True
    ).stdout
    lines = [os.fsdecode(line).split("  ", 1) for line in found.split(b"\0") if line]
    return {name: digest for digest, name in lines}


def leftovers(*folders: Path) -> list[Path]:
    """All temporary names below these folders."""
    return [path for folder in folders for path in folder.rglob(".sesync*")]


def is_writing(folder: Path, least: int = 1) -> Callable[[], bool]:
    """Whether somebody is copying below a folder, with so many bytes copied."""

    def look() -> bool:
        try:
            return any(path.stat().st_size >= least for path in folder.rglob(".sesync-partial*"))
        except FileNotFoundError:
            return False

    return look


@contextmanager
def disk(at: Path, made_by: tuple[str, ...], mounted_by: tuple[str, ...], *, as_device: bool = False) -> Iterator[Path]:
    """A file system of 40 MB at this folder, made by these words and an image's path, and mounted by those."""
    needed_root()
    image = at.parent / f"{at.name}.image"
    with image.open("wb") as file:
        file.truncate(40_000_000)
    subprocess.run([needed(made_by[0]), *made_by[1:], str(image)], check=True, capture_output=True)
    with _device(image) if as_device else nullcontext(image) as source:
        subprocess.run([needed(mounted_by[0]), *mounted_by[1:], str(source), str(at)], check=True, capture_output=True)
        try:
            yield at
        finally:
            subprocess.run(["umount", "-l", str(at)], check=True)


@contextmanager
def _device(image: Path) -> Iterator[str]:
    """A block device with the bytes of this file."""
    made = subprocess.run([needed("losetup"), "-f", "--show", str(image)], check=True, capture_output=True, text=True)
    try:
        yield made.stdout.strip()
    finally:
        subprocess.run(["losetup", "-d", made.stdout.strip()], check=True)
