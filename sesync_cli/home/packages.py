"""One's own Python packages, in ~/.local or where PYTHONUSERBASE says: beside all kernels, and seen by many."""

import os
import re
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.last_look import LookKind
from sesync_cli.site.settings import Site

KIND = LookKind("packages", [{"python_version": str, "folder": str, "count": int}])

_OF_PYTHON = re.compile(r"python(3\.\d+)")


def look(caller: Caller, site: Site) -> list[dict[str, Any]]:
    """How many there are for each Python that has any."""
    from sesync_cli.python.distributions import packages_of  # imported by the child that looks

    lib, found = Path(caller.env.get("PYTHONUSERBASE") or caller.home / ".local") / "lib", []
    versions = [match[1] for name in _names_in(lib) if (match := _OF_PYTHON.fullmatch(name))]
    for version in sorted(versions, key=lambda version: [int(part) for part in version.split(".")]):
        folder = lib / f"python{version}" / "site-packages"
        if count := len({package.name for package in packages_of(folder)}):
            found.append({"python_version": version, "folder": str(folder), "count": count})
    return found


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
