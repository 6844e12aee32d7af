"""How git is told to get along with Git LFS, whether its program and its server are there or not."""

import shlex
import shutil
import sys
from functools import cache

from sesync_cli.git import lfs_clean

PATIENCE = ("-c", "lfs.transfer.maxRetries=2", "-c", "lfs.dialTimeout=10", "-c", "lfs.activityTimeout=60")
"""Settings by which a server that does not answer is given up."""
LENIENT = {"GIT_LFS_SKIP_DOWNLOAD_ERRORS": "1"}
"""The variable by which a file that cannot be had stays a stand-in, and keeps nothing else from coming."""
FILTER = "lfs"
"""What the filter is called that puts small files in the place of large ones."""


@cache
def has_program() -> bool:
    """Whether the program is there."""
    return bool(shutil.which("git-lfs"))


def unfiltered() -> tuple[str, ...]:
    """Settings by which git does without the program where it is not there: what is got are stand-ins then."""
    if has_program():
        return ()
    process = shlex.join([sys.executable, "-I", lfs_clean.__file__])
    values = ("required=false", "smudge=", "clean=", f"process={process}")
    return tuple(word for value in values for word in ("-c", f"filter.{FILTER}.{value}"))
