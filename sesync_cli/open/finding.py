"""Which place somebody means, by its name and the words behind it."""

from collections.abc import Sequence

from sesync_cli.caller import Caller
from sesync_cli.errors import WrongWords
from sesync_cli.link.links import at_hand
from sesync_cli.names import did_you_mean, listed, near
from sesync_cli.open.pages import gitlab, help_pages, jupyter, password
from sesync_cli.open.place import PLACES, Destination
from sesync_cli.open.uploads import uploads
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site

_OF_PROJECTS = ("files", "jupyter", "gitlab")
_MOST = {"password": 0, "help": 100}  # words behind a place; else one


def find_place(
    place: str, words: Sequence[str], caller: Caller, site: Site, watch: Watch, prompter: Prompter
) -> Destination:
    """A place and the ways there; the error that the site names none, where it does not."""
    if (place := place.lower()) not in PLACES:
        raise _no_place(place, caller, site)
    if len(words) > _MOST.get(place, 1):
        takes = "no PROJECT" if place in _MOST else "one PROJECT"
        raise WrongWords(f"'sesync open {place}' takes {takes}", hint=f"Leave out '{words[-1]}'.")
    word = "".join(words[:1])
    if place == "jupyter":
        return jupyter(word, caller, site)
    if place == "files":
        return uploads(word, caller, site, watch, prompter)
    if place == "gitlab":
        return gitlab(word, caller, site)
    return password(site) if place == "password" else help_pages(words, site)


def _no_place(word: str, caller: Caller, site: Site) -> WrongWords:
    project = site.project(word)
    if site.has("data_path") and project in at_hand(caller.home, site):
        ways = listed(f"'{by_hand('sesync', 'open', place, project)}'" for place in _OF_PROJECTS)
        return WrongWords(f"{project} is a project, and no place", hint=f"Type {ways}.")
    hint = f"{did_you_mean(near(word, PLACES))} There are: {', '.join(PLACES)}.".lstrip()
    return WrongWords(f"there is no place named '{word}'", hint=hint)
