"""Modes and groups: a source's own, and the rights that a shared folder gives to its group."""

import errno
import os
import stat
import struct
from collections.abc import Set
from typing import NamedTuple, Self

_GROUP, _MASK = 0x04, 0x10  # ACL_GROUP_OBJ and ACL_MASK in <linux/posix_acl.h>
_REFUSED = (errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS)


class Folder(NamedTuple):
    """What a folder gives to what comes into it: its group, that group's rights as the bits of a mode, and whether it
    hands down a list of rights (ACL), in which case they are the most that anybody on it gets."""

    group: int
    rights: int
    inherited: bool

    @classmethod
    def at(cls, path: str) -> Self:
        found = os.stat(path)
        handed, own = (_acl(path, f"system.posix_acl_{kind}") for kind in ("default", "access"))
        if handed:
            return cls(found.st_gid, handed.get(_MASK, handed.get(_GROUP, 0)) << 3, True)
        # with a list, the group's bits of a mode are the most that anybody on the list gets, and not the group's
        return cls(found.st_gid, own[_GROUP] << 3 if _GROUP in own else found.st_mode & stat.S_IRWXG, False)


class OwnMode(NamedTuple):
    """The mode and the group of a source."""

    mode: int
    group: int

    @classmethod
    def of(cls, source: int | str, found: os.stat_result) -> Self:
        """With an access list, the group's bits of the mode are the most that anybody on it gets: then it is asked."""
        mode = stat.S_IMODE(found.st_mode) & 0o777
        if mode & stat.S_IRWXG and (own := _acl(source, "system.posix_acl_access")):
            mode = mode & ~stat.S_IRWXG | (own.get(_GROUP, 0) & own.get(_MASK, 0o7)) << 3
        return cls(mode, found.st_gid)


class FolderRights:
    """What each folder gives. `new` ones give no more than the folder that they are made in, `closed` ones nothing."""

    def __init__(self, new: Set[str], closed: Set[str]) -> None:
        self.new, self.closed = new, closed
        self._known: dict[str, Folder] = {}

    def at(self, path: str) -> Folder:
        """What a folder gives that is there by now."""
        if path not in self._known:
            found = Folder.at(path)
            if path in self.closed:
                found = found._replace(rights=0, inherited=False)
            elif path in self.new:
                found = found._replace(rights=found.rights & self.at(os.path.dirname(path)).rights)
            self._known[path] = found
        return self._known[path]


def share(file: int, source: OwnMode, folder: Folder) -> bool:
    """Give an open file the group of its folder, and that group the folder's own rights.

    Somebody who is not in that group cannot give it: then nobody gets more rights than they had, and it is False,
    unless the folder hands down a list that says who gets which.
    """
    shared = _give_group(file, folder.group) or folder.inherited
    os.fchmod(file, file_mode(kept_mode(source, os.fstat(file).st_gid), folder.rights if shared else 0))
    return shared


def share_folder(path: str, source: OwnMode, above: Folder) -> bool:
    """The same for a new folder; what comes into it later has its group, too."""
    inherits = os.stat(path).st_gid == above.group
    given = inherits or _give_group(path, above.group)
    shared = given or above.inherited
    made = os.stat(path).st_mode | (stat.S_ISGID if given and not inherits else 0)
    mode = kept_mode(source, os.stat(path).st_gid)
    os.chmod(path, folder_mode(mode, above.rights if shared else 0, made) | stat.S_IRWXU)
    return shared


def kept_mode(source: OwnMode, group: int) -> int:
    """A source's mode; what it gives to its own group is none of another group's, but for what all others have."""
    mode = source.mode
    return mode if source.group == group else mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3


def file_mode(source: int, rights: int) -> int:
    """A file's mode, from its source's and the rights in its folder: who may read and write there may do so here.

    What its owner has protected from writing is protected from the group, too.
    """
    mode = source & 0o777 | rights & (0o060 if source & stat.S_IWUSR else 0o040)
    return mode | 0o010 if mode & 0o100 and mode & 0o040 else mode


def folder_mode(source: int, rights: int, made: int) -> int:
    """A new folder's mode; `made` is what the kernel gave it, the group's inheritance included."""
    given = rights & (0o070 if source & stat.S_IWUSR else 0o050)
    return source & 0o777 | given | stat.S_IMODE(made) & stat.S_ISGID


def _acl(path: int | str, name: str) -> dict[int, int]:
    """The rights in a list as <linux/posix_acl_xattr.h> has it: those of the group, and the most that anybody gets."""
    try:
        text = os.getxattr(path, name)
    except OSError:
        return {}
    return {kind: rights for kind, rights, _ in struct.iter_unpack("<HHI", text[4:]) if kind in (_GROUP, _MASK)}


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
