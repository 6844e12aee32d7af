"""Where a clone goes: which places are right, and what is there already."""

import os
import re
from pathlib import Path

from sesync_cli.errors import Refused, WrongWords
from sesync_cli.git.address import Address
from sesync_cli.site.settings import Site

_MOST_LINKS = 40  # as many as Linux follows


def folder_for(directory: str | None, address: Address, home: Path, cwd: Path) -> Path:
    """The folder that the clone will be: what was typed, or else the repository's name in home."""
    if directory is None:
        if address.name.startswith("."):
            raise WrongWords(f"{address.name} would be a hidden folder in your home", hint="Add a DIR: its name.")
        return home / address.name
    if not directory or not directory.isprintable():
        raise WrongWords("this cannot be the name of a folder", hint="Leave out DIR to clone into your home.")
    path = cwd / directory
    return Path(os.path.realpath(path)) if ".." in path.parts else path


def refuse_data_directory(final: Path, site: Site) -> None:
    """Refuse a place in a research data directory, without waking the file server."""
    if folder := _data_directory(final, site):
        raise Refused(
            f"{folder} is a research data directory: several people would edit one working copy there",
            hint="Leave out DIR to clone into your home, where everybody has a copy of their own; '--anyway' insists.",
        )


def _data_directory(path: Path, site: Site) -> Path | None:
    if not site.has("data_path"):
        return None
    scratch = Path(site.scratch_path) if site.has("scratch_path") else None
    # walked by hand: looking at a data directory itself may hang with its file server
    root, real = site.data_root, Path(os.path.realpath(site.data_root))
    template = re.escape(Path(site.data_path).name).replace(r"\{project\}", ".+")
    done, left, links = Path("/"), list(path.parts[1:]), 0
    while left and links < _MOST_LINKS:
        done /= left.pop(0)
        if done.parent in (root, real) and re.fullmatch(template, done.name) and done != scratch:
            return done
        if done.is_symlink():
            links += 1
            target = done.parent / os.readlink(done)
            done, left = Path("/"), [*Path(os.path.normpath(target)).parts[1:], *left]
    return None
