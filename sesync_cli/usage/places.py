"""What in a home has a meaning of its own: kernels, caches, the trash, and what is not to be entered."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import mounts
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.leftovers import in_the_making
from sesync_cli.site.settings import Site
from sesync_cli.usage.walk import LEFT, Place, Rules

_MB = 1_000_000
KERNELS, CACHES, LOCAL, TRASH = "kernels", "caches", "local", "trash"
UV, PIP, SESYNC, CONDA = "uv", "pip", "sesync", "conda"
_CONDAS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", ".conda", ".mamba", "micromamba")


@dataclass(frozen=True)
class Household:
    """Where this person's things are; all of it may be elsewhere than in home, and is then left alone.

    `large` is from how many bytes on data does not belong in a home.
    """

    home: Path
    data: Path
    cache: Path
    uv: Path
    pip: Path
    data_root: Path | None
    large: int
    kernels: tuple[Kernel, ...]
    folders: Folders


def household(caller: Caller, site: Site, found: list[Kernel], folders: Folders) -> Household:
    """The same, from what the environment says of caches, and the site of data."""
    env, cache = caller.env, caller.cache
    uv, pip = Path(env.get("UV_CACHE_DIR") or cache / "uv"), Path(env.get("PIP_CACHE_DIR") or cache / "pip")
    large = site.where_large_mb * _MB
    root = site.data_root if site.has("data_path") else None
    return Household(caller.home, caller.data, cache, uv, pip, root, large, tuple(found), folders)


def rules(root: str, device: int, mine: Household) -> Rules:
    """What counts as what below a root; no more of the disk is looked at than a few folders of the home."""
    home = os.path.realpath(mine.home)
    of_home = is_within(root, home)
    known = {_real(path, mine.home): place for path, place in _known(mine)} if of_home or is_within(home, root) else {}
    others = {*mounts(), mine.data_root} - {None}
    closed = {str(path) for path in others if is_within(str(path), root)} - {root}
    return Rules(root, device, known, frozenset(closed), mine.large if of_home else None)


def is_within(path: str, folder: str) -> bool:
    """Whether a path is this folder, or in it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _real(path: Path, home: Path) -> str:
    """Where a path leads; what is not in home is not touched, since it may be on a server that hangs."""
    return os.path.realpath(path) if is_within(str(path), str(home)) else str(path)


def _known(mine: Household) -> Iterator[tuple[Path, Place]]:
    """Folders and what they count as; of two words on one folder the later counts."""
    for folder in (mine.home / ".local", mine.data):
        yield from ((path, (LOCAL, str(path))) for path in _folders_in(folder))
        yield folder, (LOCAL, str(folder))
    yield from ((path, (CACHES, path.name)) for path in _folders_in(mine.cache))
    yield mine.cache, (CACHES, "")
    yield from ((mine.home / name / "pkgs", (CACHES, CONDA)) for name in _CONDAS)
    yield mine.cache / "sesync", (CACHES, SESYNC)
    yield mine.pip, (CACHES, PIP)
    yield mine.uv, (CACHES, UV)
    yield mine.data / "Trash", (TRASH, "")
    yield from ((path, (TRASH, str(path))) for path in _folders_in(mine.data / "Trash/files"))
    yield from ((folder, (KERNELS, "")) for folder in (mine.folders.specs, mine.folders.environments))
    for kernel in mine.kernels:
        if kernel.environment and not kernel.server:
            yield kernel.environment, (KERNELS, kernel.name)
    for folder in (mine.folders.environments, mine.folders.specs.parent):
        yield from ((path, (LEFT, str(path))) for path, _, busy in in_the_making(folder) if not busy)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
