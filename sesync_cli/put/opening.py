"""Whether what was moved opens in its new place: asked once, before it goes from the old one."""

import os
import time
from collections.abc import Callable, Collection, Iterator, Set
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sesync_cli.files.datasets import data_sets
from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.leftovers import remove
from sesync_cli.put.entries import Shipment
from sesync_cli.put.together import WholePaths

if TYPE_CHECKING:
    import sqlite3

_SQLITE = b"SQLite format 3\0"  # https://sqlite.org/fileformat.html
_DAMAGED = (11, 26)  # SQLITE_CORRUPT and SQLITE_NOTADB in https://sqlite.org/rescode.html
_UNKNOWN, _NO_PAGE = "malformed database schema", "invalid rootpage"  # the first is said of newer words, too
_DAMAGE = "*** in database"  # how `quick_check` begins to tell of pages that are wrong
_SECONDS = 20.0  # for which a large database is looked through
_DATABASES = (Kind.DATABASE, Kind.MAP)  # kinds of which some are databases of SQLite, whatever they are called
_OFTEN = 10_000  # steps of SQLite between two signs of life

Alive = Callable[[], object]


def not_opening(
    found: Shipment, together: WholePaths, staying: Collection[str], alive: Alive
) -> Iterator[tuple[str, str]]:
    """The sources, but those that stay anyway, whose copies do not open as they did, and what to say of each."""
    finals = dict(zip(found.sources, found.finals, strict=True))
    databases = {str(Path(one.folder, one.main)) for one in together.sets if one.followed}
    for entry in found.entries:
        source, final = found.source(entry), found.final(entry)
        if entry.is_file and (source in databases or kind_by_name(os.path.basename(final)) in _DATABASES):
            top = found.sources[entry.source]
            if top not in staying and (why := damage(final, f"{found.folder}/{found.prefix}opened", alive)):
                yield top, f"is damaged, so that {final} does not open: {why}"
    for one in together.sets:
        main, *parts = (finals.get(str(Path(one.folder, name)), "") for name in one.names)
        if main and not _is_known(main, {os.path.basename(part) for part in parts if part}):
            yield str(Path(one.folder, one.main)), f"does not open as {main} with what belongs to it"


def _is_known(final: str, parts: Set[str]) -> bool:
    """Whether a file and those beside it are known for one data set, as they were where they came from."""
    folder, name = os.path.split(final)
    found = data_sets(folder, {name, *parts}).get(name)
    return not parts or (found is not None and parts <= set(found.parts))


def damage(path: str, scratch: str, alive: Alive) -> str:
    """What SQLite says is wrong with a database; empty for one that opens, and for what is none.

    Its files are only read. What is not yet written into it is read along, by other names in the folder `scratch`,
    which is made and removed. A large database is looked through for some seconds, and not to its end.
    """
    if not _is_sqlite(path) or os.path.lexists(f"{path}-journal"):  # to take back what was broken off is to write
        return ""
    if not os.path.lexists(f"{path}-wal"):
        return _told(path, "immutable=1", alive)
    try:
        os.mkdir(scratch, 0o700)
        for end in ("", "-wal"):
            os.link(f"{path}{end}", f"{scratch}/x{end}")
        return _told(f"{scratch}/x", "mode=ro", alive)
    except OSError:
        return ""  # no second names here: the copy is proven, and that has to do
    finally:
        with suppress(OSError):
            remove(Path(scratch))


def _is_sqlite(path: str) -> bool:
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return (file.read(len(_SQLITE)) or b"") == _SQLITE


def _told(path: str, how: str, alive: Alive) -> str:
    try:
        import sqlite3
    except ImportError:  # a Python that was built without it
        return ""
    from urllib.parse import quote

    until = time.monotonic() + _SECONDS

    def go_on() -> bool:
        alive()
        return time.monotonic() > until

    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?{how}", uri=True)) as database:
            database.set_progress_handler(go_on, _OFTEN)
            return _checked(database)
    except sqlite3.Error as error:
        # that a function of an extension is not known here is no damage
        said, code = str(error), getattr(error, "sqlite_errorcode", 0) & 0xFF
        return said if code in _DAMAGED and (_UNKNOWN not in said or _NO_PAGE in said) else ""


def _checked(database: "sqlite3.Connection") -> str:
    for (said,) in database.execute("pragma quick_check(1)"):
        if str(said).startswith(_DAMAGE):
            return " ".join(str(said).removeprefix(_DAMAGE).split()[2:]) or str(said)
    return ""
