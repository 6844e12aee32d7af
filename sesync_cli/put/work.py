"""Work that children do for a put, and what they tell of it."""

import os
from collections.abc import Callable, Generator, Sequence, Set
from contextlib import closing
from typing import Any

from sesync_cli.errors import NotFound
from sesync_cli.workers import Guard, Work, together


def told(works: Sequence[Work], guard: Guard, kept: Set[int] = frozenset()) -> Generator[Any, None, None]:
    """What the workers of a put tell, as in `together`; a file that has gone since it was found is `NotFound`."""
    try:
        yield from together(works, guard, kept)
    except FileNotFoundError as error:
        if not isinstance(error.filename, str | bytes | os.PathLike):
            raise
        hint = "Run the command again."
        raise NotFound(f"{os.fsdecode(error.filename)} has gone meanwhile", hint=hint) from None


def run(
    works: Sequence[Work], guard: Guard, hear: Callable[[Any], None] = lambda what: None, kept: Set[int] = frozenset()
) -> None:
    """Have these works done by children, which are gone afterwards, whatever happens."""
    with closing(told(works, guard, kept)) as heard:
        for what in heard:
            if what is not None:
                hear(what)
