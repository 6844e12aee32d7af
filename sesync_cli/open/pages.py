"""The centre's pages: JupyterLab, a group's code, a new password, the documentation."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, quote_plus

from sesync_cli.caller import Caller
from sesync_cli.commands import COMMANDS
from sesync_cli.errors import NotFound
from sesync_cli.git.address import GROUP_AND_NAME, name_at_site, typed
from sesync_cli.git.attempt import ServerAttempt, repository_page
from sesync_cli.home.projects import project_named, seen_once
from sesync_cli.open.data import look_at_data
from sesync_cli.open.here import page_here
from sesync_cli.open.place import Destination, Route
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site


def jupyter(word: str, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Destination:
    """JupyterLab, and of a project the folder of its data there."""
    url = site.jupyter_url
    if not word:
        return Destination("jupyter", None, (Route("JupyterLab:", url),))
    project = project_named(word, site)
    mine = [one for one in seen_once(caller, site, watch, prompter).data if one.project == project]
    links = [link for one in mine for link in one.links]
    root = os.path.realpath(caller.env.get("JUPYTER_SERVER_ROOT") or caller.home)  # which its terminals are told
    if folder := next(_shown((*links, site.data_directory(project)), root), ""):
        # https://jupyterhub.readthedocs.io/en/stable/reference/urls.html
        page = f"{url}/hub/user-redirect/lab/tree/{folder}"
        return Destination("jupyter", project, (Route(f"JupyterLab, with the data of {project}:", page),))
    note = f"JupyterLab shows {root}, where no link leads to the data of {project}."
    if not links:
        look_at_data(project, caller, site, watch)
        note = f"The data of {project} is not linked in your home: '{by_hand('sesync', 'link', project)}' links it."
    return Destination("jupyter", project, (Route("JupyterLab:", url),), note)


def gitlab(word: str, caller: Caller, site: Site, watch: Watch) -> Destination:
    """The page of a group or of a repository; without a word, that of the repository that one is in, wherever it is."""
    if not word:
        here = page_here(caller, site, watch)
        says = "The page of this repository:" if here else "Your groups' code:"
        return Destination("gitlab", None, (Route(says, here or site.gitlab_url),))
    if GROUP_AND_NAME.fullmatch(word) or ":" in word:
        address = typed(word, site, "")
        if not (page := repository_page(ServerAttempt(address, caller.home, site))):
            raise NotFound(f"no page of {address.label} is known", hint=f"Ask whoever runs {address.host}.")
        name = name_at_site(address, site) or address.repo
        return Destination("gitlab", None, (Route(f"The repository {name}:", page),))
    project = project_named(word, site)
    return Destination("gitlab", project, (Route(f"The code of {project}:", f"{site.gitlab_url}/{quote(project)}"),))


def password(site: Site) -> Destination:
    """Where one gets a new password, and what comes of trying the wrong one too often."""
    note = None
    if site.has("accounts_gateway", "accounts_failed_logins", "accounts_blocked_days"):
        note = (
            f"After {site.accounts_failed_logins} failed logins, {site.accounts_gateway} keeps your computer out for"
            f" {site.accounts_blocked_days} days."
        )
    return Destination(
        "password", None, (Route("A new password, or your username:", site.accounts_password_url),), note
    )


def help_pages(words: Sequence[str], site: Site) -> Destination:
    """The documentation, or what it has on these words; also sesync's own help, if there is some."""
    words = " ".join(words).split()
    ways = tuple(_help(words, site))
    if not ways:
        raise site.off("support_url")
    note = f"Nothing found? 'sesync report' drafts a mail to {site.support}." if words else None
    return Destination("help", None, ways, note)


def _help(words: Sequence[str], site: Site) -> Iterator[Route]:
    text, searches = " ".join(words), bool(words) and site.has("support_search_url")
    if searches:
        page = site.support_search_url.replace("{words}", quote_plus(text, errors="replace"))
        yield Route(f"What the documentation says on {text}:", page)
    if site.has("support_url"):
        yield Route(
            f"The documentation, to look for {text}:" if words and not searches else "The documentation:",
            site.support_url,
        )
    if words and words[0] in COMMANDS:
        yield Route(f"What sesync {words[0]} does:", commands=(by_hand("sesync", "help", words[0]),))


def _shown(paths: Sequence[Path], root: str) -> Iterator[str]:
    """What these are called in the addresses of JupyterLab's pages, if they are below the folder that it shows."""
    for path in paths:
        place = Path(os.path.realpath(path.parent), path.name)
        if place != Path(root) and place.is_relative_to(root):
            yield quote(os.fsencode(place.relative_to(root)))
