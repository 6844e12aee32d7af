"""What can be wrong with links: the directory behind one is gone, closed, or does not answer."""

from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.directory import Directory, State, below, unreachable
from sesync_cli.git.folders import look_through
from sesync_cli.link.links import Link, seen_links
from sesync_cli.plan import Watch, by_hand, operand
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The links in home and in the folders in it, where the site has data directories."""
    if not site.has("data_path"):
        return ()
    seconds = 2 * site.data_patience_seconds  # a directory that is silent has all of the site's patience
    return (Check("links", seconds, lambda: _links(caller, site, watch)),)


def _links(caller: Caller, site: Site, watch: Watch) -> Iterator[Finding]:
    found = map(Path, look_through(str(caller.home)).links)
    folders = {one.parent for one in found if below(one.parent / one.readlink(), site.data_root)}
    for folder in sorted(folders):
        for link, target, seen in seen_links(folder, site, watch):
            yield from _lost(link, target, seen, caller, site)


def _lost(link: Link, target: Path, seen: Directory, caller: Caller, site: Site) -> Iterator[Finding]:
    if seen.state == State.MISSING:
        inside = () if link.at.parent == caller.home else ("--in", link.at.parent)
        unlink = by_hand("sesync", "unlink", *inside, *operand(link.at.name))
        hint = f"'{unlink}' removes it; what it led to stays where it is."
        message = f"the link {link.at} leads to {target}, which is not there"
        yield Finding(seen.state, message, hint, why="What reads or writes there fails.", command=unlink)
    elif not seen.reached:
        error = unreachable(target, seen, site)
        message = f"the link {link.at} leads nowhere now: {error}"
        yield Finding(seen.state, message, error.hint, command=by_hand("sesync", "report", link.at))
