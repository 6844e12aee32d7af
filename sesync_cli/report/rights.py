"""Why somebody may or may not read and write at a path: owners, groups and rights on the way there."""

import errno
import grp
import os
import pwd
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.directory import mounts
from sesync_cli.disk import Room, holds_no_more
from sesync_cli.errors import SesyncError
from sesync_cli.plan import Watch
from sesync_cli.run import run
from sesync_cli.view import size
from sesync_cli.workers import ask

_VERBS = ((os.R_OK, stat.S_IRGRP, "read"), (os.W_OK, stat.S_IWGRP, "write"))


@dataclass(frozen=True)
class Rights:
    """What was found at a path: a sentence that says what is so, the lines that prove it, whether nothing is wrong."""

    path: Path
    says: str
    lines: tuple[str, ...] = ()
    fine: bool = False


def rights(path: Path, seconds: float, watch: Watch) -> Rights:
    """What this user may do at a path, and why not more; asked for no longer than these seconds."""
    facts = ask({path: partial(_found, str(path))}, time.monotonic() + seconds, watch)[path]
    if facts is None:
        return Rights(path, f"{path} does not answer within {seconds:g} seconds")
    lines = [*facts["way"]]
    if facts["room"]:
        mount, kind, *numbers = facts["room"]
        here = Room(Path(mount), *numbers)
        lines.append(f"mounted at {mount} ({kind}): {size(here.free)} of {size(here.total)} free")
    more = _access_list(Path(facts["real"]), seconds)
    return Rights(path, facts["says"], (*lines, *more), facts["says"] == _fine(str(path)))


def whoami() -> str:
    """The user and the groups of this session, by name and number."""
    groups = ", ".join(f"{_group(gid)} ({gid})" for gid in sorted({os.getgid(), *os.getgroups()}))
    return f"{_user(os.getuid())} ({os.getuid()}), in the groups {groups}"


def _found(path: str) -> dict[str, Any]:
    """The facts as plain values: this runs in a child, since a file server may hang."""
    real = os.path.realpath(path)
    way = [f"{path} leads to {real}"] if real != os.path.abspath(path) else []
    facts: os.stat_result | None = None
    for place in (*reversed(Path(real).parents), Path(real)):
        try:
            facts = os.lstat(place)
        except OSError as error:
            return {"real": real, "way": way, "room": [], "says": _unreached(path, place, error)}
        way.append(f"{stat.filemode(facts.st_mode)} {_user(facts.st_uid)} {_group(facts.st_gid)} {place}")
    assert facts
    try:
        space = os.statvfs(real)
    except OSError as error:
        return {"real": real, "way": way, "room": [], "says": f"{path}: {error.strerror}"}
    mount, kind = _mount(real)
    used = (space.f_blocks - space.f_bfree) * space.f_frsize
    numbers = [space.f_blocks * space.f_frsize, used, space.f_bavail * space.f_frsize]
    return {"real": real, "way": way, "room": [mount, kind, *numbers], "says": _told(path, real, facts, space)}


def _unreached(path: str, place: Path, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return f"I may not reach {path}: I may not enter {place.parent}"
    if error.errno == errno.ENOENT:
        return f"there is no {place}"
    return f"{place}: {error.strerror}"


def _fine(path: str) -> str:
    return f"I may read and write {path}"


def _told(path: str, real: str, facts: os.stat_result, space: os.statvfs_result) -> str:
    may = [verb for mode, _, verb in _VERBS if os.access(real, mode)]
    reasons = dict.fromkeys(_reason(facts, bit, space.f_flag) for mode, bit, verb in _VERBS if verb not in may)
    if not reasons:
        return f"{_fine(path)}, but its file system is full" if holds_no_more(space) else _fine(path)
    not_ = " or ".join(verb for _, _, verb in _VERBS if verb not in may)
    return f"I may not {not_} {path}: {'; '.join(reasons)}"


def _reason(facts: os.stat_result, bit: int, flags: int) -> str:
    group = _group(facts.st_gid)
    if bit == stat.S_IWGRP and flags & os.ST_RDONLY:
        return "its file system is read-only"
    if facts.st_uid == os.getuid():
        return "it is mine, and its mode does not let me"
    if not facts.st_mode & bit:
        return f"its mode does not let the group '{group}'"
    if facts.st_gid in (os.getgid(), *os.getgroups()):
        return f"its mode lets the group '{group}', which I am in, so something else forbids it"
    if facts.st_gid in os.getgrouplist(_user(os.getuid()), os.getgid()):
        return f"I am in its group '{group}' since after I logged in: I have to log out and in again"
    return f"I am not in its group '{group}'"


def _mount(path: str) -> tuple[str, str]:
    """Where the file system of this path is mounted, and its kind."""
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path, mounts().get(Path(path), "unknown")


def _access_list(path: Path, seconds: float) -> Iterator[str]:
    """What an access control list adds to the mode, if there is one and a program that reads it."""
    if shutil.which("getfacl"):
        try:
            said = run(["getfacl", "--omit-header", "--absolute-names", "--", str(path)], seconds=seconds).out
        except SesyncError:
            return
        lines = [line for line in said.splitlines() if line and not line.startswith(("user::", "group::", "other::"))]
        if lines:
            yield f"access control list: {', '.join(lines)}"


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
