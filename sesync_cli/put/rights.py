"""Modes, groups and further attributes: a source's own, and the rights that a shared folder gives to its group."""

import errno
import os
import stat
from typing import NamedTuple, Self

_REFUSED = (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENOSPC, errno.E2BIG, errno.EINVAL, errno.ENOSYS)


class Folder(NamedTuple):
    """What a folder gives to what comes into it: its mode, its group, and whether it hands down a list of rights."""

    mode: int
    group: int
    inherited: bool

    @classmethod
    def at(cls, path: str) -> Self:
        found = os.stat(path)
        try:
            inherited = bool(os.getxattr(path, "system.posix_acl_default"))
        except OSError:
            inherited = False
        return cls(found.st_mode, found.st_gid, inherited)


def share(file: int, source: int, folder: Folder) -> bool:
    """Give an open file, whose source has this mode, the group of its folder, and that group the folder's own rights.

    Somebody who is not in that group cannot give it: then nobody gets more rights than they had, and it is False,
    unless the folder has a list of its own that says who gets which.
    """
    shared = _give_group(file, folder.group) or folder.inherited
    os.fchmod(file, file_mode(source, folder.mode if shared else 0))
    return shared


def share_folder(path: str, source: int, above: Folder) -> bool:
    """The same for a new folder; what comes into it later has its group, too."""
    inherits = os.stat(path).st_gid == above.group
    given = inherits or _give_group(path, above.group)
    shared = given or above.inherited
    made = os.stat(path).st_mode | (stat.S_ISGID if given and not inherits else 0)
    os.chmod(path, folder_mode(source, above.mode if shared else 0, made) | stat.S_IRWXU)
    return shared


def file_mode(source: int, folder: int) -> int:
    """A file's mode, from its source's and that of its folder: who may read and write there may read and write it.

    What its owner has protected from writing is protected from the group, too.
    """
    mode = source & 0o777 | folder & (0o060 if source & stat.S_IWUSR else 0o040)
    return mode | 0o010 if mode & 0o100 and mode & 0o040 else mode


def folder_mode(source: int, folder: int, made: int) -> int:
    """A new folder's mode; `made` is what the kernel gave it, the group's inheritance included."""
    given = folder & (0o070 if source & stat.S_IWUSR else 0o050)
    return source & 0o777 | given | stat.S_IMODE(made) & stat.S_ISGID


def copy_attributes(source: int, target: int) -> None:
    """The attributes that users may set; a file system that cannot hold them does without."""
    try:
        for name in os.listxattr(source):
            if name.startswith("user."):
                os.setxattr(target, name, os.getxattr(source, name))
    except OSError as error:
        if error.errno not in _REFUSED:
            raise


def _give_group(file: int | str, group: int) -> bool:
    """Give a group to a file; some file systems refuse, and others just do nothing."""
    if os.stat(file).st_gid == group:
        return True
    try:
        os.chown(file, -1, group)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return False
    return os.stat(file).st_gid == group
