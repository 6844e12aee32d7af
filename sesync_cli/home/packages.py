"""One's own Python packages, in ~/.local or where PYTHONUSERBASE says: beside all kernels, and seen by many."""

from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.last_look import LookKind
from sesync_cli.site.settings import Site

KIND = LookKind("packages", [{"python_version": str, "folder": str, "count": int}])


def look(caller: Caller, site: Site) -> list[dict[str, Any]]:
    """How many there are for each Python that has any."""
    # imported by the child that looks
    from sesync_cli.python.distributions import packages_of
    from sesync_cli.python.environments import user_folders

    found = []
    for version, folder in user_folders(caller).items():
        if count := len({package.name for package in packages_of(folder)}):
            found.append({"python_version": version, "folder": str(folder), "count": count})
    return found
