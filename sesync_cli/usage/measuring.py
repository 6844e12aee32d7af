"""A file or a folder, looked at with all that is in it, by children that count."""

import errno
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.errors import NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.plan import Watch
from sesync_cli.quota import Quota, Quotas, quotas_of
from sesync_cli.usage.categories import UsageContext, categories_below
from sesync_cli.usage.counting import REST, Place, Tally
from sesync_cli.usage.grouping import grouping
from sesync_cli.usage.request import UsageRequest
from sesync_cli.usage.walkers import count_below
from sesync_cli.workers import ask


@dataclass(frozen=True)
class Measured:
    """A file or folder as it was found: where its links lead, and what is in it if it is a folder."""

    path: Path
    blocks: int
    free: int
    total: int
    quotas: Quotas
    free_files: int | None
    tally: Tally


def measure(request: UsageRequest, context: UsageContext, watch: Watch) -> Measured:
    """Look at a file or at all that is in a folder; links are followed on the way to it, and not in it."""
    caller, patience = context.caller, context.site.data_patience_seconds
    path = caller.cwd / Path(request.path).expanduser() if request.path else caller.home
    until = time.monotonic() + patience
    facts = ask({path: partial(_facts, path, request.by, until)}, until, watch)[path]
    if facts is None:
        words = f"the file server of {path} did not answer within {patience:g} seconds"
        raise NoAnswer(words, hint="Try again in a few minutes.")
    if "error" in facts:
        raise _missing(path, facts["error"]) or _failed(path, os.strerror(facts["error"]))
    root, tally = facts["path"], Tally(files=1)
    if stat.S_ISDIR(facts["mode"]):
        below = categories_below(root, facts["device"], context, request)
        place = facts["group"] or _place(root, below.known)
        tally = count_below(below, place, patience, watch)
        tally.put(place, facts["blocks"], 0)
        if problem := dict(tally.silent).get(root):
            raise _failed(path, problem)
    quotas = Quotas(*(Quota(*one) if one else None for one in facts["quotas"]))
    return Measured(Path(root), facts["blocks"], facts["free"], facts["total"], quotas, facts["free_files"], tally)


def _facts(path: Path, by: str, until: float) -> dict[str, Any]:
    try:
        real = os.path.realpath(path, strict=True)
        facts, room = os.lstat(real), os.statvfs(real)
    except OSError as error:
        return {"error": error.errno}
    return {
        "path": real,
        "mode": facts.st_mode,
        "device": facts.st_dev,
        "blocks": facts.st_blocks,
        "group": group(facts) if (group := grouping(by)) else None,
        "free": room.f_bavail * room.f_frsize,
        "total": room.f_blocks * room.f_frsize,
        "free_files": room.f_favail if room.f_files else None,
        "quotas": tuple(tuple(one) if one else None for one in quotas_of(Path(real), until)),
    }


def _missing(path: Path, number: int) -> SesyncError | None:
    if number in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"there is no file or folder {path}", hint="Is it spelt rightly?")
    if number == errno.ELOOP:
        return NotFound(f"{path} is a link that leads in a circle", hint="'ls -l' on it shows where it leads.")
    return None


def _failed(path: Path, problem: str) -> SesyncError:
    if problem in (os.strerror(errno.EACCES), os.strerror(errno.EPERM)):
        return Refused(f"you may not read {path}", hint="'ls -ld' on it shows whose it is.")
    return SesyncError(f"{path}: {problem}", hint="Its disk or file server has a problem: tell support.")


def _place(root: str, known: Mapping[str, Place]) -> Place:
    """What the files of the root itself count as: it may be a kernel or a cache, or in one."""
    above = (str(folder) for folder in (Path(root), *Path(root).parents))
    return next((known[folder] for folder in above if folder in known), (REST, ""))
