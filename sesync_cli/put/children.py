"""The children of a put, which look and copy since that may hang: how long they are waited for, and what they tell."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Sequence, Set
from contextlib import closing
from pathlib import Path
from typing import Any

from sesync_cli.directory import State, look_at_directories, unreachable
from sesync_cli.errors import NotFound
from sesync_cli.plan import unwatched
from sesync_cli.site.settings import Site
from sesync_cli.workers import Guard, Work, together


def guard(places: Iterable[Path], site: Site) -> Guard:
    """Asks these folders whether they answer, when a child has been silent for the site's patience."""
    folders = list(dict.fromkeys(places))

    def ask() -> None:
        until = time.monotonic() + site.data_patience_seconds
        for path, seen in look_at_directories(folders, Path("/"), until, unwatched).items():
            if seen.state in (State.NO_ANSWER, State.NOT_MOUNTED):
                raise unreachable(path, seen, site)

    return Guard(site.data_patience_seconds, ask)


def children_told(works: Sequence[Work], guard: Guard, kept: Set[int] = frozenset()) -> Generator[Any, None, None]:
    """What the children tell, as in `together`; a file that has gone since it was found is `NotFound`."""
    try:
        yield from together(works, guard, kept)
    except FileNotFoundError as error:
        if not isinstance(error.filename, str | bytes | os.PathLike):
            raise
        hint = "Run the command again."
        raise NotFound(f"{os.fsdecode(error.filename)} has gone meanwhile", hint=hint) from None


def run_children(
    works: Sequence[Work], guard: Guard, hear: Callable[[Any], None] = lambda what: None, kept: Set[int] = frozenset()
) -> None:
    """Have these works done by children, which are gone afterwards, whatever happens."""
    with closing(children_told(works, guard, kept)) as heard:
        for what in heard:
            if what is not None:
                hear(what)
