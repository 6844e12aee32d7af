"""What a run is about to do to a working copy, written down first, so that the next one can take it back."""

import contextlib
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from sesync_cli.errors import Conflict
from sesync_cli.git.client import GitFailed, ask_git, pieces
from sesync_cli.leftovers import remove, written_whole
from sesync_cli.sync.history import staged
from sesync_cli.sync.stale_locks import remove_left_locks
from sesync_cli.sync.status import exists, no_folder
from sesync_cli.sync.working_copy import WorkingCopy

_PAGE = ".sesync-journal"  # one name, by whatever path and from whatever machine the working copy is reached
_DEAD_ELSEWHERE = 24 * 3600.0  # seconds after which a run on another machine counts as dead


@dataclass(frozen=True)
class JournalEntry:
    """From which commit the work began, to which commit the files were to be brought, and what was to be committed.

    `to` is empty for a commit; its `paths` are what it was to hold, and `new` those of them that git did not know. An
    entry without anything says that git was at work, and may have left a lock. `host` and `process` say who is at work.
    """

    head: str
    to: str = ""
    paths: Sequence[str] = ()
    new: Sequence[str] = ()
    host: str = field(default_factory=lambda: os.uname().nodename)
    process: int = field(default_factory=os.getpid)

    @property
    def is_ours(self) -> bool:
        return (self.host, self.process) == (os.uname().nodename, os.getpid())


def note(copy: WorkingCopy, entry: JournalEntry) -> None:
    """Write down what is about to happen."""
    with written_whole(_page(copy), copy.place, 0o666) as file:
        file.write(json.dumps(asdict(entry)).encode())
        file.flush()
        os.fsync(file.fileno())


def settled(copy: WorkingCopy) -> None:
    """Say that it is over, for good or because it was taken back."""
    remove(_page(copy))


@contextlib.contextmanager
def git_writes(copy: WorkingCopy) -> Iterator[None]:
    """Around a git that writes nothing but what it gets, or has sent; a kill leaves the locks that this takes."""
    note(copy, JournalEntry(""))
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(Conflict):  # while another git is at work; the next run sees to it
            take_back_failed(copy, error)
        raise
    settled(copy)


def is_open(copy: WorkingCopy) -> bool:
    """Whether a run was killed in the middle of its work here, or is at it."""
    return _page(copy).exists()


def holder(copy: WorkingCopy) -> str:
    """Who may still be at work here, in words; empty if that run is over."""
    entry = _read(copy)
    if entry is None or entry.is_ours:
        return ""
    if entry.host == os.uname().nodename:
        return f"process {entry.process}" if _is_at_work(entry.process) else ""
    age = time.time() - _page(copy).stat().st_mtime
    return f"on {entry.host}" if age < _DEAD_ELSEWHERE else ""


def take_back(copy: WorkingCopy) -> None:
    """Undo what a run that was ended has half done; whatever a person wrote since then stays as it is.

    Git's locks go, too; a Conflict while another git is at work here.
    """
    remove_left_locks(copy)
    _undo(copy)


def take_back_ours(copy: WorkingCopy) -> None:
    """The same for what this very run has begun, and for nothing else."""
    if (entry := _read(copy)) and entry.is_ours:
        take_back(copy)


def take_back_failed(copy: WorkingCopy, error: BaseException) -> None:
    """The same for what has failed; a lock is only ours to remove if git did not end by itself.

    Git makes a lock and then notes that it has to remove it. One that is ended in the instant between leaves the lock,
    as one does that is killed.
    """
    was_ended = error.ended if isinstance(error, GitFailed) else isinstance(error, KeyboardInterrupt)
    take_back(copy) if was_ended else _undo(copy)


def _undo(copy: WorkingCopy) -> None:
    if entry := _read(copy):
        head = ask_git(["rev-parse", "--verify", "--quiet", "HEAD"], copy.top).out.strip()
        if not entry.to:
            # a commit that has come to be is kept, and git's list of what comes next follows it
            if head != entry.head and entry.paths:
                follow_commit(copy, entry.head, entry.paths)
            else:
                _forget(copy, entry.new)
        elif head == entry.head:
            _restore(copy, entry)
    settled(copy)


def _read(copy: WorkingCopy) -> JournalEntry | None:
    try:
        entry = JournalEntry(**json.loads(_page(copy).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    are_paths = isinstance(entry.paths, list) and isinstance(entry.new, list)
    return entry if are_paths and isinstance(entry.process, int) else None


def _is_at_work(process: int) -> bool:
    """Whether this is still a sesync, and no other program that has got its number since."""
    try:
        return b"sesync" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _restore(copy: WorkingCopy, entry: JournalEntry) -> None:
    """Give the files that were to go forward the contents that they had: none of them had changes of its own."""
    differing = _differing(copy, entry)
    _forget(copy, tuple(differing))
    ours = _ours(copy, differing)
    for path in (path for path in ours if exists(copy, path)):  # and not behind a link that leads elsewhere
        at = copy.top / path
        with contextlib.suppress(OSError):
            # what has older contents goes as well: git may take a file of the same second for unchanged, and leave it
            at.unlink()
            for parent in at.relative_to(copy.top).parents[:-1] if _is_none(differing[path].old) else ():
                (copy.top / parent).rmdir()
    # a folder that was new in a file's place is gone by now
    ours |= {path for path in differing if not exists(copy, path) and not no_folder(copy, path)}
    for some in pieces([path for path in ours if not _is_none(differing[path].old)]):
        # those too that git was told to skip: what is in them is git's own work
        ask_git(["checkout", "--quiet", "--ignore-skip-worktree-bits", "--", *some], copy.top, writes=True)


class Pair(NamedTuple):
    """What a path held before, and what it was to hold, by git's numbers."""

    old: str
    new: str


def _differing(copy: WorkingCopy, entry: JournalEntry) -> dict[str, Pair]:
    """The paths in which the two commits differ."""
    old = entry.head or ask_git(["hash-object", "-t", "tree", os.devnull], copy.top).out.strip()
    said = ask_git(
        ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none", old, entry.to],
        copy.top,
    ).out
    words = said.split("\0")
    return {path: Pair(*facts.split()[2:4]) for facts, path in zip(words[::2], words[1::2], strict=False)}


def _ours(copy: WorkingCopy, differing: Mapping[str, Pair]) -> set[str]:
    """The paths that hold what git had written when it was killed: the new contents, their beginning, or nothing."""
    there = [path for path in differing if exists(copy, path)]
    files = [path for path in there if (copy.top / path).is_file() and not (copy.top / path).is_symlink()]
    ours = {path for path in differing if path not in there and not _is_instead(copy, path, differing)}
    for some in pieces(files):
        numbers = ask_git(["hash-object", "--", *some], copy.top, writes=True).out.split()
        ours |= {path for path, number in zip(some, numbers, strict=False) if number == differing[path].new}
        cut = [path for path, number in zip(some, numbers, strict=False) if number not in differing[path]]
        ours |= {path for path in cut if _begins(copy, differing[path].new, (copy.top / path).read_bytes())}
    for path in set(there) - set(files):
        at = copy.top / path
        if at.is_symlink() and _begins(copy, differing[path].new, os.fsencode(os.readlink(at))):
            ours.add(path)
    return ours


def _is_instead(copy: WorkingCopy, path: str, differing: Mapping[str, Pair]) -> bool:
    """Whether a person has put something where this path has its folder, and git has not."""
    parent = no_folder(copy, path)
    return bool(parent) and (parent not in differing or parent not in _ours(copy, {parent: differing[parent]}))


def _begins(copy: WorkingCopy, number: str, contents: bytes) -> bool:
    if _is_none(number):
        return False
    return os.fsencode(ask_git(["cat-file", "blob", number], copy.top, writes=True).out).startswith(contents)


def _is_none(number: str) -> bool:
    """Whether this is git's number for a file that is not there."""
    return not number.strip("0")


def follow_commit(copy: WorkingCopy, before: str, paths: Collection[str]) -> None:
    """Have git's list of what comes next follow a commit of these paths, and what a hook has put into it.

    What somebody had staged `before` that commit (a commit, or none) stays staged.
    """
    behind = set(staged(copy, "HEAD"))
    own = staged(copy, before) if before else ask_git(["ls-files", "-z"], copy.top).out.split("\0")
    if follows := behind & set(paths) | (behind - set(own)):
        _forget(copy, sorted(follows))


def _forget(copy: WorkingCopy, paths: Sequence[str]) -> None:
    """Have git's list of what comes next say of these paths what the last commit says."""
    for some in pieces(paths):
        ask_git(["reset", "--quiet", "--", *some], copy.top, writes=True)


def _page(copy: WorkingCopy) -> Path:
    return copy.git_dir / _PAGE
