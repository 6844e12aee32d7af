"""What a person names to be committed: found among the changes, and looked at before it goes."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import NotFound, Refused, Unanswered, WrongWords
from sesync_cli.git.client import ask_git
from sesync_cli.names import did_you_mean, few, near, one_line
from sesync_cli.plan import by_hand
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.sync.links import links
from sesync_cli.sync.request import SyncRequest
from sesync_cli.sync.screening import doubts
from sesync_cli.sync.status import (
    BEHIND,
    INSIDE,
    REPOSITORY,
    RIGHTS,
    Change,
    Status,
    exists,
    is_repository,
    untracked,
    without_rights,
)
from sesync_cli.sync.submodules import goes_back
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class Chosen:
    """What goes into a commit: the words for git (none for what `git add` was told), the files, the new ones of them.

    `doubts` are sentences about files that do not belong into git, `backwards` those about submodules that would go
    back to an earlier state, `notes` those about what does not go along.
    """

    message: str
    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    backwards: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def relative(word: str, copy: WorkingCopy, cwd: Path) -> str:
    """A name that was typed in this folder as git calls it: from the top of the working copy.

    Who is outside of the working copy may also type it as from its top.
    """
    top = Path(os.path.realpath(copy.top))
    for folder in (cwd, copy.top) if copy.inside is None else (cwd,):
        path = folder / word
        is_place = os.path.basename(word.rstrip("/")) in ("", ".", "..")  # and no name, of which a link could be meant
        real = Path(os.path.realpath(path)) if is_place else Path(os.path.realpath(path.parent), path.name)
        if real.is_relative_to(top):
            return str(real.relative_to(top))
    raise WrongWords(f"{word} is not in {copy.shown}", hint="Name files of this working copy.")


def chosen(
    copy: WorkingCopy, status: Status, request: SyncRequest, caller: Caller, site: Site, prompter: Prompter
) -> Chosen | None:
    """What is to be committed; asked for where nothing is named and a person is there. None without a message."""
    if request.message is None:
        return None
    names = [relative(name, copy, caller.cwd) for name in request.files]
    picked = named_changes(copy, status, site, request.message, names)
    if names or picked.files or not status.changes:
        return picked
    listed = [change.path for change in status.changes]
    if not prompter.interactive:
        shown = few([one_line(path) for path in listed])
        raise Unanswered(f"which files? Changed here: {shown}", hint="Name those to commit, or '.' for all of them.")
    told = prompter.once(f"files of {copy.place}", lambda: _asked_for(listed, prompter))
    return named_changes(copy, status, site, request.message, told)


def _asked_for(listed: list[str], prompter: Prompter) -> list[str]:
    for number, path in enumerate(listed, 1):
        prompter.note(f"{number:>4}  {one_line(path)}")
    words = prompter.text("Which of them? Numbers, or 'all'")
    if words.strip() == "all":
        return listed
    numbers = words.replace(",", " ").split()
    if not numbers or not all(word.isdigit() and 0 < int(word) <= len(listed) for word in numbers):
        raise WrongWords("no such numbers; nothing was done", hint="Type them as in '1 3', or name the files.")
    return [listed[int(word) - 1].rstrip("/") for word in numbers]


def named_changes(copy: WorkingCopy, status: Status, site: Site, message: str, words: Sequence[str]) -> Chosen:
    """What these names, as from the top, mean among the changes."""
    if not words:
        changes = [change for change in status.changes if change.staged]
        staged = tuple(change.path for change in changes)
        if not staged:
            return Chosen(message)
        back = _backwards(copy, changes, staged=True)
        return Chosen(message, (), staged, (), doubts(copy.top, staged, site), back, links(copy, staged))
    found = {word: _changes(copy, status, word) for word in words}
    named = list(dict.fromkeys(change for one in found.values() for change in one))
    changes = [change for change in named if change.kind not in (INSIDE, REPOSITORY)]
    told = tuple(word for word, some in found.items() if set(some) & set(changes))
    files = tuple(change.path for change in changes)
    _need_none_forgotten(copy, status, files)
    new = tuple(change.path for change in changes if not change.tracked)
    unsure = (*doubts(copy.top, files, site), *_rights(copy, changes, words))
    notes = (*_left_out(named), *links(copy, files))
    shown = told if len(changes) == len(named) else files  # by hand, git would take in what is left out here
    return Chosen(message, shown, files, new, unsure, _backwards(copy, changes), notes)


def _left_out(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        if change.kind in (INSIDE, REPOSITORY):
            name = one_line(change.path.rstrip("/"))
            yield f"{name} is a repository of its own: what is in it stays as it is, and is committed there"


def _rights(copy: WorkingCopy, changes: Iterable[Change], words: Sequence[str]) -> Iterator[str]:
    """That rights of files would be committed that nobody has named: some disks show all files with others."""
    if files := [change.path for change in changes if change.kind == RIGHTS and change.path not in words]:
        names = few([one_line(file) for file in files])
        yield f"only the rights changed of {names}: '{without_rights(copy)}' has git leave those alone"


def _changes(copy: WorkingCopy, status: Status, word: str) -> list[Change]:
    changes: list[Change] = []
    for change in status.changes:
        if change.kind == BEHIND and change.path != word:
            continue  # it is brought along
        if change.path == word or word == "." or change.path.startswith(f"{word}/"):
            changes += _files(copy, change, change.path)
        elif change.path.endswith("/") and f"{word}/".startswith(change.path):
            changes += _files(copy, change, word)
    if any(change.kind == INSIDE and change.path == word for change in changes):
        raise Refused(
            f"{word} is a repository of its own (a submodule): what was changed inside is committed there",
            hint=f"'{by_hand('cd', copy.typed(word))}' and 'sesync sync -m TEXT FILE' do it; then commit {word} here.",
        )
    if any(change.kind == REPOSITORY and f"{word}/".startswith(change.path) for change in changes):
        raise Refused(
            f"{word} is a repository of its own, or in one, and cannot be committed into this one",
            hint="Move it out of here, or ask somebody who knows git about submodules.",
        )
    if not changes:
        _need_known(copy, status, word)
    return changes


def _need_none_forgotten(copy: WorkingCopy, status: Status, files: Sequence[str]) -> None:
    """Raise where git was told to forget a file that stays here: by its name, git would take it in again."""
    for change in status.changes:
        is_here = exists(copy, change.path) and not (copy.top / change.path).is_dir()
        if change.path in files and change.kind == "removed" and change.staged and is_here:
            raise Refused(
                f"git was told to forget {change.path} ('git rm --cached'), and by its name it would take it in again",
                hint=f"'{by_hand('git', '-C', copy.top, 'add')} FILE' adds what else you want, and"
                f" '{copy.again('-m', 'TEXT')}' without names commits all that git was told.",
            )


def _files(copy: WorkingCopy, change: Change, below: str) -> list[Change]:
    # where a folder has taken a file's place, git names the file alone, and means what is in the folder
    is_folder_now = change.kind == "removed" and (copy.top / change.path).is_dir() and exists(copy, change.path)
    if not is_folder_now and not change.path.endswith("/"):
        return [change]
    if is_repository(copy, f"{below}/"):
        return [Change(f"{below.rstrip('/')}/", REPOSITORY, tracked=False)]
    found = untracked(copy, below)
    return [Change(path, REPOSITORY if path.endswith("/") else "new", tracked=False) for path in found]


def _need_known(copy: WorkingCopy, status: Status, word: str) -> None:
    """Raise unless git knows this path, which then simply has no changes."""
    if word == "." or ask_git(["ls-files", "-z", "--", word], copy.top).out:
        return
    if not exists(copy, word):
        meant = did_you_mean(near(word, [change.path for change in status.changes]))
        hint = f"{meant} 'sesync sync' lists what has changed.".lstrip()
        raise NotFound(f"{copy.shown} has no {word}", hint=hint)
    if untracked(copy, word, ignored=True):
        by_force = by_hand("git", "-C", copy.top, "add", "-f", "--", word)
        raise Refused(
            f"{word} is on the list of what git leaves alone here (.gitignore)",
            hint=f"If it shall be committed all the same: '{by_force}', then this again.",
        )


def _backwards(copy: WorkingCopy, changes: Iterable[Change], *, staged: bool = False) -> tuple[str, ...]:
    moved = (change for change in changes if change.commit and change.kind != INSIDE)
    back = (change.path for change in moved if goes_back(copy, change.path, change.commit if staged else "HEAD"))
    return tuple(f"the submodule {path} would lose what others have moved it to" for path in back)
