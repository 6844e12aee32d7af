"""Which working copy is meant, and where git keeps what it knows of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import NotFound, Refused, SesyncError
from sesync_cli.git.client import ALONE, Connection, ask_git
from sesync_cli.git.folders import work_trees
from sesync_cli.git.work_tree import is_top, work_tree
from sesync_cli.names import did_you_mean, listed, near
from sesync_cli.plan import by_hand
from sesync_cli.secrets import without_secrets

_DUBIOUS = "dubious ownership"


@dataclass(frozen=True)
class WorkingCopy:
    """A folder with the files of a repository; `git_dir` is its own part of git's, `common` what worktrees share.

    `inside` is the current folder as from the top, where that is in it; `name` is how one types it from elsewhere. By
    its `connection`, git gets what of the files is still at the server (in a lean clone, or with Git LFS).
    """

    top: Path
    git_dir: Path
    common: Path
    shown: str
    name: str
    inside: str | None
    connection: Connection = field(default=ALONE, compare=False)

    @property
    def place(self) -> Path:
        """Where it really is, by whatever link it was reached: for locks."""
        return Path(os.path.realpath(self.top))

    def again(self, *options: str, files: Sequence[str] = ()) -> str:
        """The command line that does this here, with these files as from the top."""
        words = () if self.inside is not None else (self.name,)
        # behind the working copy's name, files are named as from its top
        typed = [file if self.inside is None else self.typed(file) for file in files]
        stop = ("--",) if any(word.startswith("-") for word in typed) else ()
        return by_hand("sesync", "sync", *words, *options, *stop, *typed)

    def typed(self, path: str) -> str:
        """A path as from the top as one types it in the current folder."""
        return str(self.top / path) if self.inside is None else os.path.relpath(path, self.inside or ".")


def find_working_copy(word: str | None, caller: Caller) -> WorkingCopy:
    """The working copy that a person means: a folder in it, the name of one in home, or the current folder's."""
    folder = caller.cwd if word is None else _folder(word, caller)
    if folder is None or not folder.is_dir():
        raise _nothing(word or str(folder), caller)
    return _around(folder, word, caller, caller.cwd)


def from_home(folder: Path, caller: Caller) -> WorkingCopy:
    """The working copy of this folder, as it is named by somebody who is in their home."""
    if not folder.is_dir():
        raise _nothing(str(folder), caller)
    return _around(folder, str(folder), caller, caller.home)


def _around(folder: Path, word: str | None, caller: Caller, here: Path) -> WorkingCopy:
    """The working copy that a folder is in, as seen from here; `word` is how it was called."""
    if work_tree(folder) is None:
        raise _nothing(word, caller)
    said = ask_git(["rev-parse", "--is-bare-repository", "--show-cdup"], folder)
    bare, _, cdup = said.out.removesuffix("\n").partition("\n")
    if said.code or bare != "false":
        raise unreadable_copy(folder, said.err) if _DUBIOUS in said.err else _nothing(word, caller)
    top = Path(os.path.normpath(folder / cdup))
    here, real = Path(os.path.realpath(here)), Path(os.path.realpath(top))
    inside = str(here.relative_to(real)) if here.is_relative_to(real) else None
    return at(top, by_hand(top), top.name if top.parent == caller.home else str(top), inside)


def at(top: Path, shown: str, name: str, inside: str | None = None) -> WorkingCopy:
    """The working copy with this top folder."""
    git_dir, common = _git_paths(top, "--absolute-git-dir", "--git-common-dir")
    return WorkingCopy(top, git_dir, common, shown, name, inside)


def is_named(word: str, caller: Caller, *, alone: bool) -> bool:
    """Whether this word means a working copy as a whole: its top folder, or its name in home.

    If it stands `alone`, what is inside of the current folder's working copy does not count: it is a part of that, and
    so is all of it.
    """
    folder = _folder(word, caller)
    if folder is None or not is_top(folder) or _is_removed(word, caller):
        return False
    is_within = caller.cwd == folder or caller.cwd in folder.parents
    return not (alone and is_within and ask_git(["rev-parse", "--show-cdup"], caller.cwd).code == 0)


def _is_removed(word: str, caller: Caller) -> bool:
    """Whether this names what was removed from the current folder, and git still knows."""
    if os.path.lexists(caller.cwd / Path(word).expanduser()):
        return False
    return any(
        ask_git([*words, "--", word], caller.cwd).out for words in (["ls-files", "-z"], ["ls-tree", "-z", "HEAD"])
    )


def unreadable_copy(folder: Path, said: str) -> SesyncError:
    """The error for a working copy that git does not open."""
    if _DUBIOUS in said:
        trust = by_hand("git", "config", "--global", "--add", "safe.directory", folder)
        return Refused(
            f"{folder} belongs to {owner(folder)}, so git does not work in it: what is set up there would run as you",
            hint=f"Clone it into your own home; only if you trust whoever can write there: '{trust}'.",
        )
    lines = [line for line in said.splitlines() if line.strip()]
    words = lines[-1].removeprefix("fatal: ").removeprefix("error: ") if lines else "it does not say why"
    words = without_secrets(words)  # git quotes settings, and a password may stand in one
    return SesyncError(f"git cannot read {folder}: {words}", hint="'sesync clone REPO DIR' makes a fresh copy beside.")


def owner(folder: Path) -> str:
    """Whose a folder is, by name."""
    import pwd

    number = folder.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"somebody else (user {number})"


def _folder(word: str, caller: Caller) -> Path | None:
    here = caller.cwd / Path(word).expanduser()
    return here if here.exists() else caller.home / word if word else None


def _nothing(word: str | None, caller: Caller) -> NotFound:
    known = work_trees(str(caller.home))
    if word is None:
        what = f"{by_hand(caller.cwd)} is not in a clone of a repository"
    else:
        what = f"there is no clone of a repository {word}"
    names = listed(f"'{by_hand('sesync', 'sync', one)}'" for one in known[:5]) if known else ""
    others = f"In your home: {names}." if names else "'sesync clone GROUP/NAME' makes one."
    return NotFound(what, hint=did_you_mean(near(Path(word).name, known) if word else []) or others)


def _git_paths(top: Path, *options: str) -> list[Path]:
    """What git answers to these options, each a path; the folder itself where it answers nothing.

    That is a line for each, unless a name has several lines itself.
    """
    lines = ask_git(["rev-parse", *options], top).out.removesuffix("\n").split("\n")
    if len(lines) != len(options):
        lines = [ask_git(["rev-parse", option], top).out.removesuffix("\n") for option in options]
    return [Path(os.path.normpath(top / line)) for line in lines]
