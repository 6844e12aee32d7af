"""Which project somebody begins with: the one that is named, or one of theirs."""

from collections.abc import Sequence

from sesync_cli.caller import Caller
from sesync_cli.errors import NotFound, WrongWords
from sesync_cli.home.projects import one_of_mine, project_named
from sesync_cli.home.seen import DataSeen
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site


def chosen_project(
    named: str | None, caller: Caller, site: Site, watch: Watch, prompter: Prompter
) -> str | Sequence[DataSeen]:
    """The project that is meant; where nobody is there to choose among several, the data of each."""
    if named is not None:
        return checked_project(named, site)
    chosen = one_of_mine(caller, site, watch, prompter)
    if not chosen:
        hint = f"'sesync start PROJECT' with your project's short name, which {site.support} knows."
        raise NotFound("you are in no group that has a data directory here", hint=hint)
    return chosen


def checked_project(named: str, site: Site) -> str:
    """The short name of a project; a hint where it is a repository's name."""
    group, slash, rest = named.rstrip("/").partition("/")
    if slash and group and rest and ":" not in named:
        way = by_hand("sesync", "start", site.project(group), named)
        raise WrongWords(f"{named!r} is a repository, and no project", hint=f"'{way}' begins with both.")
    return project_named(named, site)
