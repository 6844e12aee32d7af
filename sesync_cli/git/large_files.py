"""The files of a repository that Git LFS keeps at a server of its own: which they are, and which are not here."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sesync_cli.git.client import ask_git, pieces
from sesync_cli.git.lfs import FILTER, has_program
from sesync_cli.git.lfs_clean import LONGEST, VERSION
from sesync_cli.names import shortened

_MOST = 5  # names in a sentence


def pointers(folder: Path, paths: Iterable[str] | None = None) -> list[str]:
    """The files, or those of these paths, of which there is only what stands for them."""
    if paths is None:
        said = ask_git(["ls-files", "-z", "--", f":(attr:filter={FILTER})"], folder, literal=False)
        return [path for path in said.out.split("\0") if path and _is_pointer(folder / path)]
    short = [path for path in paths if _is_pointer(folder / path)]
    return kept_apart(folder, short)


def notice(shown: str, paths: Sequence[str]) -> str:
    """What a person should know of these files of a clone, of which there is only what stands for them."""
    named = shortened(paths, _MOST)
    return f"large files are kept apart by Git LFS, and only stand-ins are here: {named}; {how_to_get(shown)}"


def how_to_get(shown: str) -> str:
    """What gets them, as one types it."""
    if has_program():
        return f"'git -C {shown} lfs pull' tries again"
    return f"once support has installed git-lfs, 'git lfs install && git -C {shown} lfs pull' gets them"


def kept_apart(folder: Path, paths: Sequence[str]) -> list[str]:
    """Those of these paths that Git LFS keeps, by the repository's attributes."""
    found = list[str]()
    for some in pieces(paths):
        said = ask_git(["check-attr", "-z", "filter", "--", *some], folder).out.split("\0")
        found += [path for path, name in zip(said[::3], said[2::3], strict=False) if name == FILTER]
    return found


def _is_pointer(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
        return False
    return path.read_bytes().startswith(VERSION)
