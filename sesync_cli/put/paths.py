"""The paths that a request means: what is put, under which names, and where."""

import os
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import below, mounts
from sesync_cli.disk import PARTIAL
from sesync_cli.errors import WrongWords
from sesync_cli.names import checked
from sesync_cli.put.request import PutRequest
from sesync_cli.site.settings import Site

_NAMED = "Name it as 'cooltrees' or 'cooltrees:raw/2021', or give its path."

_LINKS = 40  # that lead on one from the other; the kernel follows no more (man 7 path_resolution)


@dataclass(frozen=True)
class Paths:
    """Absolute sources, the names that they get, and a folder of a project's data directory, '' for the whole.

    `home` is what nobody can move away.
    """

    sources: tuple[Path, ...]
    names: tuple[str, ...]
    project: str
    folder: str
    home: Path

    @property
    def target(self) -> str:
        """The place as one would type it."""
        return f"{self.project}:{self.folder}" if self.folder else self.project


def paths_of(request: PutRequest, caller: Caller, site: Site) -> Paths:
    """The paths of a request whose words can be meant; nothing is looked at."""
    project, folder = target_of(request.target, caller, site)
    if not request.sources:
        raise WrongWords("what is to be put?", hint="'sesync put SRC... PROJECT', as in 'sesync put raw cooltrees'.")
    if not request.link and not request.move:
        raise WrongWords("'--no-link' is for '--move'", hint="A copy leaves what you have where it is.")
    sources = tuple(_absolute(source, caller) for source in request.sources)
    names = (request.name,) if request.name else tuple(one.name for one in sources)
    paths = Paths(sources, names, project, folder, caller.home)
    check_names(paths)
    return paths


def target_of(words: str, caller: Caller, site: Site) -> tuple[str, str]:
    """A project and a folder in its data directory; the folder is '' for the whole.

    People say 'cooltrees:raw/2021', 'cooltrees/raw/2021', or the path as they see it: through a link in their home, or
    below the data root. No file server is asked.
    """
    project, colon, folder = words.partition(":")
    project = project.rstrip("/") if colon else project
    if "/" in project or words.startswith("~"):  # a colon behind that is one in a name, as in that of a time
        project, _, folder = (_below_root(words, caller, site) or words).partition("/")
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if folder.startswith("/") or ".." in parts or "\0" in folder:
        raise WrongWords(f"{folder!r} is no folder of a data directory", hint=_NAMED)
    try:
        return site.project(checked(project, "project")), "/".join(parts)
    except WrongWords as error:
        raise WrongWords(f"{words!r} is no place in a data directory", hint=_NAMED) from error


def _below_root(words: str, caller: Caller, site: Site) -> str:
    """What a path is below the data root, by links that are read and not followed; empty if it is not there."""
    path = os.path.normpath(caller.cwd / os.path.expanduser(words))
    for _ in range(_LINKS):
        if found := below(path, site.data_root):
            return found
        link = first_link(Path(path), caller.home)
        if link is None:
            return ""
        path = os.path.normpath(os.path.join(link.parent, os.readlink(link), os.path.relpath(path, link)))
    return ""


def first_link(path: Path, home: Path) -> Path | None:
    """The first link on the way from home to a path; nothing elsewhere is looked at, where a server may hang."""
    servers, real = mounts(), Path(os.path.realpath(home))
    for top in (home, real):
        if top in path.parents:
            for one in (*reversed(path.parents[: -len(top.parts)]), path):
                if real / one.relative_to(top) in servers:
                    return None
                if one.is_symlink():
                    return one
    return None


def _absolute(source: str, caller: Caller) -> Path:
    path = caller.cwd / source
    return Path(os.path.realpath(path)) if path.name in ("", "..") else path


def check_names(paths: Paths) -> None:
    """Refuse names that cannot be meant."""
    if len(set(paths.names)) < len(paths.names):
        twice = next(name for name in paths.names if paths.names.count(name) > 1)
        raise WrongWords(
            f"two of these would be called {twice}", hint="Put them one after the other, with '--as NAME'."
        )
    if len(paths.names) < len(paths.sources):
        raise WrongWords("'--as' gives one thing a name, and there are several", hint="Put them one after the other.")
    for name in paths.names:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise WrongWords(f"{name!r} cannot be the name of a file", hint="'--as NAME' gives it another one.")
        if name.startswith(PARTIAL):
            hint = "Leave it to sesync, or give it another name with '--as NAME'."
            raise WrongWords(f"names such as {name!r} are of what sesync has not finished", hint=hint)
