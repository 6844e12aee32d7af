"""A folder that is one thing, looked through: how much is in it, what cannot be looked at, and whether it is one."""

import os
from collections.abc import Callable, Collection, Generator, Iterator
from typing import NamedTuple

from sesync_cli.files.kinds import Kind
from sesync_cli.files.stores import is_foreign, kind_by_end, store_kind

_BATCH = 1000  # files between two signs of life


class OneThing(NamedTuple):
    """What is in it; `closed` is what could not be looked at, and why."""

    kind: Kind
    files: int
    bytes: int
    closed: tuple[tuple[str, str], ...]


def one_thing(
    path: str, real: str, names: Collection[str], is_ground: Callable[[str], bool]
) -> Generator[None, None, OneThing | None]:
    """What a folder with these names in it is as one thing; None where it is a folder like others.

    None is one whose real path `is_ground` that people stand on, a home or a whole data directory; nor one that is not
    called so, and has code in it, a secret or the like.
    """
    kind, is_called_so = store_kind(real, names), bool(kind_by_end(real))
    if not kind or is_ground(real):
        return None
    size = files = 0
    closed: list[tuple[str, str]] = []
    for file in _inside(path, closed):
        if file is None:
            yield None
        elif not is_called_so and is_foreign(os.path.basename(file)):
            return None
        else:
            files += 1
            try:
                size += os.lstat(file).st_size
            except OSError as error:
                closed.append((file, error.strerror or ""))
    return OneThing(kind, files, size, tuple(closed))


def _inside(path: str, closed: list[tuple[str, str]]) -> Iterator[str | None]:
    """All files below a folder, and None now and then as a sign of life; what cannot be entered comes to `closed`.

    The folder of a work tree of git is told as if it were a file.
    """

    def note(error: OSError) -> None:
        closed.append((error.filename, error.strerror or ""))

    for folder, folders, names in os.walk(path, onerror=note):
        yield from (os.path.join(folder, name) for name in folders if name == ".git")
        for number, name in enumerate(names):
            if not number % _BATCH:
                yield None
            yield os.path.join(folder, name)
        yield None
