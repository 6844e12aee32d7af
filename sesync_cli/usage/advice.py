"""What may go by hand: caches of other programs, and what crashed ones have left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.plan import by_hand
from sesync_cli.usage.caches import ProgramCache, cache_folders, program_caches
from sesync_cli.usage.categories import PIP, SESYNC, UV, UsageContext
from sesync_cli.usage.counting import CACHES
from sesync_cli.usage.judging import CRASHED
from sesync_cli.usage.parts import Part

_ASKED = (UV, PIP, SESYNC)  # caches that `--clean` asks about
_OTHER = "what a program fetches or makes again when needed"
_CRASHED = "what a program was when it crashed"


@dataclass(frozen=True)
class Suggestion:
    """Something that its owner may remove: where, how many bytes, what it is, and the command."""

    path: Path
    bytes: int
    what: str
    command: str


def suggestions(parts: Iterable[Part], context: UsageContext) -> Iterator[Suggestion]:
    """What of these parts may go beside what `--clean` asks about, the largest first."""
    known = dict(cache_folders(context.caller))
    inside = (part for group in parts for part in group.parts if group.kind in (CACHES, CRASHED))
    for part in sorted(inside, key=lambda part: -part.bytes):
        if part.kind == CRASHED and part.path:
            yield Suggestion(part.path, part.bytes, _CRASHED, by_hand("rm", part.path))
        elif part.path and part.name and part.name not in _ASKED and not _holds_known(part.path, known):
            cache = known.get(part.path) or _of_name(part.path.name)
            what = cache.what if cache else _OTHER
            command = cache.command(part.path) if cache else by_hand("rm", "-r", part.path)
            yield Suggestion(part.path, part.bytes, what, command)


def _holds_known(path: Path, known: Iterable[Path]) -> bool:
    """Whether only some of what is in a folder is a cache."""
    return any(path in one.parents for one in known)


def _of_name(name: str) -> ProgramCache | None:
    return next((one for one in program_caches() if one.anywhere and name in one.folders), None)
