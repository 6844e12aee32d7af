"""What the last look at something found, and when: kept of what takes time to look at, or may hang."""

import contextlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sesync_cli.leftovers import written_whole

_IN_VAIN, _OLD = timedelta(hours=1), timedelta(days=1)
_SOON = 0.3  # seconds for what did not come at the last look
_SKEW = timedelta(seconds=5)  # between the clocks of two machines, and what a rounded time lacks
_FORGOTTEN = timedelta(days=365)  # what nobody looked at for so long is not kept any longer


class LookKind(NamedTuple):
    """A kind of things that are looked at, and the shape of what is found of one.

    A shape is a type, a dictionary with a shape for each key, or a list with the one shape of all its items. What is
    kept in another shape was kept by another version of sesync, or is damaged, and counts for nothing.
    """

    name: str
    shape: Any


DATA = LookKind("data", str)
"""The state of a data directory, by its name."""

HOME = LookKind("home", {"used_bytes": int, "quota_bytes": int | None})
"""What is used of a home, by its path, and how much may be."""


@dataclass(frozen=True)
class LastLook:
    """What was found, in plain values as JSON has them, and `at` which moment (ISO 8601); None if it never came.

    `tried` is the moment of the last look, which may have been in vain.
    """

    found: Any
    at: str
    tried: str

    def is_older_than(self, age: timedelta) -> bool:
        """Whether it was found that long ago, or a clock has been set back since."""
        return is_past(self.at, age)

    @property
    def is_of_now(self) -> bool:
        """Whether it came when somebody looked the last time."""
        return self.found is not None and self.tried == self.at

    @property
    def was_in_vain(self) -> bool:
        """Whether it did not, and that was not long ago."""
        return not self.is_of_now and not is_past(self.tried, _IN_VAIN)


def is_past(moment: str, age: timedelta) -> bool:
    """Whether a moment (ISO 8601) is that long ago, or is still to come."""
    return not -_SKEW <= datetime.now(UTC) - datetime.fromisoformat(moment) < age


def last_looks(state: Path, kind: LookKind) -> dict[str, LastLook]:
    """The last looks at all things of a kind, by what they are called; `state` is where sesync keeps such things."""
    page = _page(state, kind)
    try:
        kept = json.loads(page.read_text(encoding="utf-8")) if page.is_file() else {}
        return {name: LastLook(**one) for name, one in kept.items() if _is_look(one, kind)}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def keep_looks(
    state: Path,
    kind: LookKind,
    found: Mapping[str, Any],
    *,
    missed: Collection[str] = (),
    only: Collection[str] | None = None,
) -> dict[str, LastLook]:
    """Keep what was found now, and that a look at the `missed` was in vain; gives all looks, with those of before.

    Where `only` is given, what it does not name is forgotten. Where nothing can be written, nothing is kept: who looks
    wants to see, and not to hear of that.
    """
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    before = last_looks(state, kind)
    looks = {
        name: look
        for name, look in before.items()
        if not is_past(look.tried, _FORGOTTEN) and (only is None or name in only)
    }
    for name in missed:
        looks[name] = LastLook(looks[name].found, looks[name].at, now) if name in looks else LastLook(None, now, now)
    looks |= {name: LastLook(one, now, now) for name, one in found.items()}
    if looks != before:
        page = _page(state, kind)
        with contextlib.suppress(OSError):
            page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with written_whole(page, page) as file:
                file.write(json.dumps({name: asdict(look) for name, look in looks.items()}).encode())
    return looks


def seconds_for(last: LastLook | None, patience: float) -> float:
    """How long to wait for a look, by the last one: not again for what has just been waited for in vain."""
    if last and last.was_in_vain:
        return min(patience, _SOON)
    return patience if last is None or last.is_older_than(_OLD) else patience / 4


def _page(state: Path, kind: LookKind) -> Path:
    return state / "last-look" / f"{kind.name}.json"


def _is_look(kept: Any, kind: LookKind) -> bool:
    return (
        isinstance(kept, dict)
        and kept.keys() == {"found", "at", "tried"}
        and (kept["found"] is None or _has_shape(kept["found"], kind.shape))
        and _is_moment(kept["at"])
        and _is_moment(kept["tried"])
    )


def _is_moment(text: Any) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _has_shape(found: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        are_there = isinstance(found, dict) and found.keys() == shape.keys()
        return are_there and all(_has_shape(found[key], one) for key, one in shape.items())
    if isinstance(shape, list):
        return isinstance(found, list) and all(_has_shape(one, shape[0]) for one in found)
    return isinstance(found, shape)
