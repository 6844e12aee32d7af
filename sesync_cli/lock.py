"""One run at a time on the same thing, and the names under which things are built before they appear.

Locks live on this machine's own disk, never on a file server: a lock must work when home is full, and a lock over NFS
hangs with its server. Two machines that share a home are kept apart by the last step of a plan, a rename that does not
replace what is there.
"""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from sesync_cli.disk import FULL
from sesync_cli.errors import NotReady

_PARTIAL = ".sesync-partial"
_UNFINISHED = ".sesync-unfinished"
_mine: set[str] = set()  # the locks that this run holds
_DEAD_ELSEWHERE = 24 * 3600.0  # seconds after which a leftover counts as dead whose lock is not to be seen from here


@contextlib.contextmanager
def alone(thing: Path, waiting: AbstractContextManager[object]) -> Iterator[None]:
    """Hold the lock of this path; the block `waiting` is entered while somebody else holds it."""
    from filelock import FileLock, Timeout

    if _key(thing) in _mine:
        yield
        return
    lock = FileLock(_lock_file(_key(thing)), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with waiting:
            lock.acquire(poll_interval=0.1)
    _mine.add(_key(thing))
    try:
        yield
    finally:
        _mine.discard(_key(thing))
        lock.release()


def partial(final: Path, owner: Path) -> Path:
    """Where to build what will be renamed to `final`: beside it, hidden, known to `sweep` by the lock of `owner`."""
    return final.with_name(f"{_PARTIAL}-{_key(owner)}-{_host()}-{final.name}")


def mark_unfinished(folder: Path, owner: Path, named_in: Path, as_: str) -> None:
    """Say in a folder that it counts for nothing unless the file `named_in` has the words `as_`."""
    with (folder / _UNFINISHED).open("w") as file:
        number = os.fstat(file.fileno()).st_ino  # which no file that came out of a repository or an archive can know
        # from here too: a home that moves takes both along
        from_here = os.path.relpath(os.path.realpath(named_in), os.path.realpath(folder))
        file.write(f"{_key(owner)}-{_host()}-\n{named_in}\n{as_}\n{number}\n{from_here}\n")


def mark_finished(folder: Path) -> None:
    (folder / _UNFINISHED).unlink(missing_ok=True)


def is_unfinished(folder: Path) -> bool:
    """Whether a killed run left this folder, or another run is making it right now."""
    try:
        with open(os.path.join(folder, _UNFINISHED)) as file:
            _, named_in, words, number, *from_here = file.read().splitlines()
            is_ours = number == str(os.fstat(file.fileno()).st_ino)
    except (OSError, ValueError):
        return False
    places = (named_in, *(os.path.join(folder, one) for one in from_here))
    return is_ours and not any(_has(place, words) for place in places)


def _has(file: str, words: str) -> bool:
    try:
        return words in Path(file).read_text(errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # what cannot be read may well name it


def sweep(folder: Path) -> None:
    """Remove what killed runs left in this folder: partial and unfinished things whose lock nobody holds."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if owner := _owner(entry):
                _remove_dead(entry, owner)


def in_the_making(folder: Path) -> Iterator[tuple[Path, str, bool]]:
    """The partial and unfinished things in a folder: each with its final name, and whether its builder is at work."""
    with contextlib.suppress(OSError):
        for entry in sorted(folder.iterdir(), key=str):
            key, _, place = _owner(entry).partition("\n")[0].partition("-")
            host, dash, name = place.partition("-")
            if dash:
                yield entry, name or entry.name, _is_held(key) if host == _host() else _is_fresh(entry)


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
    if entry.name.startswith(_PARTIAL):
        return entry.name.removeprefix(f"{_PARTIAL}-")
    if not entry.is_symlink() and is_unfinished(entry):  # what a link leads to may be on a hung server
        return (entry / _UNFINISHED).read_text()
    return ""


def _remove_dead(entry: Path, owner: str) -> None:
    from filelock import FileLock, Timeout

    key, _, place = owner.partition("-")
    host, dash, _ = place.partition("-")
    if not dash:
        return  # somebody else's name
    if host != _host():
        if not _is_fresh(entry):
            remove(entry)
        return
    # held until all is gone, since a new run builds under the same name; and the old one may have ended well meanwhile
    with contextlib.suppress(Timeout), FileLock(_lock_file(key), timeout=0, mode=0o600):
        if _owner(entry) == owner:
            partial_name = f"{_PARTIAL}-{key}-{host}-{entry.name}"
            remove(entry) if entry.name.startswith(_PARTIAL) else vanish(entry, entry.with_name(partial_name))


def _is_held(key: str) -> bool:
    """Whether another run holds this lock, asked without taking it."""
    import fcntl

    if key in _mine:
        return False
    try:
        file = os.open(_lock_file(key), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _is_fresh(entry: Path) -> bool:
    return time.time() - entry.lstat().st_mtime <= _DEAD_ELSEWHERE


def _key(thing: Path) -> str:
    import hashlib

    real = os.path.join(os.path.realpath(thing.parent), thing.name)
    return hashlib.sha256(os.fsencode(real)).hexdigest()[:16]


def _host() -> str:
    """Whose locks are meant: this machine's, in this folder for locks, which another TMPDIR would change."""
    return f"{os.uname().nodename.partition('.')[0].replace('-', '_')}_{_key(scratch())[:6]}"


def scratch() -> Path:
    """The user's own folder on this machine's disk, for locks and for what is thrown away after a run."""
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"sesync-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
        raise NotReady(f"{folder} belongs to somebody else", hint="Ask support to remove it.")
    return folder


def _lock_file(key: str) -> str:
    return str(scratch() / key)
