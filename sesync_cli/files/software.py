"""Folders that hold installed software: a program has filled them, and fills them again."""

import os
from collections.abc import Collection

NAMES = frozenset({"node_modules", "__pycache__", "site-packages"})
_MARKS = ({"pyvenv.cfg"}, {"conda-meta"}, {"DESCRIPTION", "Meta"})  # of environments, and of R's packages


def are_of_software(names: Collection[str]) -> bool:
    """Whether a folder with files and folders of these names holds an environment, or a package of R's."""
    return any(mark <= set(names) for mark in _MARKS)


def is_software(folder: str) -> bool:
    """Whether this folder holds installed software, by its name or by what is in it."""
    if os.path.basename(folder) in NAMES:
        return True
    return any(all(os.path.lexists(os.path.join(folder, name)) for name in mark) for mark in _MARKS)
