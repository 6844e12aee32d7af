"""What can be wrong with links: the directory behind one is gone, closed, or does not answer."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.directory import State, unreachable
from sesync_cli.link.links import seen_links
from sesync_cli.plan import Watch, by_hand
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The links in home, where the site has data directories."""
    if not site.has("data_path"):
        return ()
    return (Check("links", site.data_patience_seconds, lambda: _links(caller, site, watch)),)


def _links(caller: Caller, site: Site, watch: Watch) -> Iterator[Finding]:
    for link, target, seen in seen_links(caller.home, site, watch):
        if seen.state == State.MISSING:
            hint = f"'{by_hand('sesync', 'unlink', link.at.name)}' removes it; what it led to stays where it is."
            yield Finding(seen.state, f"the link {link.at} leads to {target}, which is not there", hint)
        elif not seen.reached:
            error = unreachable(target, seen, site)
            yield Finding(seen.state, f"the link {link.at} leads nowhere now: {error}", error.hint)
