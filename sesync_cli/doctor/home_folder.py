"""Rights in a home: what others may do there, what its owner may not; and links behind which programs keep files."""

import grp
import os
import pwd
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.directory import owner
from sesync_cli.names import one_line
from sesync_cli.plan import Plan, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.steps import SetAside, SetRights, aside

_OF_PROGRAMS = (  # folders that programs make and write into, those above first
    *(".local", ".local/bin", ".local/lib", ".local/share", ".local/share/jupyter", ".local/share/jupyter/kernels"),
    *(".local/share/jupyter/runtime", ".local/state", ".cache", ".config", ".jupyter", ".ipython", ".ssh"),
)
_SECRETS = (  # files in which programs keep passwords as they are
    *(".git-credentials", ".config/git/credentials", ".netrc", ".pypirc", ".pgpass", ".my.cnf", ".smbcredentials"),
    *(".config/rclone/rclone.conf", ".aws/credentials", ".docker/config.json", ".kaggle/kaggle.json", ".cdsapirc"),
)
_PASSWORD = re.compile(rb"(?im)^[^#;\n]*(passw|pass\b|token|secret|key|auth|//[^/\s:@]*:[^/\s@]+@)")
_EACH_LINE = re.compile(rb"(?m)^[^#\n]+:[^:\n]*:[^:\n]*:[^:\n]*:")  # of a .pgpass
_LARGEST = 1_000_000  # bytes of such a file that are read
_WRITE = 0o022  # by group and others


def findings(caller: Caller, site: Site) -> Iterator[Finding]:
    """What is wrong with the home folder, with folders in it, and with files that keep passwords."""
    home = caller.home
    yield from _opened(home)
    found: list[Path] = []
    for name in ("", *_OF_PROGRAMS):
        path = home / name
        if not any(path.is_relative_to(one) for one in found) and (finding := _unusable(path, site)):
            found.append(path)
            yield finding
    for name in _SECRETS:
        yield from _read_by_others(home / name, home)


def _opened(home: Path) -> Iterator[Finding]:
    """That others can write in home; a group that has only its owner in it is nobody else."""
    facts = home.stat()
    mask = stat.S_IWOTH if _is_own_group(facts.st_gid) else _WRITE
    if facts.st_uid != os.getuid() or not facts.st_mode & mask:
        return
    why = "They can change and remove what is yours, and nobody can log in to here with a key."
    mode = stat.S_IMODE(facts.st_mode) & ~_WRITE
    yield _with_rights("open home", f"others can write in your home folder {home}", why, home, mode)


def _with_rights(kind: str, message: str, why: str, path: Path, mode: int) -> Finding:
    """What other rights mend."""
    step = SetRights(path, mode)
    plan = Plan((step,), f"Set the rights of {one_line(str(path))}.")
    return Finding(kind, message, f"'{step}' mends it.", plan, why=why, command=str(step))


def _is_own_group(gid: int) -> bool:
    try:
        group, own = grp.getgrgid(gid), pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return group.gr_name == own.pw_name and set(group.gr_mem) <= {own.pw_name}


def _unusable(path: Path, site: Site) -> Finding | None:
    """Why programs cannot write there; None if they can, or have not made it yet."""
    if not os.path.lexists(path):
        return None
    if not os.path.exists(path):
        return _lost(path) if path.is_symlink() else None
    why = "Programs keep their files there, and fail."
    if not path.is_dir():
        away = SetAside(path, aside(path))
        message = f"{path} is a file, where programs need a folder"
        return Finding("no folder", message, f"'{away}' sets it aside.", why=why, command=str(away))
    if os.access(path, os.W_OK | os.X_OK | os.R_OK):
        return None
    facts = path.stat()
    if facts.st_uid == os.getuid() and (mode := stat.S_IMODE(facts.st_mode)) & 0o700 != 0o700:
        return _with_rights("no access", f"you may not use your own folder {path}", why, path, mode | 0o700)
    whose = "" if facts.st_uid == os.getuid() else f", which belongs to {owner(path)}"
    message, report = f"you may not write in {path}{whose}", by_hand("sesync", "report", path)
    return Finding("no access", message, f"'{report}' drafts a mail to {site.support}.", why=why, command=report)


def _lost(link: Path) -> Finding:
    target = os.path.realpath(link)
    near = next(one for one in Path(target).parents if os.path.exists(one))
    way = by_hand("mkdir", "-p", target)
    hint = f"'{way}' makes it anew, empty."
    if not os.access(near, os.W_OK | os.X_OK) or near == Path("/") or os.path.islink(target):
        way = by_hand("rm", link)
        hint = f"'{way}' removes the link; programs make the folder anew."
    message = f"the link {link} leads to {target}, which is not there"
    return Finding("lost folder", message, hint, why="Programs keep their files there, and fail.", command=way)


def _read_by_others(path: Path, home: Path) -> Iterator[Finding]:
    """That others can come as far as this file, and read in it."""
    try:
        facts = path.stat()
        ways = [one.stat().st_mode for one in (home, *(one for one in path.parents if one.is_relative_to(home)))]
    except OSError:
        return
    if facts.st_uid != os.getuid() or not stat.S_ISREG(facts.st_mode):
        return
    reads = any(facts.st_mode & bit and all(mode & bit >> 2 for mode in ways) for bit in (stat.S_IRGRP, stat.S_IROTH))
    if not reads or not _keeps_passwords(path):
        return
    message, why = f"others can read {path}, which keeps passwords", "Whoever has them can act in your name."
    yield _with_rights("open secret", message, why, path, stat.S_IMODE(facts.st_mode) & 0o700)


def _keeps_passwords(path: Path) -> bool:
    """Whether there is one in it, and not settings alone."""
    try:
        with open(path, "rb") as file:
            text = file.read(_LARGEST)
    except OSError:
        return False
    return bool((_EACH_LINE if path.name == ".pgpass" else _PASSWORD).search(text))
