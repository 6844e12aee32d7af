"""What the system tells of quotas: how much one may keep in a place, and how much is kept.

A quota of a folder on XFS, ext4 or ZFS, and that of most file servers, needs no question: there a file system's size
and room are those of the quota (`disk.room`). What is left is asked for here: btrfs tells it in files below /sys, and
users' quotas, on this machine or on an NFS server, are told by the program `quota`.
"""

import os
import shutil
import struct
import time
from pathlib import Path
from typing import NamedTuple

from sesync_cli.disk import room
from sesync_cli.errors import NoAnswer
from sesync_cli.run import ProgramFailed, run

_SUBVOLUME, _SUBVOLUME_SIZE = 0x81F8943C, 504  # BTRFS_IOC_GET_SUBVOL_INFO in <linux/btrfs.h>
_FILE_SYSTEM, _FILE_SYSTEM_SIZE = 0x8400941F, 1024  # BTRFS_IOC_FS_INFO
_BTRFS = Path("/sys/fs/btrfs")
_OF_TIME = 0.7
_BLOCK = 1024  # bytes in a block of `quota`


class Quota(NamedTuple):
    """Bytes or files that are kept in a place, and how many may be."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


class Quotas(NamedTuple):
    """The quotas of a place; None where none is told."""

    bytes: Quota | None = None
    files: Quota | None = None


def quota_at_once(folder: Path) -> Quota | None:
    """The quota of a folder as the kernel tells it to everybody, at once: that of a btrfs subvolume; None elsewhere."""
    import fcntl

    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            subvolume = fcntl.ioctl(opened, _SUBVOLUME, bytes(_SUBVOLUME_SIZE))
            file_system = fcntl.ioctl(opened, _FILE_SYSTEM, bytes(_FILE_SYSTEM_SIZE))
        finally:
            os.close(opened)
        (number,) = struct.unpack_from("Q", subvolume)
        words = file_system[16:32].hex()
        uuid = "-".join((words[:8], words[8:12], words[12:16], words[16:20], words[20:]))
        return _of_group(_BTRFS / uuid / f"qgroups/0_{number}")
    except (OSError, ValueError):
        return None


def quotas_of(folder: Path, until: float) -> Quotas:
    """The quotas of a folder, the program `quota` asked too, which may ask a file server.

    `quota` gets most of the time until that moment of the monotonic clock: who asks us wants to hear without it, too.
    """
    if (quota := quota_at_once(folder)) or not (program := shutil.which("quota")):
        return Quotas(quota)
    seconds = (until - time.monotonic()) * _OF_TIME
    try:
        said = run([program, "-w", "-p", "-Q", "-f", str(room(folder).mount)], seconds=seconds).out
    except ProgramFailed as over:  # its exit code is 1 for those who are over quota, and where there is none
        said = over.output.out
    except (NoAnswer, OSError):  # what cannot be asked says no more than what is silent
        return Quotas()
    return in_words(said)


def in_words(said: str) -> Quotas:
    """The quotas in what `quota -w -p` prints of one file system; of a limit and a quota, the limit counts."""
    for line in said.splitlines():
        # file system, blocks, quota, limit, grace, and the same of files; a star marks what is too much
        words = line.replace("*", " ").rsplit(maxsplit=8)
        if len(words) == 9 and all(word.isdigit() for word in words[1:]):
            return Quotas(_told(words[1:4], _BLOCK), _told(words[5:8], 1))
    return Quotas()


def _told(words: list[str], each: int) -> Quota | None:
    used, quota, limit = (int(word) * each for word in words)
    return Quota(used, limit or quota) if limit or quota else None


def _of_group(group: Path) -> Quota | None:
    flags = int((group / "limit_flags").read_text(encoding="utf-8"))
    quotas = [
        Quota(int((group / used).read_text(encoding="utf-8")), int((group / limit).read_text(encoding="utf-8")))
        for flag, used, limit in ((1, "referenced", "max_referenced"), (2, "exclusive", "max_exclusive"))
        if flags & flag
    ]
    return min(quotas, key=lambda one: one.left, default=None)
