"""What can be wrong with git: it is not there, cannot read its settings, or does not know whose commits it makes."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.errors import NotReady
from sesync_cli.git import identity
from sesync_cli.git.folders import look_through
from sesync_cli.plan import Watch, by_hand, opening
from sesync_cli.site.settings import Site

_PLACE = re.compile(r"line (?P<line>\d+) in file (?P<file>.+)")


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The program, its settings, and for who has clones, somebody's name."""
    return (Check("git", site.data_patience_seconds, lambda: _git(caller, site)),)


def _git(caller: Caller, site: Site) -> Iterator[Finding]:
    if not shutil.which("git", path=caller.env.get("PATH")):
        hint = f"Ask {site.support} to install it."
        yield Finding("no git", "the program git is not on this machine", hint, why="Nothing can be cloned or sent.")
        return
    try:
        is_nameless = not identity.has_identity(Path("/"))
    except NotReady as error:
        yield _unreadable(error)
        return
    if is_nameless and look_through(str(caller.home)).clones:
        yield _nameless()


def _unreadable(error: NotReady) -> Finding:
    """That git does not start, mostly since it cannot read a line of its settings."""
    place = _PLACE.search(str(error))
    way = opening(place["file"], int(place["line"])) if place else ""
    hint = f"'{way}' opens it there." if place else error.hint
    return Finding("settings", str(error), hint, why="Nothing can be cloned, got or sent.", command=way)


def _nameless() -> Finding:
    known = identity.full_name()
    how = identity.how_to(identity.Identity(known, ""))
    name, email = identity.Introduce(identity.Identity(known or "YOUR NAME", "ADDRESS")).words
    return Finding(
        "no name",
        "git does not know the name that your commits shall carry",
        f"{how} set it.",
        why="JupyterLab's git buttons cannot commit; 'sesync sync -m' asks you for it.",
        command=f"{by_hand('git', *name)} && {by_hand('git', *email)}",
        broken=False,
    )
