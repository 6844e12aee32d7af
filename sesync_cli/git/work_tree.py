"""Which work tree a folder is in, told without git."""

import os
from pathlib import Path

_AUTOMOUNTER = "autofs"


def work_tree(folder: str | Path) -> Path | None:
    """The top of the work tree that a folder is in, as it is really called; None where it is in none.

    As by git's default (git-scm.com, GIT_DISCOVERY_ACROSS_FILESYSTEM), none is looked for above the file system that
    the folder is on. An automounter, which takes `.git` for something that it is to mount, is never asked.
    """
    from sesync_cli.directory import file_system

    place = os.path.realpath(folder)
    try:
        device = os.stat(place).st_dev
        if file_system(place) == _AUTOMOUNTER:
            return None
        while not os.path.lexists(os.path.join(place, ".git")):
            place, below = os.path.dirname(place), place
            if place == below or os.stat(place).st_dev != device:
                return None
    except OSError:
        return None
    return Path(place)


def is_top(folder: Path) -> bool:
    """Whether a folder is the top of a work tree."""
    return work_tree(folder) == Path(os.path.realpath(folder))
