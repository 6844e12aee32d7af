"""Which place somebody means, by its name and the words behind it."""

from collections.abc import Sequence

from sesync_cli.caller import Caller
from sesync_cli.errors import WrongWords
from sesync_cli.link.links import at_hand
from sesync_cli.names import did_you_mean, listed, near
from sesync_cli.open.pages import gitlab, help_pages, jupyter, password
from sesync_cli.open.place import PLACES, Destination, named_places
from sesync_cli.open.uploads import uploads
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site

OF_PROJECTS = ("files", "jupyter", "gitlab")
"""The places that a project has one of its own in."""


def find_place(
    place: str, words: Sequence[str], caller: Caller, site: Site, watch: Watch, prompter: Prompter
) -> Destination:
    """A place and the ways there; the error that the site names none, where it does not."""
    if (place := place.lower()) not in PLACES:
        raise _no_place(place, caller, site)
    if place == "help":
        return help_pages(words, site)
    if len(words) > (place in OF_PROJECTS):
        takes = "one PROJECT" if place in OF_PROJECTS else "no PROJECT"
        raise WrongWords(f"'sesync open {place}' takes {takes}", hint=f"Leave out '{words[-1]}'.")
    word = "".join(words)
    if place == "jupyter":
        return jupyter(word, caller, site, watch, prompter)
    if place == "files":
        return uploads(word, caller, site, watch, prompter)
    return gitlab(word, caller, site, watch) if place == "gitlab" else password(site)


def _no_place(word: str, caller: Caller, site: Site) -> WrongWords:
    project, places = site.project(word), [one.place for one in named_places(site)]
    if site.has("data_path") and project in at_hand(caller.home, site):
        ways = listed(f"'{by_hand('sesync', 'open', one, project)}'" for one in OF_PROJECTS if one in places)
        return WrongWords(f"{project} is a project, and no place", hint=f"Type {ways}." if ways else "")
    there = f"There are: {', '.join(places)}." if places else ""
    hint = f"{did_you_mean(near(word, places))} {there}".strip()
    return WrongWords(f"there is no place named '{word}'", hint=hint)
