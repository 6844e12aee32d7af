"""What an install breaks of what is there already: asked about before, and told of afterwards."""

from collections.abc import Sequence
from pathlib import Path

from sesync_cli.install.neighbours import Neighbours, Unmet
from sesync_cli.plan import by_hand
from sesync_cli.python.distributions import source_of

_MOST = 3  # that are told in a sentence


def break_question(found: Sequence[Unmet]) -> str:
    """What to ask before these needs are met no more; empty without any."""
    return f"{breaks(found)[0]}. Install all the same?" if found else ""


def breaks(found: Sequence[Unmet]) -> tuple[str, ...]:
    """What to say of needs that would be met no more."""
    if not found:
        return ()
    told = [f"{one}, and would have {one.needs} {one.there}".strip() for one in found[:_MOST]]
    told += [f"{len(found) - _MOST} more are alike"] if len(found) > _MOST else []
    return (f"{'; '.join(told)}: {'it' if len(found) == 1 else 'they'} may stop working",)


def broken(before: Neighbours, now: Neighbours, place: tuple[str, ...], folder: Path | None) -> tuple[str, ...]:
    """A warning for each package whose needs are met no more, with what mends it.

    `place` says it to `sesync install`, and `folder` is where that installs.
    """
    return tuple(_told(one, before, now, place, folder) for one in before.broken_in(now))


def _told(one: Unmet, before: Neighbours, now: Neighbours, place: tuple[str, ...], folder: Path | None) -> str:
    there = f"{one.needs} {one.there} is there now" if one.there else "that is not there"
    told = f"{one}, and {there}"
    old = before.packages.get(one.needs)
    if old is None or not old.version or not now.suits(old, before):
        return told
    words = ("install", *place, str(source_of(old) or f"{old.name}=={old.version}"))
    if old.place != folder:
        words = ("uninstall", *place, old.name)
    return f"{told}: '{by_hand('sesync', *words)}' brings {old} back"
