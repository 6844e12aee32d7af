"""The caches that people have beside those of sesync, uv and pip, and how each is emptied. They are in caches.toml."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sesync_cli.caller import Caller
from sesync_cli.plan import by_hand

CACHES = Path(__file__).with_name("caches.toml")


class ProgramCache(NamedTuple):
    """What a program keeps and can have again: what it is, and the command that removes it."""

    folders: tuple[str, ...]
    anywhere: bool
    variable: str
    inside: tuple[str, ...]
    what: str
    do: str

    def command(self, path: Path) -> str:
        words = (word.format(path=path, above=path.parent) for word in self.do.split())
        return by_hand(*words)


@cache
def program_caches() -> tuple[ProgramCache, ...]:
    """All of caches.toml."""
    tables = tomllib.loads(CACHES.read_text(encoding="utf-8")).values()
    return tuple(
        ProgramCache(
            tuple(one["folders"].split()),
            one.get("anywhere", False),
            one.get("variable", ""),
            tuple(one.get("inside", "").split()),
            one["what"],
            one["do"],
        )
        for one in tables
    )


def cache_folders(caller: Caller) -> Iterator[tuple[Path, ProgramCache]]:
    """Where such caches are, or would be; what may stand anywhere is not among them."""
    for one in program_caches():
        folders = () if one.anywhere else one.folders
        yield from ((caller.home / folder, one) for folder in folders)
        if one.variable and (set_to := caller.env.get(one.variable, "")).startswith("/"):
            yield from ((Path(set_to, name), one) for name in one.inside)


def names_anywhere() -> frozenset[str]:
    """Names of folders that are such a cache wherever they stand."""
    return frozenset(name for one in program_caches() if one.anywhere for name in one.folders)
