"""What can be wrong with git itself: it is not there, or does not know whose commits it makes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.git import identity
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The program, and somebody's name."""
    return (Check("git", site.data_patience_seconds, lambda: _git(caller, site)),)


def _git(caller: Caller, site: Site) -> Iterator[Finding]:
    if not shutil.which("git", path=caller.env.get("PATH")):
        yield Finding("no git", "the program git is not on this machine", f"Ask {site.support} to install it.")
    elif not identity.has_identity(Path("/")):
        how = identity.how_to(identity.Identity("", ""))
        yield Finding("no name", "git does not know the name that your commits shall carry", f"{how} set it.")
