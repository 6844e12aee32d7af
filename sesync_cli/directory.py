"""Data directories as they are found from this machine: reached, counted, or not there, and why."""

import errno
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sesync_cli.errors import Conflict, NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.workers import ask, ask_many

MOUNTS = Path("/proc/self/mounts")


class State(StrEnum):
    """What came of trying to reach a directory."""

    OK = "ok"
    READ_ONLY = "read-only"
    MISSING = "missing"
    NO_ACCESS = "no access"
    NOT_A_DIRECTORY = "not a directory"
    FILE = "file"  # where one will do as well
    NOT_MOUNTED = "not mounted"
    NO_ANSWER = "no answer"


_STATES = {
    errno.ENOENT: State.MISSING,
    errno.ELOOP: State.MISSING,
    errno.ENAMETOOLONG: State.MISSING,
    errno.EACCES: State.NO_ACCESS,
    errno.EPERM: State.NO_ACCESS,
    errno.ENOTDIR: State.NOT_A_DIRECTORY,
    errno.ETIMEDOUT: State.NO_ANSWER,
}


@dataclass(frozen=True)
class Directory:
    """What is known of a directory; its owning group where one may not enter, and the system's words for a failure."""

    state: State
    free: int | None = None
    total: int | None = None
    group: str = ""
    said: str = ""
    identity: tuple[int, ...] = ()
    quota: tuple[int, int] | None = None
    """Bytes that are used and that may be, where that was asked and the system tells it."""

    @property
    def reached(self) -> bool:
        return self.state in (State.OK, State.READ_ONLY, State.FILE)


def look_at_directories(paths: Iterable[Path], root: Path, until: float, watch: Watch) -> dict[Path, Directory]:
    """Reach for all these directories at once, those on file servers below `root` above all."""
    found = ask({path: partial(_found, path, root) for path in paths}, until, watch)
    return {path: _directory(facts) for path, facts in found.items()}


def look_below(paths: Iterable[Path], root: Path, until: float, watch: Watch) -> dict[Path, Directory]:
    """The same of many paths below `root`, with quotas: what is in one data directory is looked at in one go."""
    places, real = mounts(), Path(os.path.realpath(root.parent), root.name)
    groups: dict[Path, list[Path]] = {}
    for path in sorted(paths, key=lambda one: len(one.parts)):
        inner = path.relative_to(root)
        above = [one for one in (inner, *inner.parents) if len(one.parts) > 1 and real / one in places]
        groups.setdefault(above[0] if above else Path(inner.parts[0]), []).append(path)
    found = ask_many({key: partial(_all_found, group, root, until) for key, group in groups.items()}, until, watch)
    pairs = (pair for key, group in groups.items() for pair in zip_longest(group, found[key]))
    return {path: _directory(facts) for path, facts in pairs}


def projects(site: Site, names: Iterable[str]) -> list[str]:
    """The projects whose data directories have these names; other names are left out."""
    said = {site.project(name): name for name in names}
    return sorted(project for project, name in said.items() if site.data_directory(project).name == name)


def below(path: str | Path, root: Path) -> str:
    """What a path is called below the data root; nothing if it is not there. No link on the way is followed."""
    path = os.path.normpath(path)
    # the folder of the data root may be written in two ways; the root itself may be a mount, which is not touched
    for one in (root, Path(os.path.realpath(root.parent), root.name)):
        if path.startswith(f"{one}/".replace("//", "/")):
            return os.path.relpath(path, one)
    return ""


def mounts() -> dict[Path, str]:
    """Where file systems are mounted right now, each with its kind; from the kernel's list, so no server is asked."""
    with open(MOUNTS, "rb") as file:
        words = [line.split(b" ") for line in file]
    return {Path(os.fsdecode(_plain(place))): os.fsdecode(_plain(kind)) for _, place, kind, *_ in words}


def file_system(path: str | Path) -> str:
    """The kind of file system that a path is on, as the kernel calls it: ext4, nfs4."""
    real, kinds = Path(os.path.realpath(path)), mounts()
    return next((kinds[place] for place in (real, *real.parents) if place in kinds), "")


def mounted(root: Path) -> list[str]:
    """What is mounted below `root` right now, by name."""
    return sorted({place.relative_to(root).parts[0] for place in mounts() if root in place.parents})


def beside(root: Path, until: float, watch: Watch) -> list[str]:
    """What the listing of `root` shows, which with an automounter may be nothing; empty if it does not come."""
    return ask({root: partial(_names, root)}, until, watch)[root] or []


def unreachable(path: Path, seen: Directory, site: Site) -> SesyncError:
    """Why this directory cannot be used, and who can help."""
    support = site.support
    if seen.state == State.NO_ANSWER:
        return NoAnswer(
            f"the file server of {path} did not answer within {site.data_patience_seconds:g} seconds",
            hint=f"Try again in a few minutes; if it stays so, tell {support}.",
        )
    if seen.state == State.NO_ACCESS:
        wish = f"to add you to the group '{seen.group}'" if seen.group else "to let you in"
        hint = f"Ask {support} {wish}. If they have done so already, log out and in again."
        return Refused(f"{path} exists but you may not read it", hint=hint)
    if seen.state == State.NOT_A_DIRECTORY:
        return Conflict(f"{path} is not a folder", hint=f"Tell {support}.")
    return NoAnswer(f"{path} is not mounted on this machine: {seen.said}", hint=f"Tell {support}.")


def reached(project: str, site: Site, watch: Watch) -> Path:
    """The data directory of a project, which has answered; an error that says why where it does not."""
    target, until = site.data_directory(project), time.monotonic() + site.data_patience_seconds
    seen = look_at_directories([target], site.data_root, until, watch)[target]
    if seen.state == State.MISSING:
        hint = f"Ask {site.support} for your project's short name."
        raise NotFound(f"there is no data directory {target}", hint=hint)
    if not seen.reached:
        raise unreachable(target, seen, site)
    return target


def need_folder(folder: Path, site: Site, watch: Watch) -> None:
    """Fail unless this is a folder that answers; whether one may write there is found out by writing."""
    until = time.monotonic() + site.data_patience_seconds
    seen = look_at_directories([folder], Path("/"), until, watch)[folder]
    if seen.state == State.MISSING:
        raise NotFound(f"there is no folder {folder}", hint="Make it first, or choose another one.")
    if not seen.reached and seen.state != State.NO_ACCESS:
        raise unreachable(folder, seen, site)


def owner(path: Path) -> str:
    """The name of the account whose this is; its number where it has none here."""
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)


def _names(root: Path) -> list[str]:
    try:
        return os.listdir(root)
    except OSError:
        return []


def _plain(mount: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), mount)


def _directory(facts: dict[str, Any] | None) -> Directory:
    if facts is None:
        return Directory(State.NO_ANSWER)
    return Directory(**facts | {"state": State(facts["state"]), "identity": tuple(facts.get("identity", ()))})


def _all_found(paths: Iterable[Path], root: Path, until: float) -> Iterator[dict[str, Any]]:
    quotas: dict[int, tuple[int, int] | None] = {}  # by the file system
    for path in paths:
        facts = _found(path, root)
        if device := next(iter(facts.get("identity", ())), 0):
            if device not in quotas:
                quotas[device] = _quota(path, until)
            facts["quota"] = quotas[device]
        yield facts


def _found(path: Path, root: Path) -> dict[str, Any]:
    # to open it is what makes the automounter mount it; a look at its name alone need not
    try:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        return dict(_failed(path, root, error))
    try:
        facts, space = os.fstat(opened), os.fstatvfs(opened)
    except OSError as error:
        return dict(_failed(path, root, error))
    finally:
        os.close(opened)
    if not os.access(path, os.X_OK):
        return {"state": State.NO_ACCESS.value, "group": _group(facts.st_gid)}
    return {
        "state": (State.OK if os.access(path, os.W_OK) else State.READ_ONLY).value,
        "free": space.f_bavail * space.f_frsize,
        "total": space.f_blocks * space.f_frsize,
        "identity": [facts.st_dev, facts.st_ino],
    }


def _quota(path: Path, until: float) -> tuple[int, int] | None:
    from sesync_cli.quota import quotas_of

    quota = quotas_of(path, until).bytes
    return (quota.used, quota.limit) if quota else None


def _failed(path: Path, root: Path, error: OSError) -> Iterator[tuple[str, Any]]:
    state = _STATES.get(error.errno or 0, State.NOT_MOUNTED)
    if state == State.MISSING and not os.path.isdir(root):
        state = State.NOT_MOUNTED
    yield "state", state.value
    yield "said", error.strerror
    if state == State.NO_ACCESS:
        try:
            yield "group", _group(path.stat().st_gid)
        except OSError:
            return


def _group(number: int) -> str:
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
