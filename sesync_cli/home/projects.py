"""Which project somebody means, by the word that they typed or, without one, among their own."""

from collections.abc import Sequence

from sesync_cli.caller import Caller
from sesync_cli.home.overview import Overview, overview
from sesync_cli.home.seen import DataSeen
from sesync_cli.names import checked
from sesync_cli.plan import Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site


def project_named(word: str, site: Site) -> str:
    """The project of this short name, or of this data directory; an error if no project can be called so."""
    return site.project(checked(word.rstrip("/"), "project"))


def one_of_mine(caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> str | Sequence[DataSeen]:
    """The person's project, which they choose if there are several.

    Where there is none, or nobody is there to choose, it is the data of each.
    """
    offered = seen_once(caller, site, watch, prompter).data
    if len(offered) == 1:
        return offered[0].project
    if not offered or not prompter.watched:
        return offered
    return prompter.once("which project", lambda: _chosen(offered, prompter))


def seen_once(caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Overview:
    """What somebody has, looked at once in a run."""
    return prompter.once("overview", lambda: overview(caller, site, watch))


def _chosen(offered: Sequence[DataSeen], prompter: Prompter) -> str:
    prompter.note("Your projects:")
    for number, one in enumerate(offered, 1):
        prompter.note(f"{number:>4}  {one.project}{' (its data is linked)' if one.links else ''}")
    return offered[prompter.number("Which one? Its number", len(offered)) - 1].project
