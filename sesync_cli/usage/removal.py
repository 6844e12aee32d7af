"""How things go: each is looked at again just before, and stays if it is not what it was."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sesync_cli.errors import SesyncError, Stopped
from sesync_cli.kernel.specs import Folders
from sesync_cli.leftovers import partial, sweep, vanish
from sesync_cli.lock import alone
from sesync_cli.plan import Plan, Report, by_hand
from sesync_cli.view import size


@dataclass(frozen=True)
class Removable:
    """Something that can go as a whole: what it is, where, the bytes that it frees, and the question about it."""

    kind: str
    path: Path
    frees: int
    question: str


@dataclass(frozen=True)
class Thing:
    """A file or folder as it was found; `changed` is None for caches, which always change.

    `without` is a path that must not be there: a checkpoint goes only while its notebook is gone.
    """

    path: Path
    inode: int
    changed: int | None
    frees: int
    without: Path | None = None

    def is_as_found(self) -> bool:
        facts = self.path.lstat()
        same = facts.st_ino == self.inode and self.changed in (None, facts.st_mtime_ns)
        return same and not (self.without and os.path.lexists(self.without))

    def go(self) -> None:
        """Remove it; a folder first out of sight, under a name that the next run knows."""
        if self.path.is_symlink() or not self.path.is_dir():
            self.path.unlink()
        else:
            vanish(self.path, partial(self.path.with_name("removed"), owner=self.path))


@dataclass
class Outcome:
    """What came of it all: bytes freed, what went as a whole, and why some things are still there."""

    freed: int = 0
    gone: list[Removable] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def whole(self, item: Removable) -> Iterator[None]:
        """Let an item go, which is gone if nothing of it was kept."""
        before = len(self.kept)
        with self.of(item.path):
            yield
        if len(self.kept) == before:
            self.gone.append(item)

    @contextlib.contextmanager
    def of(self, path: Path) -> Iterator[None]:
        """Let no failure at one thing keep the others from going."""
        try:
            yield
        except FileNotFoundError:
            return  # somebody else was quicker
        except OSError as error:
            self.kept.append(f"{path} stays: {error.strerror}")
        except (KeyboardInterrupt, Stopped):
            raise Stopped(f"stopped; {size(self.freed)} are freed, and all else is still there") from None
        except SesyncError as error:
            self.kept.append(f"{path} stays: {error}")


@dataclass(frozen=True)
class Discard:
    """Remove things; `in_use` is a file that their owner, a program, holds locked while it works with them."""

    item: Removable
    things: tuple[Thing, ...]
    command: str
    outcome: Outcome
    in_use: Path | None = None

    @property
    def doing(self) -> str:
        return f"Removing {self.item.path.name}"

    def do(self, report: Report) -> None:
        with self.outcome.whole(self.item), _unused(self.in_use):
            for number, thing in enumerate(self.things):
                report(number / len(self.things), thing.path.name)
                with self.outcome.of(thing.path):
                    self._discard(thing)

    def _discard(self, thing: Thing) -> None:
        if not thing.is_as_found():
            raise SesyncError("it has changed meanwhile")
        thing.go()
        self.outcome.freed += thing.frees
        if thing.without:
            with contextlib.suppress(OSError):
                thing.path.parent.rmdir()  # the folder of checkpoints, if this was the last

    def undo(self) -> None:
        return  # what is gone is gone

    def __str__(self) -> str:
        return _line(self.command, self.item)


@dataclass(frozen=True)
class Sweep:
    """Remove what broken-off runs have left in a folder; what belongs to a run that is at work stays."""

    item: Removable
    things: tuple[Thing, ...]
    outcome: Outcome

    @property
    def doing(self) -> str:
        return f"Sweeping {self.item.path.name}"

    def do(self, report: Report) -> None:
        with self.outcome.whole(self.item):
            sweep(self.item.path)
        self.outcome.freed += sum(thing.frees for thing in self.things if not os.path.lexists(thing.path))

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return _line(by_hand("rm", "-r", *(thing.path for thing in self.things)), self.item)


@dataclass(frozen=True)
class DropKernel:
    """Remove a kernel that nothing can mend, unless it is in another state by now."""

    item: Removable
    name: str
    state: str
    folders: Folders
    outcome: Outcome

    @property
    def doing(self) -> str:
        return f"Removing the kernel {self.name}"

    def do(self, report: Report) -> None:
        with self.outcome.whole(self.item), alone(self.folders.environment(self.name), contextlib.nullcontext()):
            self._plan().carry_out(lambda words: contextlib.nullcontext(report))
            self.outcome.freed += self.item.frees

    def _plan(self) -> Plan:
        from sesync_cli.kernel.discovery import find_kernel
        from sesync_cli.kernel.making import plan_removal

        kernel = find_kernel(self.name, self.folders)
        if kernel.state != self.state:
            raise SesyncError("it has changed meanwhile")
        return plan_removal(kernel, self.folders)

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return _line(f"sesync kernel remove {self.name}", self.item)


@contextlib.contextmanager
def _unused(lock: Path | None) -> Iterator[None]:
    """Hold the lock of a program that is not at work. Nothing is written: a full disk would refuse that."""
    import fcntl

    try:
        held = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC) if lock else None
    except FileNotFoundError:
        held = None
    try:
        if held is not None:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise SesyncError("a program is at work with it") from None
    finally:
        if held is not None:
            os.close(held)


def _line(command: str, item: Removable) -> str:
    return f"{command}  # frees {size(item.frees)}"
