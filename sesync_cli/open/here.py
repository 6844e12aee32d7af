"""What the folder that somebody is in says of what they mean: its project, or the page of its repository."""

import os
import time
from contextlib import suppress
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.git.address import read_address
from sesync_cli.git.attempt import ServerAttempt, repository_page
from sesync_cli.git.client import origin
from sesync_cli.git.work_tree import project_tree
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.where.locations import UNKNOWN, WhereContext, data_project, project_of
from sesync_cli.workers import Question, ask


def project_here(caller: Caller, site: Site, watch: Watch) -> str:
    """The project that the current folder is most likely of; empty if nobody can tell."""

    def look() -> str:
        here, tree = Path(os.path.realpath(caller.cwd)), project_tree(caller.cwd)
        return project_of(here / "x", str(tree or ""), WhereContext(caller, site))

    with suppress(OSError):  # the folder is gone; what it is called asks no file server
        if project := data_project(Path(os.getcwd()), site):
            return project
    found = _asked(look, site, watch)
    return "" if found == UNKNOWN else found


def page_here(caller: Caller, site: Site, watch: Watch) -> str:
    """The page of the repository that the current folder is in; empty where there is none, or it has no page."""

    def look() -> str:
        tree = project_tree(caller.cwd)
        address = read_address(origin(tree) or "") if tree else None
        return repository_page(ServerAttempt(address, tree, site)) if address and tree else ""

    return _asked(look, site, watch)


def _asked(question: Question, site: Site, watch: Watch) -> str:
    """The answer of a child, since the folder may be on a file server that hangs; empty without one."""
    until = time.monotonic() + site.data_patience_seconds
    try:
        return ask({"here": question}, until, watch)["here"] or ""
    except SesyncError:  # the folder is gone
        return ""
