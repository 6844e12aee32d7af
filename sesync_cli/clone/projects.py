"""Which of somebody's projects are meant: listed with what is here of them, found by name, told apart."""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NotFound, SesyncError, Unanswered
from sesync_cli.git.address import read_address, site_addresses
from sesync_cli.git.client import origin
from sesync_cli.gitlab.api import Account, Project
from sesync_cli.names import did_you_mean, listed, near
from sesync_cli.site.settings import Site

NAME = re.compile(r"\w[\w.-]*")
GROUP = re.compile(r"(\w[\w.-]*/)+")
_CHOICES = 5  # how many are named in a hint


@dataclass(frozen=True)
class Listed:
    """A project as it is listed: when something last happened there, who sees it, and `path`, its clone in home.

    `url` is its page. What GitLab does not tell, and the clone where there is none, is None.
    """

    repository: str
    display_name: str
    last_activity: str | None
    visibility: str | None
    url: str
    path: Path | None


def as_listed(projects: Iterable[Project], home: Path, site: Site) -> list[Listed]:
    """The projects group by group, those first where something happened last."""
    return [
        Listed(one.path, one.name, one.last_activity or None, one.visibility or None, one.url, _clone(one, home, site))
        for one in by_group(projects)
    ]


def by_group(projects: Iterable[Project]) -> list[Project]:
    """The same projects, those of a group together, in the order in which the groups first come."""
    groups: dict[str, list[Project]] = {}
    for one in projects:
        groups.setdefault(one.group, []).append(one)
    return [one for group in groups.values() for one in group]


def find_projects(name: str, account: Account) -> list[Project]:
    """The user's projects of this name, which may be in several groups: archived ones where no others have it.

    `NotFound` with near names, and with groups, if there is none.
    """
    same = [one for one in account.projects_like(name) if _last(one.path) == name.casefold()]
    if not same:
        raise NotFound(f"you are a member of no project named {name}", hint=_meant(name, account))
    return [one for one in same if not one.archived] or same


def as_group(name: str, account: Account) -> str:
    """What clones the group of this name, or a user's projects, in words; empty if nothing can be seen of any."""
    with contextlib.suppress(SesyncError):
        if next(account.group_projects(name), None):
            return _cloning([name])
    return ""


def _meant(name: str, account: Account) -> str:
    """What to type instead of a name that no project has."""
    paths, groups = dict[str, list[str]](), dict[str, list[str]]()
    for one in account.projects():
        paths.setdefault(_last(one.path), []).append(one.path)
    for path in dict.fromkeys(group for known in paths.values() for one in known for group in _groups(one)):
        groups.setdefault(_last(path), []).append(path)
    if name.casefold() in groups:
        return _cloning(groups[name.casefold()])
    if said := as_group(name, account):
        return said
    projects = [path for like in near(name, paths) for path in paths[like]]
    like_groups = [f"{path}/" for like in near(name, groups) for path in groups[like]]
    meant = did_you_mean([*projects[:_CHOICES], *like_groups[:_CHOICES]])
    return f"{meant} 'sesync clone' lists your projects, 'sesync clone GROUP/' takes all of a group.".lstrip()


def _groups(path: str) -> list[str]:
    """The groups that a project is in, one in the other."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _cloning(groups: Sequence[str]) -> str:
    commands = listed(f"'sesync clone {one}/'" for one in groups[:_CHOICES])
    return f"{commands} clones what is in that group."


def several(name: str, found: Sequence[Project]) -> Unanswered:
    """The error for a name that is that of several projects."""
    words = [f"'sesync clone {one.path}'" for one in found[:_CHOICES]]
    return Unanswered(f"{len(found)} of your projects are named {name}", hint=f"Say which: {listed(words)}.")


def folder_names(paths: Sequence[str], group: str) -> dict[str, str]:
    """A folder's name for each repository of a group: its own, with its subgroup's before it if two have the same."""
    names = [_last(path) for path in paths]
    return {
        path: path.rpartition("/")[2]
        if names.count(_last(path)) == 1
        else path.removeprefix(f"{group}/").replace("/", "-")
        for path in paths
    }


def _last(path: str) -> str:
    return path.rpartition("/")[2].casefold()


def _clone(project: Project, home: Path, site: Site) -> Path | None:
    folder = home / project.path.rpartition("/")[2]
    if not NAME.fullmatch(folder.name) or not (folder / ".git").exists():
        return None
    there = read_address(origin(folder) or "")
    return folder if there and any(there.is_same(one) for one in site_addresses(project.path, site)) else None
