"""One run at a time on the same thing.

Locks live on this machine's own disk, never on a file server: a lock must work when home is full, and a lock over NFS
hangs with its server. Two machines that share a home are kept apart by the last step of a plan, a rename that does not
replace what is there.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from sesync_cli.errors import NotReady

_mine: set[str] = set()  # the locks that this run holds
_LONGEST = 100  # letters in a note of who has a lock
_ME = f"{os.getpid()}-{time.monotonic_ns()}"

Since = Callable[[int], bool]
"""Whether another run has held one of these locks since that moment, of `time.monotonic_ns` (all runs share it)."""


@contextlib.contextmanager
def alone(thing: Path, waiting: AbstractContextManager[object]) -> Iterator[None]:
    """Hold the lock of this path; the block `waiting` is entered while somebody else holds it."""
    with hold((thing,), waiting):
        yield


@contextlib.contextmanager
def hold(things: Iterable[Path], waiting: AbstractContextManager[object]) -> Iterator[Since]:
    """Hold the locks of all these paths, taken in one order by everybody, so that no two runs wait for each other."""
    new = sorted({key_of(thing) for thing in things} - _mine)
    with ExitStack() as held:
        _acquire(new, held, waiting)
        hands = [_last_hands(key) for key in new]
        for key in new:
            held.callback(_let_go, key)
            _mine.add(key)
            _sign(key, "")
        yield lambda moment: any(who != _ME and (at is None or at >= moment) for who, at in hands)


@contextlib.contextmanager
def hold_if_free(key: str) -> Iterator[bool]:
    """Hold this lock while the block lasts if nobody does; whether it was free."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_file(key), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def key_of(thing: Path) -> str:
    """What names the lock of a path, by whatever way the path leads there."""
    import hashlib

    real = os.path.join(os.path.realpath(thing.parent), thing.name)
    return hashlib.sha256(os.fsencode(real)).hexdigest()[:16]


def is_held(key: str) -> bool:
    """Whether another run holds this lock, asked without taking it."""
    import fcntl

    if key in _mine:
        return False
    try:
        file = os.open(lock_file(key), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def host() -> str:
    """Whose locks are meant: this machine's, in this folder for locks, which another TMPDIR would change."""
    return f"{os.uname().nodename.partition('.')[0].replace('-', '_')}_{key_of(scratch())[:6]}"


def scratch() -> Path:
    """The user's own folder on this machine's disk, for locks and for what is thrown away after a run."""
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"sesync-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
        raise NotReady(f"{folder} belongs to somebody else", hint="Ask support to remove it.")
    return folder


def lock_file(key: str) -> str:
    return str(scratch() / key)


def _acquire(keys: Iterable[str], held: ExitStack, waiting: AbstractContextManager[object]) -> None:
    from filelock import FileLock, Timeout

    with ExitStack() as shown:
        for key in keys:
            lock = FileLock(lock_file(key), mode=0o600)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                shown.enter_context(waiting)
                waiting = contextlib.nullcontext()
                lock.acquire(poll_interval=0.1)
            held.callback(lock.release)


def _let_go(key: str) -> None:
    _mine.discard(key)
    _sign(key, str(time.monotonic_ns()))


def _last_hands(key: str) -> tuple[str, int | None]:
    """Which run had this lock last, and when it let go of it; None for the time if it was killed before that."""
    try:
        with open(os.open(_signature(key), os.O_RDONLY | os.O_NONBLOCK), encoding="utf-8") as file:
            who, at = file.read(_LONGEST).split(" ")
            return who, int(at) if at else None
    except FileNotFoundError:
        return "", -1
    except (OSError, ValueError):
        return "", None


def _sign(key: str, moment: str) -> None:
    """Say beside a lock who has it, or had it until which moment."""
    with contextlib.suppress(OSError):  # a full disk keeps nobody from working
        new = os.open(_signature(key), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NONBLOCK, 0o600)
        with open(new, "w", encoding="utf-8") as file:
            file.write(f"{_ME} {moment}")


def _signature(key: str) -> str:
    return f"{lock_file(key)}.last"
