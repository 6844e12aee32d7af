"""The centre's pages: JupyterLab, a group's code, a new password, the documentation."""

from collections.abc import Sequence
from urllib.parse import quote, quote_plus

from sesync_cli.caller import Caller
from sesync_cli.commands import COMMANDS
from sesync_cli.git.address import GROUP_AND_NAME, read_address
from sesync_cli.git.attempt import ServerAttempt, repository_page
from sesync_cli.git.client import origin
from sesync_cli.git.work_tree import project_tree
from sesync_cli.link.links import find_links
from sesync_cli.names import checked
from sesync_cli.open.place import Destination, Route
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site


def jupyter(project: str, caller: Caller, site: Site) -> Destination:
    """JupyterLab, and of a project the folder of its data there."""
    url, project = site.jupyter_url.rstrip("/"), _project(project, site)
    if not project:
        return Destination("jupyter", None, (Route("JupyterLab:", url),))
    directory = site.data_directory(project)
    links = [link.at for link in find_links(caller.home, site.data_root) if link.below == directory.name]
    root = caller.env.get("JUPYTER_SERVER_ROOT") or caller.home  # JupyterLab tells its terminals what it shows
    shown = [path.relative_to(root) for path in (*links, directory) if path.is_relative_to(root)]
    if not shown:
        note = f"The data of {project} is not linked in your home: '{by_hand('sesync', 'link', project)}' links it."
        return Destination("jupyter", project, (Route("JupyterLab:", url),), None if links else note)
    # https://jupyterhub.readthedocs.io/en/stable/reference/urls.html
    folder = f"{url}/hub/user-redirect/lab/tree/{quote(str(shown[0]))}"
    return Destination("jupyter", project, (Route(f"JupyterLab, with the data of {project}:", folder),))


def gitlab(word: str, caller: Caller, site: Site) -> Destination:
    """The page of a group or of a repository; without a word, that of the repository that one is in, wherever it is."""
    if not word:
        here = _page_here(caller, site)
        says = "The page of this repository:" if here else "Your groups' code:"
        return Destination("gitlab", None, (Route(says, here or site.gitlab_url),))
    if GROUP_AND_NAME.fullmatch(word):
        return Destination("gitlab", None, (Route(f"The repository {word}:", f"{site.gitlab_url}/{quote(word)}"),))
    project = _project(word, site)
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
    note = f"Nothing found? 'sesync report' drafts a mail to {site.support}."
    ways = []
    if words and site.has("support_search_url"):
        page = site.support_search_url.replace("{words}", quote_plus(" ".join(words)))
        ways.append(Route(f"What the documentation says on {' '.join(words)}:", page))
    ways.append(Route("The documentation:", site.support_url))
    if words and words[0] in COMMANDS:
        ways.append(Route(f"What sesync {words[0]} does:", commands=(by_hand("sesync", "help", words[0]),)))
    return Destination("help", None, tuple(ways), note)


def _project(word: str, site: Site) -> str:
    return site.project(checked(word.rstrip("/"), "project")) if word else ""


def _page_here(caller: Caller, site: Site) -> str:
    """The page of the repository that the current folder is in; empty where there is none, or it has no page."""
    tree = project_tree(caller.cwd)
    address = read_address(origin(tree) or "") if tree else None
    return repository_page(ServerAttempt(address, tree, site)) if address and tree else ""
