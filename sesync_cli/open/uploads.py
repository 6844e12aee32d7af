"""How files come from one's own computer into a data directory: with a browser, or by SFTP if they are too large."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import State, look_at_directories, unreachable
from sesync_cli.errors import NoAnswer
from sesync_cli.git.work_tree import project_tree
from sesync_cli.home.projects import one_of_mine
from sesync_cli.link.links import no_such_project
from sesync_cli.names import checked
from sesync_cli.open.place import Destination, Route
from sesync_cli.plan import Watch, by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.where.locations import UNKNOWN, WhereContext, project_of

_WHICH = "'sesync open files PROJECT' names the folder, and tells whether you can write there."


def uploads(word: str, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Destination:
    """Both ways into the data directory of a project: the one that is named, or else that one is in or has."""
    if not (site.has("uploads_url") or site.has("uploads_sftp_host")):
        raise site.off("uploads_url")
    if word:
        project = site.project(checked(word.rstrip("/"), "project"))
    elif not (project := _meant(caller, site, watch, prompter)):
        return Destination("files", None, tuple(_ways(None, caller, site)), _WHICH)
    directory = site.data_directory(project)
    note = _note(project, directory, caller, site, watch)
    return Destination("files", project, tuple(_ways(directory, caller, site)), note)


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
    if not site.has("data_path"):
        return ""
    here, tree = Path(os.path.realpath(caller.cwd)), project_tree(caller.cwd)
    project = project_of(here / "x", str(tree or ""), WhereContext(caller, site))
    if project != UNKNOWN:
        return project
    chosen = one_of_mine(caller, site, watch, prompter)
    return chosen if isinstance(chosen, str) else ""


def _note(project: str, directory: Path, caller: Caller, site: Site, watch: Watch) -> str | None:
    """What keeps files from coming there, if it may be over soon; an error if there is no such directory for them."""
    until = time.monotonic() + site.data_patience_seconds
    seen = look_at_directories([directory], site.data_root, until, watch)[directory]
    if seen.state == State.MISSING:
        raise no_such_project(project, caller, site, until, watch)
    if seen.state == State.READ_ONLY:
        return f"You can read {directory}, but not write to it: ask {site.support}."
    if seen.reached:
        return None
    failure = unreachable(directory, seen, site)
    if isinstance(failure, NoAnswer):
        return f"{str(failure)[:1].upper()}{str(failure)[1:]}. {failure.hint}"
    raise failure
