"""A folder on this machine's own disk for what a run throws away; if it is killed, the next run removes it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.lock import remove, scratch


@contextlib.contextmanager
def bench(kind: str) -> Iterator[Path]:
    """A new folder that is gone with the block, or with the next bench of this kind once this process is no more."""
    import tempfile

    for old in scratch().glob(f"{kind}-*"):
        _remove_dead(old)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=scratch()))
        held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(held, fcntl.LOCK_EX)
        if os.path.exists(folder):
            break
        os.close(held)  # another run has taken it for a dead one's before it was held
    try:
        yield folder
    finally:
        remove(folder)
        os.close(held)


def _remove_dead(folder: Path) -> None:
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
