"""What a run is about to do to a working copy, written down first, so that the next one can take it back."""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from sesync_cli.git.client import ask, pieces
from sesync_cli.lock import partial, remove
from sesync_cli.sync.status import exists, no_folder
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class Entry:
    """From which commit the work began, to which commit the files were to be brought, and what was to be committed.

    `to` is empty for a commit; its `paths` are what it was to hold, and `new` those of them that git did not know. An
    entry without anything says that git was at work, and may have left a lock.
    """

    head: str
    to: str = ""
    paths: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def note(copy: WorkingCopy, entry: Entry) -> None:
    """Write down what is about to happen."""
    page = _page(copy)
    beside = page.with_name(f"{page.name}~")
    with open(beside, "w") as file:
        json.dump(asdict(entry), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(page)


def settled(copy: WorkingCopy) -> None:
    """Say that it is over, for good or because it was taken back."""
    remove(_page(copy))


def is_open(copy: WorkingCopy) -> bool:
    """Whether a run was killed in the middle of its work here."""
    return _page(copy).exists()


def take_back(copy: WorkingCopy) -> None:
    """Undo what a run has half done; whatever a person wrote since then stays as it is."""
    try:
        facts = json.loads(_page(copy).read_text())
    except FileNotFoundError:
        return
    except ValueError:
        return settled(copy)
    entry = Entry(facts["head"], facts["to"], tuple(facts["paths"]), tuple(facts["new"]))
    head = ask(["rev-parse", "--verify", "--quiet", "HEAD"], copy.top).out.strip()
    if not entry.to:
        # a commit that has come to be is kept, and git's list of what comes next follows it
        _forget(copy, entry.paths if head != entry.head else entry.new)
    elif head == entry.head:
        _restore(copy, entry)
    settled(copy)


def _restore(copy: WorkingCopy, entry: Entry) -> None:
    """Give the files that were to go forward the contents that they had: none of them had changes of its own."""
    differing = _differing(copy, entry)
    _forget(copy, tuple(differing))
    ours = _ours(copy, differing)
    back = [path for path in ours if not _is_none(differing[path].old)]
    for some in pieces(back):
        ask(["checkout", "--quiet", "--", *some], copy.top)
    for path in ours - set(back):
        at = copy.top / path
        with contextlib.suppress(OSError):
            at.unlink()
            for parent in at.relative_to(copy.top).parents[:-1]:
                (copy.top / parent).rmdir()


class Pair(NamedTuple):
    """What a path held before, and what it was to hold, by git's numbers."""

    old: str
    new: str


def _differing(copy: WorkingCopy, entry: Entry) -> dict[str, Pair]:
    """The paths in which the two commits differ."""
    old = entry.head or ask(["hash-object", "-t", "tree", os.devnull], copy.top).out.strip()
    said = ask(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, entry.to], copy.top).out
    words = said.split("\0")
    return {path: Pair(*facts.split()[2:4]) for facts, path in zip(words[::2], words[1::2], strict=False)}


def _ours(copy: WorkingCopy, differing: Mapping[str, Pair]) -> set[str]:
    """The paths that hold what git had written when it was killed: the new contents, their beginning, or nothing."""
    there = [path for path in differing if exists(copy, path)]
    files = [path for path in there if (copy.top / path).is_file() and not (copy.top / path).is_symlink()]
    ours = {path for path in differing if path not in there and not _is_instead(copy, path, differing)}
    for some in pieces(files):
        numbers = ask(["hash-object", "--", *some], copy.top).out.split()
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
    return os.fsencode(ask(["cat-file", "blob", number], copy.top).out).startswith(contents)


def _is_none(number: str) -> bool:
    """Whether this is git's number for a file that is not there."""
    return not number.strip("0")


def _forget(copy: WorkingCopy, paths: tuple[str, ...]) -> None:
    """Have git's list of what comes next say of these paths what the last commit says."""
    for some in pieces(paths):
        ask(["reset", "--quiet", "--", *some], copy.top)


def _page(copy: WorkingCopy) -> Path:
    return partial(copy.git_dir / "sync", owner=copy.top)
