"""What `--move` does last: sources go whose copies are proven, and links come in their places."""

import errno
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.disk import FULL
from sesync_cli.errors import Conflict
from sesync_cli.leftovers import partial, remove
from sesync_cli.plan import Report, by_hand
from sesync_cli.put.children import run_children
from sesync_cli.put.entries import Entry, Shipment, is_unchanged
from sesync_cli.put.opening import not_opening
from sesync_cli.put.steps import PutTally, explaining
from sesync_cli.put.together import WholePaths
from sesync_cli.put.writers import CLOSE, Writers
from sesync_cli.workers import Guard, Tell

_OFTEN = 0.2  # seconds between two signs of life


@dataclass(frozen=True)
class Leave:
    """Remove the sources, each file only if it is still as it was when its copy was proven; then link to the copies.

    A source stays as a whole if anything in it is new, changed or not proven, or if a program writes it, and a data set
    if any of its files does. With `link` links come in their places.
    """

    found: Shipment
    tally: PutTally
    guard: Guard
    together: WholePaths
    link: bool
    doing: str = "Removing what is in place"

    def do(self, report: Report) -> None:
        again = f"Every file is in {self.found.folder}, and checked. Run the same command again to go on."
        safe = again if len(self.tally.proven) == self.tally.total else self.tally.placed()
        with explaining(self.found.folder, lambda: safe):
            run_children([self._leave], self.guard, lambda word: self.tally.links.append(word) if word else None)

    def undo(self) -> None:
        # what was removed is proven to be in the data directory, where the next run finds it
        return

    def __str__(self) -> str:
        lines = []
        for entry in reversed([one for one in self.found.entries if not one.rel]):
            if Path(self.found.source(entry)) in self.together.kept:
                continue
            source, final = self.found.source(entry), self.found.final(entry)
            lines.append(by_hand("rm", "-r" if entry.is_folder else "-f", source))
            lines += [by_hand("ln", "-s", final, source)] if self._is_linked(source) else []
        return "\n".join(lines)

    def _is_linked(self, source: str) -> bool:
        return self.link and source in self.together.linked

    def _leave(self, tell: Tell) -> None:
        known = {self.found.source(entry): number for number, entry in enumerate(self.found.entries)}
        alive, writers = _Alive(tell), Writers()
        staying = self._staying(known, alive, writers)
        kept = set(map(str, self.together.kept))
        for path in reversed(known):
            entry = self.found.entries[known[path]]
            alive.tell()
            if self.found.sources[entry.source] in {*staying, *kept}:
                continue
            if entry.rel:
                _removed(path, entry, writers)
            else:
                self._finish(path, entry, tell, writers)
        if staying:
            reasons = list(dict.fromkeys(map(str, staying.values())))
            others = "" if len(staying) == len(self.found.sources) else "; the others are moved"
            raise Conflict("; ".join(reasons) + others, hint=next(iter(staying.values())).hint, problems=reasons)

    def _staying(self, known: Mapping[str, int], alive: "_Alive", writers: Writers) -> dict[str, Conflict]:
        """The sources that cannot go, and why; of a data set all files stay or none."""
        staying: dict[str, Conflict] = {}
        for source in self.found.sources:
            try:
                self._need_proven(source, known, alive, writers)
            except Conflict as error:
                staying[source] = error
        for source, reason in not_opening(self.found, self.together, staying, alive.tell):
            whole = self.together.mains.get(source, source)
            staying[source] = _stays(whole, whole, reason, "Mend it, or leave it where it is.")
        for one in self.together.sets if staying else ():
            files = [str(file) for file in one.files if str(file) in self.found.sources]
            if why := next((staying[file] for file in files if file in staying), None):
                staying |= dict.fromkeys(files, why)
        return staying

    def _finish(self, source: str, entry: Entry, tell: Tell, writers: Writers) -> None:
        """Have the source itself, with nothing in it any more, make way for its link."""
        final, link = self.found.final(entry), self._is_linked(source)
        if entry.is_folder or not link or not _replaced(source, final, entry, writers):
            _removed(source, entry, writers)
            if link:
                os.symlink(final, source)
        if link:
            tell(source)

    def _need_proven(self, source: str, known: Mapping[str, int], alive: "_Alive", writers: Writers) -> None:
        """Refuse unless a source has nothing but what was found in it, each file as it was, proven, and not written."""
        files = []
        whole = self.together.mains.get(source, source)
        for path, found in _walk(source):
            alive.tell()
            if path not in known:
                raise _stays(whole, path, "is new")
            entry = self.found.entries[known[path]]
            if not entry.is_folder and known[path] not in self.tally.proven:
                raise _stays(whole, path, "was not copied")
            if not _is_same(found, entry):
                raise _stays(whole, path, "has changed")
            if entry.is_file:
                files.append((path, found))
        for path, use in writers.of(files).items():
            raise _stays(whole, path, use.words, use.hint)


class _Alive:
    """Tells now and then that work goes on."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._told = tell, time.monotonic()

    def tell(self) -> None:
        if time.monotonic() - self._told > _OFTEN:
            self._told = time.monotonic()
            self._tell("")


def _walk(path: str) -> Iterator[tuple[str, os.stat_result]]:
    todo = [path]
    while todo:
        one = todo.pop()
        found = os.lstat(one)
        yield one, found
        if stat.S_ISDIR(found.st_mode):
            todo += [f"{one}/{name}" for name in os.listdir(one)]


def _is_same(found: os.stat_result, entry: Entry) -> bool:
    if stat.S_IFMT(found.st_mode) != stat.S_IFMT(entry.mode):
        return False
    return entry.is_folder or is_unchanged(found, entry.facts)


def _stays(source: str, path: str, why: str, hint: str = "") -> Conflict:
    what = "it" if path == source else path
    return Conflict(f"{source} stays, and nothing of it was removed: {what} {why}", hint=hint)


def _replaced(source: str, final: str, entry: Entry, writers: Writers) -> bool:
    """Put a link in the place of a file by one rename; False where there is no room for that."""
    beside = partial(Path(source), owner=Path(final))
    try:
        remove(beside)
        os.symlink(final, beside)
    except OSError as error:
        if error.errno in FULL or error.errno == errno.ENAMETOOLONG:
            return False
        raise
    try:
        _need_same(source, entry, writers)
        os.rename(beside, source)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    return True


def _removed(path: str, entry: Entry, writers: Writers) -> None:
    if not os.path.lexists(path):
        return  # somebody else has removed it
    if not entry.is_folder:
        _need_same(path, entry, writers)
    remove_one = os.rmdir if entry.is_folder else os.unlink
    try:
        remove_one(path)
    except PermissionError:
        above = os.path.dirname(path)
        os.chmod(above, stat.S_IMODE(os.stat(above).st_mode) | stat.S_IRWXU)  # a folder without the right to write
        remove_one(path)
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        raise Conflict(f"{path} stays: something new has come into it", hint="") from None


def _need_same(path: str, entry: Entry, writers: Writers) -> None:
    found = os.lstat(path)
    if not _is_same(found, entry):
        raise Conflict(f"{path} stays: it has changed since it was copied", hint="")
    if entry.is_file and writers.has(path, found):
        raise Conflict(f"{path} stays: a program has opened it for writing", hint=CLOSE)
