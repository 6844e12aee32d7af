"""What can be wrong with clones in home: a secret in an address, or a run that was killed in the middle."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.errors import SesyncError
from sesync_cli.git.exposed import exposures
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.sync import journal
from sesync_cli.sync.working_copy import clones, find_working_copy


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The clones in home, each by its own files alone: no server is asked."""
    return (Check("clones", site.data_patience_seconds, lambda: _clones(caller, site)),)


def _clones(caller: Caller, site: Site) -> Iterator[Finding]:
    for name in clones(caller.home):
        try:
            copy = find_working_copy(str(caller.home / name), caller)
        except SesyncError as error:  # one that git does not open keeps nobody from the others
            yield Finding("unreadable", str(error), error.hint)
            continue
        yield from exposures(copy.top, copy.shown, site)
        if journal.is_open(copy) and not journal.holder(copy):
            message = f"a sesync that was killed has left something half done in {copy.shown}"
            yield Finding("half done", message, f"'{copy.again()}' takes it back, and goes on.")
