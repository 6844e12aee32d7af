"""Modes and further attributes: a source's own, and the rights that a shared folder gives to its group."""

import errno
import os
import stat

_REFUSED = (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENOSPC, errno.E2BIG, errno.EINVAL)


def file_mode(source: int, folder: int) -> int:
    """A file's mode, from its source's and that of its folder: who may read and write there may read and write it."""
    mode = source & 0o777 | folder & 0o060
    return mode | 0o010 if mode & 0o100 and mode & 0o040 else mode


def folder_mode(source: int, folder: int, made: int) -> int:
    """A new folder's mode; `made` is what the kernel gave it, the group's inheritance included."""
    return source & 0o777 | folder & 0o070 | stat.S_IMODE(made) & stat.S_ISGID


def copy_attributes(source: int, target: int) -> None:
    """The attributes that users may set; a file system that cannot hold them does without."""
    try:
        for name in os.listxattr(source):
            if name.startswith("user."):
                os.setxattr(target, name, os.getxattr(source, name))
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
