"""Who has a file open for writing: the kernel tells by a lease, and where leases tell nothing, /proc does."""

import errno
import os
import signal
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from typing import NamedTuple

from sesync_cli.directory import file_system

_TELLING = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs"})
"""File systems whose leases tell of writers. Those of servers refuse leases for other reasons, too."""

Identity = tuple[int, int]  # device and inode


CLOSE = "Close it there: in JupyterLab: Kernel ▸ Shut Down Kernel."


class Use(NamedTuple):
    """What to say of a file that is written, after its name, and what to do."""

    words: str
    hint: str


_THEIRS = Use("belongs to somebody else, whose programs one cannot see", "Leave out '--move' to copy it.")


class BeingWritten(Exception):
    """A program has the file open for writing; the argument says which."""


class Writers:
    """Looks for programs that write; knows after the first file of a file system what its leases tell."""

    def __init__(self) -> None:
        self.kinds: dict[int, str] = {}
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # sent when somebody opens a file while we have its lease

    def of(self, files: Iterable[tuple[str, os.stat_result]]) -> dict[str, "Use"]:
        """Those of these files that somebody writes, or may write, and who it is.

        On a file server it is known of one's own programs only.
        """
        written: dict[Identity, str] = {}
        doubtful: dict[Identity, str] = {}
        for path, found in files:
            leased = self._is_leased(path, found.st_dev)
            if not leased:
                (doubtful if leased is None else written)[found.st_dev, found.st_ino] = path
        if not written and not doubtful:
            return {}
        programs = dict(_programs(written.keys() | doubtful.keys()))
        sure = {path: _open_in(programs.get(identity, "a program")) for identity, path in written.items()}
        sure |= {path: _open_in(programs[identity]) for identity, path in doubtful.items() if identity in programs}
        theirs = (path for (device, _), path in doubtful.items() if self.kinds[device] in _TELLING)
        return dict.fromkeys(theirs, _THEIRS) | sure

    def has(self, path: str, found: os.stat_result) -> bool:
        """Whether somebody writes this file, where a lease tells it."""
        return self._is_leased(path, found.st_dev) is False

    def _is_leased(self, path: str, device: int) -> bool | None:
        """Whether we get a read lease, which nobody does while somebody writes; None where that tells nothing."""
        import fcntl

        if device not in self.kinds:
            self.kinds[device] = file_system(path)
        if self.kinds[device] not in _TELLING:
            return None
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return False if error.errno == errno.EAGAIN else None
        finally:
            os.close(file)
        return True


def _open_in(program: str) -> Use:
    return Use(f"is open for writing in {program}", CLOSE)


def _programs(wanted: Set[Identity]) -> Iterator[tuple[Identity, str]]:
    """The programs that have these files open for writing, or mapped into their memory so."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            fds = [one.fd for one in process.open_files() if one.mode != "r"]
            paths = [f"/proc/{process.pid}/fd/{fd}" for fd in fds] + list(_mapped(process.pid, wanted))
            for identity in {(found.st_dev, found.st_ino) for found in map(os.stat, paths)} & wanted:
                is_kernel = any("ipykernel" in word for word in process.cmdline())
                yield identity, f"{'a notebook' if is_kernel else process.name()} (process {process.pid})"


def _mapped(process: int, wanted: Set[Identity]) -> Iterator[bytes]:
    """The files that a process has mapped so that what it writes goes into them, of those with wanted inodes."""
    inodes = {str(inode).encode() for _, inode in wanted}
    with open(f"/proc/{process}/maps", "rb") as maps:
        for line in maps:
            _, rights, _, _, inode, *path = line.split(None, 5)
            if rights[1:4:2] == b"ws" and inode in inodes:
                yield path[0].removesuffix(b"\n")
