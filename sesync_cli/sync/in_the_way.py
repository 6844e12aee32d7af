"""What of the user's would be overwritten by what is new: changes, files that git does not know, what filters hide."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping

from sesync_cli.git.client import ask_git, pieces
from sesync_cli.git.lfs import FILTER
from sesync_cli.sync.history import Touch
from sesync_cli.sync.status import INSIDE, Status, exists, no_folder
from sesync_cli.sync.working_copy import WorkingCopy

_NEVER = {".git", ".."}  # git itself refuses to write these
_CLEANS = r"^filter\..+\.(clean|process)$"


def in_the_way(copy: WorkingCopy, status: Status, coming: Mapping[str, Touch]) -> list[str]:
    """The paths that are coming and where something of the user's would be overwritten, ignored files included."""
    # a submodule with changes inside stays where it is, whatever comes
    own = {change.path for change in status.own if change.tracked and change.kind != INSIDE}
    own |= _hidden_changes(copy, coming) | {path for path in coming if _is_repository_under(copy, path, coming[path])}
    known = set(ask_git(["ls-files", "-z"], copy.top).out.split("\0"))
    leaves = {path for path, touch in coming.items() if touch.kind in "DT" and path not in own}
    instead = {no_folder(copy, path) for path, touch in coming.items() if touch.kind != "D"} - {"", *leaves}
    return sorted(instead) + sorted(
        path for path, touch in coming.items() if path in own or (touch.kind == "A" and _is_taken(copy, path, known))
    )


def unknown_to_git(copy: WorkingCopy, coming: Iterable[str]) -> list[str]:
    """The paths that are coming and hold what a filter keeps from git, as nbstripout does with a notebook's outputs.

    Git calls these files unchanged.
    """
    keys = ask_git(["config", "-z", "--name-only", "--get-regexp", _CLEANS], copy.top).out.split("\0")
    # the one of Git LFS takes nothing away: what it puts in the place of a file leads to all of it
    filters = {key.removeprefix("filter.").rpartition(".")[0] for key in keys} - {"", FILTER}
    if not filters:
        return []
    there = [path for path in coming if os.path.isfile(copy.top / path) and not os.path.islink(copy.top / path)]
    return [path for path in _filtered(copy, there, filters) if _differs(copy, path)]


def _filtered(copy: WorkingCopy, paths: list[str], filters: set[str]) -> Iterator[str]:
    for some in pieces(paths):
        said = ask_git(["check-attr", "-z", "filter", "--", *some], copy.top).out.split("\0")
        yield from (path for path, name in zip(said[::3], said[2::3], strict=False) if name in filters)


def _differs(copy: WorkingCopy, path: str) -> bool:
    """Whether what is there is not the file that git would write."""
    if (copy.top / path).is_symlink() or not (copy.top / path).is_file():
        return True
    said = ask_git(["cat-file", "--filters", f":{path}"], copy.top, writes=True)
    return bool(said.code) or os.fsencode(said.out) != (copy.top / path).read_bytes()


def _is_repository_under(copy: WorkingCopy, path: str, touch: Touch) -> bool:
    """Whether a file would come where a folder is that holds a repository, a submodule for one, with all of its own."""
    at = copy.top / path
    if touch.kind == "D" or touch.is_submodule or at.is_symlink() or not at.is_dir():
        return False
    return any(".git" in (*folders, *files) for _, folders, files in os.walk(at))


def _is_taken(copy: WorkingCopy, path: str, known: Collection[str]) -> bool:
    at = copy.top / path
    if not exists(copy, path) or _NEVER & set(path.lower().split("/")):
        return False
    if at.is_symlink() or not at.is_dir():
        return path not in known
    below = [
        os.path.join(folder, name)
        for folder, folders, files in os.walk(at)
        for name in (*files, *(one for one in folders if os.path.islink(os.path.join(folder, one))))
    ]
    return not below or any(os.path.relpath(one, copy.top) not in known for one in below)


def _hidden_changes(copy: WorkingCopy, coming: Mapping[str, Touch]) -> set[str]:
    """Those of these paths that git was told not to look at (assume-unchanged, skip-worktree), and that are there."""
    listed = ask_git(["ls-files", "-v", "-z"], copy.top).out.split("\0")
    marked = {line[2:] for line in listed if line[:1].islower() or line[:1] == "S"}
    return {path for path in marked & coming.keys() if exists(copy, path) and _differs(copy, path)}
