"""What can be wrong with the site's file: what it names is not to be found from this machine."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.errors import NotReady
from sesync_cli.plan import Watch
from sesync_cli.site.checking import findings
from sesync_cli.site.reading import read_site, site_file
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The site's own file; without one, there is nothing that could be wrong."""
    return (Check("site", site.data_patience_seconds, lambda: _site(caller, site, watch)),)


def _site(caller: Caller, site: Site, watch: Watch) -> Iterator[Finding]:
    path = site_file(caller.env)
    if path is None:
        return
    try:
        loaded = read_site(path, caller.env)
    except NotReady as error:
        why = "No command knows your centre's servers and folders."
        yield Finding(error.kind, str(error), error.hint, why=why, command="sesync site check")
        return
    said = tuple(one.name for one in loaded.settings if one.source == str(path))
    for one in findings(site, said, caller.env, watch):
        message = f"the site file {path} does not fit this machine: {one.message}"
        yield Finding(one.kind, message, f"Tell {site.support}.", command="sesync site check", broken=False)
