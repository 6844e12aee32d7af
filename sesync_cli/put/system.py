"""What Linux can and Python does not offer, called in the C library."""

import ctypes
import errno
import os

_NOREPLACE = 1  # RENAME_NOREPLACE in <linux/fs.h>
_HERE = -100  # AT_FDCWD in <fcntl.h>
_UNKNOWN = (errno.EINVAL, errno.ENOSYS)  # NFS, for one, cannot rename without replacing
_LINKLESS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

_libc = ctypes.CDLL(None, use_errno=True)


def flush(file: int) -> None:
    """Have all that was written to the file system of this open file be on its disk or its server."""
    _checked(_libc.syncfs(file), "")


def appear(path: str, final: str) -> None:
    """Give a file its final name, atomically, unless that is taken: FileExistsError."""
    try:
        _checked(_libc.renameat2(_HERE, os.fsencode(path), _HERE, os.fsencode(final), _NOREPLACE), final)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        _link(path, final)


def _link(path: str, final: str) -> None:
    try:
        os.link(path, final)
    except OSError as error:
        if error.errno not in _LINKLESS:
            raise
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), final) from None
        return os.rename(path, final)
    os.unlink(path)


def _checked(result: int, path: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path or None)
