"""Where files are, and which project they are of. Only links, names and the kernel's list of mounts are read."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import mounted, projects
from sesync_cli.site.settings import Site

_ADDRESS = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
UNKNOWN = "PROJECT"
"""Stands in a command where nobody can tell which project is meant."""


class Place(StrEnum):
    """Where a file can be."""

    HOME = "home"
    GIT = "git repository"
    DATA = "data directory"
    DATABASE = "database"
    SCRATCH = "scratch"
    NODE = "temporary folder"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class WhereContext:
    """Who asks where things should be, and at which site; `database` says whether sesync can load a table into one."""

    caller: Caller
    site: Site
    database: bool = False


def place_of_path(real: Path, context: WhereContext) -> Place:
    """Where a path is whose folders are no links."""
    return next((place for folder, place in _places(context) if real.is_relative_to(folder)), Place.ELSEWHERE)


def _places(context: WhereContext) -> Iterator[tuple[Path, Place]]:
    """The folders that the site names, each with what it is; the first that a path is in counts."""
    site = context.site
    if site.has("scratch_path"):
        yield Path(site.scratch_path), Place.SCRATCH
    if site.has("data_path"):
        yield from ((root, Place.DATA) for root in _roots(site))
    yield Path(os.path.realpath(context.caller.home)), Place.HOME
    if site.has("scratch_node_path"):
        yield Path(site.scratch_node_path), Place.NODE


def _roots(site: Site) -> tuple[Path, ...]:
    """The data root, as it is said and as its folder is really called."""
    root = site.data_root
    return root, Path(os.path.realpath(root.parent), root.name)


def below(real: Path, site: Site) -> str:
    """What this path is called below the data root; nothing if it is not there."""
    for one in _roots(site) if site.has("data_path") else ():
        if real != one and real.is_relative_to(one):
            return str(real.relative_to(one))
    return ""


def project_of(real: Path, tree: str, context: WhereContext) -> str:
    """The project that a path is most likely of: by its data directory, links beside it, its repository, mounts."""
    site = context.site
    if project := _directory_of(real, site):
        return project
    known = set(_linked(context.caller.home, site))
    home = Path(os.path.realpath(context.caller.home))
    for folder in real.parents:
        if folder == home or not folder.is_relative_to(home):
            break
        beside = set(_linked(folder, site))
        if len(beside) == 1:
            return beside.pop()
        known |= beside
    if not site.has("data_path"):
        return UNKNOWN
    words = [*real.parts[len(home.parts) :], *_remote(tree)]
    known = known or set(projects(site, mounted(site.data_root)))
    named = {project for project in known if any(word.startswith(project) for word in words)}
    likely = named or known
    return likely.pop() if len(likely) == 1 else UNKNOWN


def _linked(folder: Path, site: Site) -> Iterator[str]:
    """The projects whose data directories a folder has links to."""
    try:
        with os.scandir(folder) as entries:
            texts = [os.readlink(entry.path) for entry in entries if entry.is_symlink()]
    except OSError:
        return
    for text in texts:
        if project := _directory_of(Path(os.path.normpath(folder / text)), site):
            yield project


def _directory_of(real: Path, site: Site) -> str:
    """The project whose data directory a path is in; nothing for what else is below the data root, such as scratch."""
    name = below(real, site).partition("/")[0]
    if not name or (site.has("scratch_path") and real.is_relative_to(site.scratch_path)):
        return ""
    return next(iter(projects(site, [name])), "")


def _remote(tree: str) -> list[str]:
    try:
        config = Path(tree, ".git/config").read_text(errors="replace") if tree else ""
    except OSError:
        return []
    return [word for address in _ADDRESS.findall(config) for word in re.split(r"[/:]", address)]
