"""uv's cache, which a group may keep together: what comes into it the group may use; who may not use it has their own.

What cannot be used is found out by using it, and remembered for the rest of the run.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from sesync_cli.directory import owner
from sesync_cli.plan import by_hand
from sesync_cli.run import ProgramFailed

T = TypeVar("T")

_CACHE = "UV_CACHE_DIR"
_DENIED = re.compile(r"\(os error (?:1|13|30)\)")  # EPERM, EACCES, EROFS
_PATHS = re.compile(r"[`\"](/[^`\"\n]+)[`\"]")

_refused: dict[Path, Path] = {}
"""The caches that could not be used, each with the path in it that was refused."""


def with_cache(work: Callable[[Mapping[str, str], int], T], told: Mapping[str, str], *, opens: bool = True) -> T:
    """Have uv work, told so, with the umask that its cache needs; once more with one's own cache if that is refused.

    Unless it `opens` the rights of what it writes for the cache's group, it has the person's umask.
    """
    if told.get("UV_NO_CACHE"):
        return work(told, -1)
    own = own_cache(told)
    cache = Path(os.path.abspath(told.get(_CACHE) or own))
    if cache not in _refused:
        try:
            return work(told, _umask_for(cache) if opens else -1)
        except ProgramFailed as failure:
            path = _refusal(failure.output.out + failure.output.err, cache)
            if path is None or own == cache:
                raise
            _refused[cache] = path
    return work({**told, _CACHE: str(own)}, -1)


def own_cache(env: Mapping[str, str]) -> Path:
    """Where uv keeps what it has if nobody says where."""
    return Path(env.get("XDG_CACHE_HOME") or os.path.join(env.get("HOME", ""), ".cache"), "uv")


def is_the_groups(cache: Path) -> bool:
    """Whether a group may write into this folder, or into the one that it will be made in and take its group from."""
    there = next(one for one in (cache, *cache.parents) if os.path.exists(one))
    facts = there.stat()
    inherited = bool(facts.st_mode & stat.S_ISGID) or (there == cache and facts.st_gid == os.getegid())
    return inherited and facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH) == stat.S_IWGRP


def refusals(env: Mapping[str, str]) -> tuple[str, ...]:
    """What is to be said of caches that this run could not use: whose files are in the way, and what they can do."""
    return tuple(_told(cache, path, own_cache(env)) for cache, path in _refused.items())


def umask() -> int:
    """The rights that files of this person's do not have."""
    now = os.umask(0o077)
    os.umask(now)
    return now & 0o077


def _umask_for(cache: Path) -> int:
    return umask() & ~stat.S_IRWXG if is_the_groups(cache) else -1


def _refusal(said: str, cache: Path) -> Path | None:
    """The path in the cache that uv was refused; None if it failed for something else."""
    if not _DENIED.search(said):
        return None
    here = [Path(path) for path in _PATHS.findall(said) if Path(path).is_relative_to(cache)]
    return here[-1] if here else None


def _told(cache: Path, path: Path, own: Path) -> str:
    there = next(one for one in (path, *path.parents) if os.path.exists(one))
    used = f"so your own was used ({own})"
    if os.statvfs(there).f_flag & os.ST_RDONLY:
        return f"uv's cache {cache} is on a file system that is read-only, {used}"
    whose = owner(there)
    mine = ("-user", whose)
    linked = ("-type", "f", "-links", "+1", "-exec", "chmod", "g+r", "{}", "+")
    words = (*mine, *linked, "-o", *mine, "!", "-type", "l", "-exec", "chmod", "g+rwX", "{}", "+")
    command = f'find "{cache}" {by_hand(*words)}'  # in quotes a home is nobody's ~: somebody else is to type it
    return f"uv's cache {cache} has what you may not use, {there} of {whose}'s, {used}: ask {whose} to type '{command}'"
