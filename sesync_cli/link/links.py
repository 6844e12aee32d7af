"""Links to data directories: found, made and taken away, and nothing else ever is."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.directory import Directory, State, beside, look, mounted, projects, unreachable
from sesync_cli.errors import Conflict, NotFound, Refused
from sesync_cli.names import checked, listed, near
from sesync_cli.plan import Plan, Step, Watch
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


@dataclass(frozen=True)
class LinkedDirectory:
    """One line of the list: a link, and how the directory behind it is found.

    `free` and `total` are those of its disk; `used_bytes` of `quota_bytes` are used where the system tells a quota.
    """

    name: str
    path: Path
    target: str
    state: State
    free: int | None
    total: int | None
    quota_bytes: int | None
    used_bytes: int | None


@dataclass(frozen=True)
class LinkRequest:
    """What somebody wants linked: the project, where, and whether another link there may give way."""

    project: str
    at: Path
    replace: bool
    home: Path


def plan_link(request: LinkRequest, site: Site, watch: Watch) -> Plan:
    """How to come to the link that is wished for."""
    until = time.monotonic() + site.data_patience_seconds
    target = site.data_directory(request.project)
    taken = os.path.lexists(request.at)  # looked at once: it may appear while we look at the rest
    link = read_link(request.at, site.data_root)
    unsure = [request.at] if link and link.below != target.name else []
    seen = look([target, *unsure], site.data_root, until, watch)
    directory = seen[target]
    if directory.state == State.MISSING:
        raise _no_such_project(request, site, _known(request.home, site) + beside(site.data_root, until, watch))
    if not directory.reached:
        raise unreachable(target, directory, site)
    done = Plan(
        (),
        f"{shown(request.at, request.home)} is linked to {target} already.",
        {"project": request.project, "link": request.at, "target": target, "state": directory.state},
        warnings=(f"you can read {target}, but not write to it",) if directory.state == State.READ_ONLY else (),
    )
    if link and (not unsure or seen[request.at].identity == directory.identity):
        return done
    if taken:
        _need_leave(request, link, target)
    return _linking(request, link, done)


def _linking(request: LinkRequest, link: Link | None, done: Plan) -> Plan:
    # imported here since nobody who has the link already shall wait for it
    from sesync_cli.link.ignore import ignoring
    from sesync_cli.steps import Symlink

    target = done.result["target"]
    ignored, warnings = ignoring(request.at)
    steps: tuple[Step, ...] = (*ignored, Symlink(target, request.at, replaces=link.text if link else ""))
    return replace(
        done,
        steps=steps,
        done=f"Linked {shown(request.at, request.home)} to {target}.",
        warnings=(*done.warnings, *warnings),
        locks=(request.at,),
        sweeps=(request.at.parent,),
    )


def plan_unlink(name: str, folder: Path, home: Path, site: Site) -> Plan:
    """How to be without the link of this name or to this project; no file server is asked."""
    from sesync_cli.link.ignore import forgetting
    from sesync_cli.steps import RemoveLink

    if "/" in name or not os.path.lexists(folder / name):
        checked(name, "link")
    link = _meant(name, folder, site)
    if link is None:
        like = near(name, [one.at.name for one in find_links(folder, site.data_root)])
        warnings = tuple(f"there is a link {one}: did you mean 'sesync unlink {one}'?" for one in like[:1])
        done = f"There is no link {name} in {shown(folder, home)}."
        return Plan((), done, {"link": None, "target": None}, warnings=warnings)
    result = {"link": link.at, "target": link.text}
    steps: tuple[Step, ...] = (RemoveLink(link.at, link.text), *forgetting(link.at))
    done = f"Removed the link {shown(link.at, home)}; the data in {site.data_root / link.below} stays."
    return Plan(steps, done, result, locks=(link.at,), sweeps=(folder,))


def list_links(folder: Path, site: Site, watch: Watch) -> list[LinkedDirectory]:
    """The links of a folder that point below the data root, and what is behind them; all are tried side by side."""
    return [_line(link, target, seen) for link, target, seen in seen_links(folder, site, watch)]


def seen_links(folder: Path, site: Site, watch: Watch) -> list[tuple[Link, Path, Directory]]:
    """The same, each with where it leads, and what came of trying to reach that."""
    until = time.monotonic() + site.data_patience_seconds
    links = find_links(folder, site.data_root)
    targets = {link.at: site.data_root / link.below for link in links}
    seen = look(dict.fromkeys(targets.values()), site.data_root, until, watch, quotas=True)
    return [(link, targets[link.at], seen[targets[link.at]]) for link in links]


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
    return Link(at, text, _below(os.path.join(os.path.realpath(at.parent), text), root))


def at_hand(home: Path, site: Site) -> list[str]:
    """The projects that can be named without asking a file server: those linked in home, those mounted now."""
    return projects(site, _known(home, site))


def shown(path: Path, home: Path) -> str:
    """The path as one would type it, home as ~."""
    return f"~/{path.relative_to(home)}".removesuffix("/.") if path.is_relative_to(home) else str(path)


def _below(path: str, root: Path) -> str:
    path = os.path.normpath(path)
    # the folder of the data root may be written in two ways; the root itself may be a mount, which is not touched
    for one in (root, Path(os.path.realpath(root.parent), root.name)):
        if path.startswith(f"{one}/".replace("//", "/")):
            return os.path.relpath(path, one)
    return ""


def _known(home: Path, site: Site) -> list[str]:
    return [link.directory for link in find_links(home, site.data_root)] + mounted(site.data_root)


def _line(link: Link, target: Path, seen: Directory) -> LinkedDirectory:
    used, quota = seen.quota or (None, None)
    return LinkedDirectory(link.at.name, link.at, str(target), seen.state, seen.free, seen.total, quota, used)


def _meant(name: str, folder: Path, site: Site) -> Link | None:
    directory = site.data_directory(site.project(name)).name
    links = {link.at.name: link for link in find_links(folder, site.data_root)}
    if name in links:
        return links[name]
    behind = [link for link in links.values() if link.below == directory]
    if directory in links:
        return links[directory]
    if len(behind) > 1:
        names = listed(link.at.name for link in behind)
        raise Conflict(f"several links point to {directory}", hint=f"Say which one: {names}.")
    if behind:
        return behind[0]
    for there in (folder / name, folder / directory):
        if os.path.lexists(there):
            raise Refused(
                f"{there} is {_what(there)}, and it stays",
                hint=f"'sesync unlink' removes links to what is below {site.data_root}, and nothing else.",
            )
    return None


def _what(there: Path) -> str:
    if there.is_symlink():
        return f"a link to {os.readlink(there)}"
    return "a folder" if there.is_dir() else "a file"


def _need_leave(request: LinkRequest, link: Link | None, target: Path) -> None:
    if link and request.replace:
        return
    hint = "Choose another name with '--as NAME'."
    if link:
        hint = f"Choose another name with '--as NAME', or let it point to {target} with '--replace'."
    raise Conflict(f"{shown(request.at, request.home)} is {_what(request.at)}, and it stays", hint=hint)


def _no_such_project(request: LinkRequest, site: Site, names: list[str]) -> NotFound:
    like = [f"'sesync link {one}'" for one in near(request.project, projects(site, names))]
    hint = f"Ask {site.support} for your project's short name."
    if like:
        hint = f"Did you mean {listed(like)}? If not: {hint[:1].lower()}{hint[1:]}"
    return NotFound(f"there is no data directory {site.data_directory(request.project)}", hint=hint)
