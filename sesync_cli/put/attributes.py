"""What files carry beside their contents: attributes that users give them, which go along, and access lists (ACLs)."""

import errno
import os
from contextlib import suppress

from sesync_cli.put.entries import There

_GIVEN, _LIST = "user.", "system.posix_acl_"
_NONE_THERE = (errno.ENOTSUP, errno.ENOSYS)
_DOES_NOT_FIT = (errno.EPERM, errno.EACCES, errno.ENOSPC, errno.E2BIG, errno.EINVAL, errno.ERANGE)
SEEN = "'getfattr -d' shows them"
UNFIT = f"not all of its extended attributes do ({SEEN})"


class Carried:
    """Notes of what is to be copied what cannot go along to a place: access lists, and attributes where there are none.

    `place` is a folder that is there.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.access_lists: list[str] = []
        self.bare: list[str] = []
        self._holds: bool | None = None

    def note(self, path: str, there: There) -> None:
        """Look at one thing, unless it is there already."""
        if there in (There.SAME, There.BLOCKED):
            return
        try:
            names = os.listxattr(path, follow_symlinks=False)
        except OSError:  # what cannot be looked at is told of when it is to be copied
            return
        if any(name.startswith(_LIST) for name in names):
            self.access_lists.append(path)
        if any(name.startswith(_GIVEN) for name in names):
            if self._holds is None:
                self._holds = _holds_attributes(self.place)
            if not self._holds:
                self.bare.append(path)


def _holds_attributes(folder: str) -> bool:
    """Whether the file system of a folder knows attributes, asked for one that nobody gives."""
    try:
        os.getxattr(folder, f"{_GIVEN}sesync")
    except OSError as error:
        return error.errno not in _NONE_THERE
    return True


def copy_attributes(source: int | str, target: int | str) -> bool:
    """Give a copy the attributes that users gave to its source; False if one does not fit."""
    given = {}
    with suppress(OSError):  # a source of whose attributes nobody knows
        given = {name: os.getxattr(source, name) for name in os.listxattr(source) if name.startswith(_GIVEN)}
    fits = True
    for name, value in given.items():
        try:
            os.setxattr(target, name, value)
        except OSError as error:
            if error.errno not in (*_NONE_THERE, *_DOES_NOT_FIT):
                raise
            fits &= error.errno in _NONE_THERE
    return fits
