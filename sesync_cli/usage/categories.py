"""What in a home has a meaning of its own: kernels, caches, the trash, and what is not to be entered."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import mounts
from sesync_cli.files.sizes import MB
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.kernel.specs import Folders, Kernel
from sesync_cli.leftovers import in_the_making
from sesync_cli.site.settings import Site
from sesync_cli.usage.caches import cache_folders, names_anywhere
from sesync_cli.usage.counting import CACHES, LEFT, Categories, Place
from sesync_cli.usage.grouping import grouping
from sesync_cli.usage.judging import Judge
from sesync_cli.usage.request import UsageRequest

_LINKS = 40  # that lead on one from the other; the kernel follows no more (man 7 path_resolution)
KERNELS, LOCAL, TRASH = "kernels", "local", "trash"
UV, PIP, SESYNC = "uv", "pip", "sesync"


@dataclass(frozen=True)
class UsageContext:
    """Whose things are looked at, at which site, and where these are; what is elsewhere than in home is left alone.

    `home` is where their home folder leads.
    """

    caller: Caller
    site: Site
    home: str
    kernels: tuple[Kernel, ...]
    folders: Folders

    @property
    def uv(self) -> Path:
        return Path(self.caller.env.get("UV_CACHE_DIR") or self.caller.cache / "uv")

    @property
    def pip(self) -> Path:
        return Path(self.caller.env.get("PIP_CACHE_DIR") or self.caller.cache / "pip")

    @property
    def trash(self) -> Path:
        return self.caller.data / "Trash"


def usage_context(caller: Caller, site: Site) -> UsageContext:
    """The same, with the kernels as they are now."""
    where = kernel_folders(caller, site)
    kernels = find_kernels(where)
    return UsageContext(caller, site, os.path.realpath(caller.home), tuple(kernels), where)


def categories_below(root: str, device: int, context: UsageContext, request: UsageRequest) -> Categories:
    """What counts as what below a root; no more of the disk is looked at than a few folders of the home."""
    site, of_home = context.site, is_within(root, context.home)
    is_near = of_home or is_within(context.home, root)
    is_near = is_near and not request.by
    known = {_real(path, context): place for path, place in _known(context)} if is_near else {}
    others = {*mounts(), *([site.data_root] if site.has("data_path") else [])}
    closed = {str(path) for path in others if is_within(str(path), root)} - {root}
    large, together = site.where_large_mb * MB, site.where_large_folder_mb * MB
    judge = Judge(root, context.home, large, together) if of_home else None
    caches = names_anywhere() if of_home else frozenset[str]()
    return Categories(root, device, known, frozenset(closed), judge, request.depth, caches, grouping(request.by))


def is_within(path: str, folder: str) -> bool:
    """Whether a path is this folder, or in it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _real(path: Path, context: UsageContext) -> str:
    """Where a path leads; what is not in home is not touched, since it may be on a server that hangs."""
    if not is_within(str(path), str(context.caller.home)):
        return str(path)
    path = Path(context.home, path.relative_to(context.caller.home))
    for _ in range(_LINKS):
        inside = (one for one in (*reversed(path.parents), path) if is_within(str(one), context.home))
        link = next((one for one in inside if one.is_symlink()), None)
        there = Path(os.path.normpath(link.parent / os.readlink(link))) if link else path
        if not link or not is_within(str(there), context.home):
            break  # nobody who counts a home goes out of it
        path = there / path.relative_to(link)
    return str(path)


def _known(context: UsageContext) -> Iterator[tuple[Path, Place]]:
    """Folders and what they count as; of two words on one folder the later counts."""
    home, cache = context.caller.home, context.caller.cache
    for folder in (home / ".local", context.caller.data):
        yield from ((path, (LOCAL, str(path))) for path in _folders_in(folder))
        yield folder, (LOCAL, str(folder))
    yield from ((path, (CACHES, path.name)) for path in _folders_in(cache))
    yield cache, (CACHES, "")
    yield from ((path, (CACHES, str(path))) for path, _ in cache_folders(context.caller) if path.parent != cache)
    yield cache / "sesync", (CACHES, SESYNC)
    yield context.pip, (CACHES, PIP)
    yield context.uv, (CACHES, UV)
    yield context.trash, (TRASH, "")
    yield from ((path, (TRASH, str(path))) for path in _folders_in(context.trash / "files"))
    yield from ((folder, (KERNELS, "")) for folder in (context.folders.specs, context.folders.environments))
    for kernel in context.kernels:
        if kernel.environment and not kernel.server:
            yield kernel.environment, (KERNELS, kernel.name)
    for folder in (context.folders.environments, context.folders.specs.parent):
        yield from ((path, (LEFT, str(path))) for path, _, busy in in_the_making(folder) if not busy)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
