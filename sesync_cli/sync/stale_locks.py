"""The lock files that a killed git leaves behind, and whether some git is still at work."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import Conflict
from sesync_cli.plan import Report, by_hand
from sesync_cli.sync.working_copy import WorkingCopy

_PATIENCE = 3.0  # seconds
_BELOW = ("refs", "logs")


@dataclass(frozen=True)
class RemoveLock:
    """Remove a lock file of git's whose owner is gone."""

    path: Path
    number: int

    @property
    def doing(self) -> str:
        return "Removing a lock that a killed git left"

    def do(self, report: Report) -> None:
        if self.is_there():
            self.path.unlink(missing_ok=True)

    def is_there(self) -> bool:
        """Whether it is still this very lock."""
        return _number(self.path) == self.number

    def undo(self) -> None:
        # nobody misses a lock whose owner is gone
        return

    def __str__(self) -> str:
        return by_hand("rm", self.path)


def left_locks(copy: WorkingCopy) -> list[RemoveLock]:
    """The locks that no running git holds; a Conflict while one is at work here."""
    found = [RemoveLock(path, number) for path in _lock_files(copy) if (number := _number(path))]
    if found and (busy := at_work(copy)):
        number, words = busy
        raise Conflict(
            f"another git is at work in {copy.shown} (process {number}: {words})",
            hint="Wait until it has ended, or close the editor that it waits for; then run this again.",
        )
    return [lock for lock in found if lock.is_there()]  # a git that was quick, such as one that tidies up, has gone


def _number(lock: Path) -> int:
    try:
        return lock.lstat().st_ino
    except FileNotFoundError:
        return 0


def at_work(copy: WorkingCopy) -> tuple[int, str] | None:
    """A running git of this user's in this working copy, with its words; those on other machines are not seen."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = [os.fsdecode(word) for word in (entry / "cmdline").read_bytes().split(b"\0") if word]
                here = Path(os.readlink(entry / "cwd"))
                if words and _is_git(words) and _is_in(copy, here, words):
                    return int(entry.name), " ".join(words[:4])
    return None


def _is_git(words: list[str]) -> bool:
    name = Path(words[0]).name
    return (name == "git" or name.startswith("git-")) and not any("daemon" in word for word in words[:2])


def remove_left_locks(copy: WorkingCopy) -> None:
    """Remove what a killed run of ours has left, once what it had started has ended; a Conflict if that goes on."""
    until = time.monotonic() + _PATIENCE
    while at_work(copy) and time.monotonic() < until:
        time.sleep(0.05)
    for lock in left_locks(copy):
        lock.do(lambda fraction, words: None)


def _is_in(copy: WorkingCopy, here: Path, words: list[str]) -> bool:
    own = {copy.top.resolve(), copy.git_dir.resolve()}
    return any(one == here or one in here.parents or str(one) in words for one in own)


def _lock_files(copy: WorkingCopy) -> Iterator[Path]:
    for folder in dict.fromkeys((copy.git_dir, copy.common)):
        yield from sorted(folder.glob("*.lock"))
        for below in _BELOW:
            yield from sorted((folder / below).rglob("*.lock"))
