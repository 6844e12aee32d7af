"""What there is to say of a project's data directory to whoever wants to bring files there."""

import time

from sesync_cli.caller import Caller
from sesync_cli.directory import State, look_at_directories, unreachable
from sesync_cli.errors import NoAnswer
from sesync_cli.link.links import no_such_project
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def look_at_data(project: str, caller: Caller, site: Site, watch: Watch) -> str | None:
    """What keeps files from coming there, if it may be over soon; an error if there is no such directory for them."""
    directory, until = site.data_directory(project), time.monotonic() + site.data_patience_seconds
    seen = look_at_directories([directory], site.data_root, until, watch)[directory]
    if seen.state == State.MISSING:
        raise no_such_project(project, caller, site, until, watch)
    if seen.state == State.READ_ONLY:
        return f"You can read {directory}, but not write to it: ask {site.support}."
    if seen.reached:
        return None
    failure = unreachable(directory, seen, site)
    if isinstance(failure, NoAnswer):
        return failure.sentences
    raise failure
