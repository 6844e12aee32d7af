"""Where files are: in which place, known to git or not, of which project. Only links, names and mounts are read."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sesync_cli.caller import Caller
from sesync_cli.directory import below, mounted, projects
from sesync_cli.git.tracked import Git, TrackedFiles, tree_of
from sesync_cli.site.settings import Site
from sesync_cli.where.survey import PathFacts

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

    def absolute(self, path: str) -> Path:
        """A path that was named; the folder one is in, which may be gone, is asked for only if it matters."""
        return Path(path) if os.path.isabs(path) else self.caller.cwd / path


class Location(NamedTuple):
    """Where a file is: the place, what git has of it, the work tree that it is in, and the project that it is of."""

    place: Place
    git: Git | None
    tree: str
    project: str


def locator(facts: PathFacts, context: WhereContext) -> Callable[[str], Location]:
    """Gives where a path of the survey is. Git is asked in home only, once for each repository."""
    repositories = set(facts.repositories)
    patience = context.site.data_patience_seconds

    @cache
    def of_folder(folder: str) -> tuple[Place, str, str, TrackedFiles | None]:
        real = real_path(folder, facts)
        place = place_of_path(Path(real), context)
        if place != Place.HOME:
            return place, "", project_of(Path(real, "x"), "", context), None
        inner = folder if facts.folder else facts.top
        while inner not in repositories and len(inner) > len(facts.top):
            inner = os.path.dirname(inner)
        tree = real_path(inner, facts) if inner in repositories else facts.tree
        project = project_of(Path(real, "x"), tree, context)
        return (Place.GIT, tree, project, known(tree)) if tree else (place, tree, project, None)

    @cache
    def known(tree: str) -> TrackedFiles:
        # of a repository above what was named, only that much is asked for
        above = Path(facts.at).is_relative_to(tree)
        if above and not facts.folder:
            return tree_of(os.path.dirname(facts.at), patience, os.path.basename(facts.at))
        return tree_of(facts.at if above else tree, patience)

    def location(path: str) -> Location:
        place, tree, project, has = of_folder(os.path.dirname(path) if facts.folder else os.path.dirname(facts.at))
        return Location(place, has.of(real_path(path, facts)) if has else None, tree, project)

    return location


def real_path(path: str, facts: PathFacts) -> str:
    """Where a path of the survey is, without links."""
    if not facts.folder:
        return facts.at if path == facts.top else path
    # links are not followed on the way down
    return os.path.join(facts.at, path[len(facts.top) :].lstrip("/")).rstrip("/") or "/"


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


def in_data_directory(real: Path, site: Site) -> str:
    """What this path is called below the data root; nothing if it is not there, or there is none."""
    return below(real, site.data_root) if site.has("data_path") else ""


def is_ground(real: str, context: WhereContext) -> bool:
    """Whether a folder is the home, a whole data directory, or has such a one in it."""
    site = context.site
    if Path(os.path.realpath(context.caller.home)).is_relative_to(real):
        return True
    if not site.has("data_path"):
        return False
    name = in_data_directory(Path(real), site)
    return "/" not in name if name else any(root.is_relative_to(real) for root in _roots(site))


def project_of(real: Path, tree: str, context: WhereContext) -> str:
    """The project that a path is most likely of: by its data directory, links beside it, its repository, mounts."""
    site = context.site
    if project := data_project(real, site):
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
        if project := data_project(Path(os.path.normpath(folder / text)), site):
            yield project


def data_project(real: Path, site: Site) -> str:
    """The project whose data directory a path is in; nothing for what else is below the data root, such as scratch."""
    name = in_data_directory(real, site).partition("/")[0]
    if not name or (site.has("scratch_path") and real.is_relative_to(site.scratch_path)):
        return ""
    return next(iter(projects(site, [name])), "")


def _remote(tree: str) -> list[str]:
    try:
        config = Path(tree, ".git/config").read_text(encoding="utf-8", errors="replace") if tree else ""
    except OSError:
        return []
    return [word for address in _ADDRESS.findall(config) for word in re.split(r"[/:]", address)]
