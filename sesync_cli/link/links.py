"""Links to data directories, as they are: read, listed, and tried."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import Directory, State, below, beside, look_below, mounted, need_folder, projects
from sesync_cli.errors import NotFound
from sesync_cli.names import did_you_mean, near
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


@dataclass(frozen=True)
class Link:
    """A link: its own text, and what that names below the data root (nothing where it points elsewhere)."""

    at: Path
    text: str
    below: str

    @property
    def directory(self) -> str:
        return self.below.partition("/")[0]

    @property
    def inside(self) -> str:
        """What it leads to in a data directory, which may be a file; empty for the directory itself."""
        return self.below.partition("/")[2]


@dataclass(frozen=True)
class LinkedDirectory:
    """A link, and how the directory behind it is found, or what is `inside` of a directory.

    `free_bytes` and `total_bytes` are those of its disk; `used_bytes` of `quota_bytes` are used where the system tells
    a quota.
    """

    name: str
    link: Path
    target: Path
    inside: str | None
    state: State
    free_bytes: int | None
    total_bytes: int | None
    quota_bytes: int | None
    used_bytes: int | None


def folder_named(word: str, caller: Caller) -> Path:
    """The folder of links that this word names, home if it is empty; it is not looked at."""
    return caller.cwd / Path(word).expanduser() if word else caller.home


def folder_of(word: str, caller: Caller, site: Site, watch: Watch) -> Path:
    """The same, if it is a folder and answers; an error else."""
    folder = folder_named(word, caller)
    if word:
        need_folder(folder, site, watch)
    return folder


def list_links(folder: str, caller: Caller, site: Site, watch: Watch) -> list[LinkedDirectory]:
    """The links of a folder that point below the data root, and what is behind them; all are tried side by side."""
    from sesync_cli.last_look import DATA, keep_looks

    place = folder_of(folder, caller, site, watch)
    found = seen_links(place, site, watch)
    states = {link.directory: seen.state.value for link, _, seen in sorted(found, key=lambda one: not one[0].inside)}
    keep_looks(caller.state, DATA, states)
    return [_line(link, target, seen) for link, target, seen in found]


def seen_links(folder: Path, site: Site, watch: Watch) -> list[tuple[Link, Path, Directory]]:
    """The same, each with where it leads, and what came of trying to reach that."""
    until = time.monotonic() + site.data_patience_seconds
    links = find_links(folder, site.data_root)
    targets = {link.at: site.data_root / link.below for link in links}
    seen = look_below(dict.fromkeys(targets.values()), site.data_root, until, watch)
    return [(link, targets[link.at], _behind(link, seen[targets[link.at]])) for link in links]


def _behind(link: Link, seen: Directory) -> Directory:
    """What was seen, where a file will do as well."""
    is_file = bool(link.inside) and seen.state == State.NOT_A_DIRECTORY
    return replace(seen, state=State.FILE) if is_file else seen


def find_links(folder: Path, root: Path) -> list[Link]:
    """The links of a folder that point below the data root, by their text: no file server is asked."""
    with os.scandir(folder) as entries:
        links = [read_link(Path(entry.path), root) for entry in entries if entry.is_symlink()]
    return sorted((link for link in links if link and link.below), key=lambda link: link.at.name)


def read_link(at: Path, root: Path) -> Link | None:
    """What is written in this link; None if it is none."""
    if not at.is_symlink():
        return None
    text = os.readlink(at)
    return Link(at, text, below(os.path.join(os.path.realpath(at.parent), text), root))


def at_hand(home: Path, site: Site) -> list[str]:
    """The projects that can be named without asking a file server: those linked in home, those mounted now."""
    return projects(site, known(home, site))


def known(home: Path, site: Site) -> list[str]:
    """The names of data directories that are linked in home or mounted now."""
    return [link.directory for link in find_links(home, site.data_root)] + mounted(site.data_root)


def no_such_project(project: str, caller: Caller, site: Site, until: float, watch: Watch) -> NotFound:
    """The error that a project has no data directory, with near names of those that are known or listed."""
    names = known(caller.home, site) + beside(site.data_root, until, watch)
    meant = did_you_mean(near(project, [name for name in projects(site, names) if name != project]))
    hint = f"{meant} {'Else ask' if meant else 'Ask'} {site.support} for your project's short name.".lstrip()
    return NotFound(f"there is no data directory {site.data_directory(project)}", hint=hint)


def _line(link: Link, target: Path, seen: Directory) -> LinkedDirectory:
    used, quota = seen.quota or (None, None)
    facts = (seen.state, seen.free, seen.total, quota, used)
    return LinkedDirectory(link.at.name, link.at, target, link.inside or None, *facts)
