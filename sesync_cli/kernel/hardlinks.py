"""Files that kernels share by hard links with uv's cache: an edit in one kernel must not become an edit in all.

They have no write bits. Who edits one all the same, as root can, edits the cache too: what looks edited in it is had
anew before another kernel takes it.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sesync_cli.errors import NotReady, SesyncError
from sesync_cli.kernel.installer import forget
from sesync_cli.kernel.record import changed, digests_of, records, remember_right
from sesync_cli.kernel.size import walk
from sesync_cli.kernel.uv_cache import umask
from sesync_cli.names import listed
from sesync_cli.python.distributions import Package

_WRITE_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_WRITE = stat.S_IWUSR | _WRITE_OF_OTHERS
_COPY = ".sesync-copy"  # in an environment: a file that is to take the place of another


def keep_to_oneself(environment: Path) -> None:
    """Take the write bits from files that have other names elsewhere; those of another account become one's own copies.

    An installer replaces files and does not write into them, so that it needs no such bit. What a group's cache has
    opened for its group has the rights again that the person gives.
    """
    closed = umask()
    for entry, facts in walk(environment):
        if entry.is_dir(follow_symlinks=False) and facts.st_mode & closed:
            os.chmod(entry.path, stat.S_IMODE(facts.st_mode) & ~closed)
        if not entry.is_file(follow_symlinks=False):
            continue
        if facts.st_nlink > 1 and not _closed(entry.path, facts.st_mode, facts.st_uid == os.geteuid()):
            beside = environment / _COPY
            shutil.copy2(entry.path, beside)
            beside.chmod(stat.S_IMODE(facts.st_mode) & ~(_WRITE | closed))
            os.replace(beside, entry.path)
        elif facts.st_nlink == 1 and facts.st_mode & (_WRITE_OF_OTHERS | closed):  # a copy of what is in such a cache
            os.chmod(entry.path, stat.S_IMODE(facts.st_mode) & ~(_WRITE_OF_OTHERS | closed))


def _closed(path: str, mode: int, mine: bool) -> bool:
    """Whether nobody can write into this file without ado, now that its write bits are taken away."""
    try:
        if mine and mode & _WRITE:
            os.chmod(path, stat.S_IMODE(mode) & ~_WRITE)
    except PermissionError:
        return False
    return mine


def have_as_published(
    environment: Path,
    among: Iterable[Package] | None,
    install: Callable[[Sequence[str]], None],
    env: Mapping[str, str],
    *,
    every_byte: bool = False,
) -> None:
    """Have those packages again whose files are not as their RECORD says, past the cache, which then forgets them.

    `among` are those that were just installed, all by default; `install` installs the same once more, with more words
    for uv.
    """
    wrong = changed(environment, among, every_byte=every_byte)
    if not wrong:
        return
    anew = [word for name in wrong for word in ("--reinstall-package", name)]
    try:
        install(["--no-cache", "--link-mode", "copy", *anew])
    except SesyncError as error:
        files = listed(path for paths in wrong.values() for path in paths[:1])
        message = f"{files} in uv's cache was edited, and {listed(wrong)} cannot be had anew: {error}"
        raise NotReady(message, hint=error.hint) from None
    again = [package for package in records(environment) if package.name in wrong]
    unlike = changed(environment, again, every_byte=True)  # the package's own fault, and not the cache's
    if edited := [name for name in wrong if name not in unlike]:
        forget(edited, env)
    remember_right(environment, digests_of(environment, [path for paths in unlike.values() for path in paths]))
