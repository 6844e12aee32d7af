"""Files that kernels share by hard links with uv's cache: an edit in one kernel must not become an edit in all.

They have no write bits. Who edits one all the same, as root can, edits the cache too: what looks edited in it is had
anew before another kernel takes it.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sesync_cli.errors import NotReady, SesyncError
from sesync_cli.kernel.installer import forget
from sesync_cli.kernel.record import changed, infos, package_of, remember_right
from sesync_cli.names import listed

_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_COPY = ".sesync-copy"  # in an environment: a file that is to take the place of another


def keep_to_oneself(environment: Path) -> None:
    """Take the write bits from files that have other names elsewhere; those of another account become one's own copies.

    An installer replaces files and does not write into them, so that it needs no such bit.
    """
    me = os.geteuid()
    for path, facts in _files(environment):
        if facts.st_nlink == 1:
            continue
        try:
            if facts.st_uid != me:
                raise PermissionError
            if facts.st_mode & _WRITE:
                os.chmod(path, stat.S_IMODE(facts.st_mode) & ~_WRITE)
        except PermissionError:
            beside = environment / _COPY
            shutil.copy2(path, beside)
            os.replace(beside, path)


def have_as_published(
    environment: Path,
    among: Iterable[Path] | None,
    install: Callable[[Sequence[str]], None],
    env: Mapping[str, str],
    *,
    every_byte: bool = False,
) -> None:
    """Have those packages again whose files are not as their RECORD says, past the cache, which has them so too.

    `among` are the folders of metadata of those that were just installed, all by default; `install` installs the same
    once more, with more words for uv.
    """
    wrong = changed(environment, among, every_byte=every_byte)
    if not wrong:
        return
    words = [] if forget(list(wrong), env) else ["--no-cache"]
    try:
        install([*words, *(word for name in wrong for word in ("--reinstall-package", name))])
    except SesyncError as error:
        files = listed(path for paths in wrong.values() for path in paths[:1])
        message = f"{files} in uv's cache was edited, and {listed(wrong)} cannot be had anew: {error}"
        raise NotReady(message, hint=error.hint) from None
    again = [info for info in infos(environment) if package_of(info)[0] in wrong]
    for paths in changed(environment, again, every_byte=True).values():
        remember_right(environment, paths)


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every regular file below a folder; links are not followed."""
    folders = [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry.path, entry.stat(follow_symlinks=False)
