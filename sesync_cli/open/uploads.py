"""How files come from one's own computer into a data directory: with a browser, or by SFTP if they are too large."""

from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.home.projects import one_of_mine, project_named
from sesync_cli.open.data import look_at_data
from sesync_cli.open.here import project_here
from sesync_cli.open.place import Destination, Route
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site

_WHICH = "'sesync open files PROJECT' names the folder, and tells whether you can write there."


def uploads(word: str, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Destination:
    """Both ways into the data directory of a project: the one that is named, or else that one is in or has."""
    if not (site.has("uploads_url") or site.has("uploads_sftp_host")):
        raise site.off("uploads_url")
    if word:
        project = project_named(word, site)
        return _destination(project, look_at_data(project, caller, site, watch), caller, site)
    if not site.has("data_path"):
        return _destination("", None, caller, site)
    if not (project := _meant(caller, site, watch, prompter)):
        return _destination("", _WHICH, caller, site)
    try:
        return _destination(project, look_at_data(project, caller, site, watch), caller, site)
    except SesyncError as error:  # nobody has named it
        return _destination("", f"{error.sentences} {_WHICH}", caller, site)


def _destination(project: str, note: str | None, caller: Caller, site: Site) -> Destination:
    directory = site.data_directory(project) if project else None
    return Destination("files", project or None, tuple(_ways(directory, caller, site)), note)


def _ways(directory: Path | None, caller: Caller, site: Site) -> Iterator[Route]:
    has_page = site.has("uploads_url")
    if has_page:
        files = f"files up to {site.uploads_limit_gb} GB" if site.has("uploads_limit_gb") else "files"
        to = f", to the folder {directory.name}" if directory else ""
        yield Route(f"Upload {files} with a browser{to}:", site.uploads_url)
    if site.has("uploads_sftp_host"):
        what = "larger ones, or whole folders" if has_page else "files, or whole folders"
        host = f"{caller.user}@{site.uploads_sftp_host}{f':{directory}' if directory else ''}"
        says = f"To send {what}, type these lines on your own computer, one after the other:"
        yield Route(says, commands=(by_hand("sftp", host), "put -r FOLDER"))


def _meant(caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> str:
    """The project that the current folder is of; else the only one, or the one that the person chooses; or none."""
    if project := project_here(caller, site, watch):
        return project
    chosen = one_of_mine(caller, site, watch, prompter)
    return chosen if isinstance(chosen, str) else ""
