"""Which work tree a folder is in, told without git."""

import os
from pathlib import Path

_AUTOMOUNTER = "autofs"


def work_tree(folder: str | Path) -> Path | None:
    """The top of the work tree that a folder is in, by the way that the folder is named; None where it is in none.

    It is named as it is really called where that way, which may go by links, does not lead through it.
    As by git's default (git-scm.com, GIT_DISCOVERY_ACROSS_FILESYSTEM), none is looked for above the file system that
    the folder is on. An automounter, which takes `.git` for something that it is to mount, is never asked.
    """
    top, named = _top(os.path.realpath(folder)), Path(folder)
    if not top:
        return None
    return next((one for one in (named, *named.parents) if os.path.realpath(one) == top), Path(top))


def project_tree(folder: str | Path) -> Path | None:
    """The work tree that a folder is in as a project; one that the home itself is in (settings kept in git) is none."""
    top, home = work_tree(folder), Path(os.path.realpath(os.path.expanduser("~")))
    return None if top and home.is_relative_to(os.path.realpath(top)) else top


def is_top(folder: Path) -> bool:
    """Whether a folder is the top of a work tree."""
    real = os.path.realpath(folder)
    return _top(real) == real


def _top(place: str) -> str:
    """The top of the work tree that a real path is in; empty where it is in none."""
    from sesync_cli.directory import file_system

    try:
        device = os.stat(place).st_dev
        if file_system(place) == _AUTOMOUNTER:
            return ""
        while not os.path.lexists(os.path.join(place, ".git")):
            place, below = os.path.dirname(place), place
            if place == below or os.stat(place).st_dev != device:
                return ""
    except OSError:
        return ""
    return place
