"""The files that a kernel was made from, where they are by now if they have moved."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sesync_cli.errors import NotFound, WrongWords
from sesync_cli.git.work_tree import work_tree
from sesync_cli.kernel.pylock import Lock
from sesync_cli.kernel.recipe import Recipe, digest_of
from sesync_cli.kernel.sources import source_in, source_of
from sesync_cli.plan import by_hand
from sesync_cli.python.distributions import canonical

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MOST = 1000  # folders that are looked into


def with_files_at(recipe: Recipe, place: Path) -> Recipe:
    """The recipe with its files where they are now: below this folder, or this very file.

    A lock has its packages itself: what was named with versions that the lock may say otherwise is asked for no more.
    """
    files = _below(recipe, place) if place.is_dir() else _at(recipe, place)
    source = files.get(recipe.source) or ("" if recipe.requirements else str(_source(place)))
    kept = replace(recipe, source=source, requirements=tuple(files[one] for one in recipe.requirements))
    lock = source_of(Path(source), recipe.dev).required.lock if source else None
    return _without(kept, lock) if lock and source != recipe.source else kept


def found_again(recipe: Recipe, gone: str, cwd: Path) -> Path | None:
    """The folder where a file that is gone may be by now: where one is, or beside where it was, with the same words."""
    path, digest = Path(gone), dict(recipe.files).get(gone, "")
    above = next(one for one in path.parents if os.path.isdir(one))
    below = path.relative_to(above).parts
    ends = [Path(*below[number:]) for number in range(len(below))]
    for place in dict.fromkeys((cwd, work_tree(cwd) or cwd, *_folders_in(above))):
        if any(digest and digest_of(place / end) == digest for end in ends):
            return place
    return None


def is_gone(name: str, recipe: Recipe, gone: str, cwd: Path) -> NotFound:
    """The error for a kernel that cannot follow a file, with the command that says where the file is."""
    now = found_again(recipe, gone, cwd)
    command = f"'{by_hand('sesync', 'kernel', 'update', name, '--from', now or 'DIR')}'"
    hint = f"It seems to be in {now} now: {command} follows it there."
    if now is None:
        hint = f"Where it is now, {command} says. Without it, 'sesync kernel repair {name}' makes the kernel as it was."
    return NotFound(f"{gone} is gone, from which the kernel {name} was made", hint=hint)


def _below(recipe: Recipe, folder: Path) -> dict[str, str]:
    """Where each file of a recipe is, by where it was: with as much of its path as is there below the folder."""
    found = {}
    for was in filter(None, (recipe.source, *recipe.requirements)):
        parts = Path(was).parts[1:]
        ends = (folder.joinpath(*parts[number:]) for number in range(len(parts)))
        now = next((one for one in ends if one.exists()), None)
        if now is None and was == recipe.source:
            now = source_in(folder, recipe.dev).path
        if now is None and not os.path.exists(was):
            raise NotFound(f"there is no {Path(was).name} in {folder}", hint="Say the folder that has it.")
        found[was] = str(now or was)
    return found


def _at(recipe: Recipe, file: Path) -> dict[str, str]:
    """The same where one file is said: it is the only one, or the only one that is gone, or that has its name."""
    asked = [one for one in (recipe.source, *recipe.requirements) if one]
    gone, named = (
        (one for one in asked if not os.path.exists(one)),
        (one for one in asked if Path(one).name == file.name),
    )
    meant = next((one for one in (asked, list(gone), list(named)) if len(one) == 1), [])
    if asked and not meant:
        raise WrongWords(f"it is not clear which file {file} is by now", hint="Say the folder that they are all in.")
    return {one: str(file) if one in meant else one for one in asked}


def _source(place: Path) -> Path:
    return source_in(place).path if place.is_dir() else place


def _without(recipe: Recipe, lock: Lock) -> Recipe:
    def stays(word: str) -> bool:
        name = _NAME.match(word)
        return name is None or "/" in word or canonical(name[0]) not in lock.versions

    return replace(recipe, packages=tuple(filter(stays, recipe.packages)), added=tuple(filter(stays, recipe.added)))


def _folders_in(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST), entries, strict=False):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield Path(entry.path)
    except OSError:
        return
