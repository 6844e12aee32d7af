"""Which Python a folder is for, as its `.python-version` (pyenv, uv) or `runtime.txt` (mybinder.org) says."""

import re
from contextlib import suppress
from pathlib import Path

from sesync_cli.errors import SesyncError
from sesync_cli.requirements.text import read_text

_VERSION = re.compile(r"(?:c?python-?)?(?P<minor>3\.\d+)(?:\.\d+)?(?:[-+.].*)?")
_FILES = (".python-version", "runtime.txt")


def python_beside(folder: Path, asked: str) -> str:
    """The minor version that a file in the folder says, if what is `asked` allows it or nothing is; else that."""
    for name in _FILES:
        if minor := _minor_in(folder / name):
            return minor if _may_be(minor, asked) else asked
    return asked


def _minor_in(file: Path) -> str:
    with suppress(SesyncError):
        for line in read_text(file).splitlines():
            if said := _VERSION.fullmatch(line.strip()):
                return said["minor"]
    return ""


def _may_be(minor: str, asked: str) -> bool:
    from sesync_cli.python.specifier import fits

    return not asked or any(fits(asked)(f"{minor}.{patch}") for patch in range(40))
