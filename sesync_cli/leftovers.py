"""What is built before it appears, and what killed runs leave: under names that the next run knows, and removes."""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sesync_cli.disk import FULL, PARTIAL
from sesync_cli.lock import hold_if_free, host, is_held, key_of, scratch

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}  # a file system without hard links
_UNFINISHED = ".sesync-unfinished"
_DEAD_ELSEWHERE = 24 * 3600.0  # seconds after which a leftover counts as dead whose lock is not to be seen from here


def partial(final: Path, owner: Path) -> Path:
    """Where to build what will be renamed to `final`: beside it, hidden, known to `sweep` by the lock of `owner`."""
    return final.with_name(f"{PARTIAL}-{key_of(owner)}-{host()}-{final.name}")


@contextlib.contextmanager
def written_whole(
    path: Path, owner: Path, mode: int = 0o600, *, beside: Path | None = None, replaces: bool = True
) -> Iterator[BinaryIO]:
    """A file to write that has its name once the block ends well, whole or not at all; its rights are there before.

    `owner` is the path whose lock is held meanwhile; FileExistsError where something is there that is not replaced.
    """
    beside = beside or partial(path, owner)
    remove(beside)
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
        beside.replace(path) if replaces else appear(beside, path)
    finally:
        with contextlib.suppress(OSError):
            remove(beside)


def appear(made: Path, final: Path) -> None:
    """Give a finished file its name, which it may keep beside the one that it has: FileExistsError if that is taken."""
    try:
        os.link(made, final)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from None
        made.rename(final)


@contextlib.contextmanager
def throwaway(kind: str) -> Iterator[Path]:
    """A new folder on this machine's own disk that is gone with the block, or once its process is no more."""
    import tempfile

    for old in scratch().glob(f"{kind}-*"):
        _remove_unheld(old)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=scratch()))
        with contextlib.suppress(FileNotFoundError):  # another run may take it for a dead one's before it is held
            held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(held, fcntl.LOCK_EX)
            if os.path.exists(folder):
                break
            os.close(held)
    try:
        yield folder
    finally:
        remove(folder)
        os.close(held)


def _remove_unheld(folder: Path) -> None:
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(folder)
    except OSError:
        return  # its run is at work
    finally:
        os.close(held)


def mark_unfinished(folder: Path, owner: Path, named_in: Path, as_: str) -> None:
    """Say in a folder that it counts for nothing unless the file `named_in` has the words `as_`."""
    with (folder / _UNFINISHED).open("w", encoding="utf-8", errors="surrogateescape") as file:
        number = os.fstat(file.fileno()).st_ino  # which no file that came out of a repository or an archive can know
        # from here too: a home that moves takes both along
        from_here = os.path.relpath(os.path.realpath(named_in), os.path.realpath(folder))
        file.write(f"{key_of(owner)}-{host()}-\n{named_in}\n{as_}\n{number}\n{from_here}\n")


def mark_finished(folder: Path) -> None:
    (folder / _UNFINISHED).unlink(missing_ok=True)


def is_unfinished(folder: Path) -> bool:
    """Whether a killed run left this folder, or another run is making it right now."""
    try:
        with open(os.path.join(folder, _UNFINISHED), encoding="utf-8", errors="surrogateescape") as file:
            _, named_in, words, number, *from_here = file.read().splitlines()
            is_ours = number == str(os.fstat(file.fileno()).st_ino)
    except (OSError, ValueError):
        return False
    places = (named_in, *(os.path.join(folder, one) for one in from_here))
    return is_ours and not any(_has(place, words) for place in places)


def _has(file: str, words: str) -> bool:
    try:
        return words in Path(file).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # what cannot be read may well name it


def sweep(folder: Path) -> bool:
    """Remove what killed runs left in this folder, whose lock nobody holds; whether there was any."""
    found = False
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if owner := _owner(entry):
                _remove_dead(entry, owner)
                found = found or not os.path.lexists(entry)
    return found


def in_the_making(folder: Path) -> Iterator[tuple[Path, str, bool]]:
    """The partial and unfinished things in a folder: each with its final name, and whether its builder is at work."""
    with contextlib.suppress(OSError):
        for entry in sorted(folder.iterdir(), key=str):
            key, _, place = _owner(entry).partition("\n")[0].partition("-")
            where, dash, name = place.partition("-")
            if dash:
                yield entry, name or entry.name, is_held(key) if where == host() else _is_fresh(entry)


def vanish(path: Path, aside: Path) -> None:
    """Remove a folder, first out of sight by one rename to `aside`: no half of it is ever taken for a whole."""
    remove(aside)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in FULL:
            raise
        remove(path)  # some full file systems let one remove, but not rename
    remove(aside)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, read-only parts included; nothing there is fine."""
    try:
        path.unlink(missing_ok=True)
    except (IsADirectoryError, PermissionError) as error:  # asked before, it could be out of date if two run at once
        if isinstance(error, PermissionError) and (path.is_symlink() or not path.is_dir()):
            raise
        import shutil

        shutil.rmtree(path, onerror=_open_up)


def _open_up(function, path: str, _) -> None:  # type: ignore[no-untyped-def]
    # a folder without the write bit (git's objects, a careless package) keeps its own from being removed, and a
    # program that was just ended may have written one file more
    if not os.path.lexists(path):
        return
    for one in (os.path.dirname(path), path):
        if not os.path.islink(one):
            os.chmod(one, stat.S_IRWXU)
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil

        shutil.rmtree(path)
    else:
        os.unlink(path)


def _owner(entry: Path) -> str:
    """Lock and machine of the run that left this partial or unfinished thing; empty for all other things."""
    if entry.name.startswith(PARTIAL):
        return entry.name.removeprefix(f"{PARTIAL}-")
    if not entry.is_symlink() and is_unfinished(entry):  # what a link leads to may be on a hung server
        return (entry / _UNFINISHED).read_text(encoding="utf-8", errors="surrogateescape")
    return ""


def _remove_dead(entry: Path, owner: str) -> None:
    key, _, place = owner.partition("-")
    where, dash, _ = place.partition("-")
    if not dash:
        return  # somebody else's name
    if where != host():
        if not _is_fresh(entry):
            remove(entry)
        return
    # held until all is gone, since a new run builds under the same name; and the old one may have ended well meanwhile
    with hold_if_free(key) as is_free:
        if is_free and _owner(entry) == owner:
            partial_name = f"{PARTIAL}-{key}-{where}-{entry.name}"
            remove(entry) if entry.name.startswith(PARTIAL) else vanish(entry, entry.with_name(partial_name))


def _is_fresh(entry: Path) -> bool:
    return time.time() - entry.lstat().st_mtime <= _DEAD_ELSEWHERE
