"""Whose files are, and how old they are: other ways to divide what a folder takes."""

import os
import pwd
import time
from collections.abc import Callable

from sesync_cli.usage.counting import Place

OWNER, AGE = "owner", "age"
_DAY = 86_400
_AGES = (  # days since the last change, and how one says it
    (30, "changed in the last 30 days"),
    (365, "changed in the last year"),
    (2 * 365, "not changed for a year"),
    (5 * 365, "not changed for 2 years"),
)
_OLDEST = "not changed for 5 years"


def grouping(by: str) -> Callable[[os.stat_result], Place] | None:
    """What a file with these facts counts as, by its owner or its age; None for what is not divided so."""
    now = time.time()

    def by_age(facts: os.stat_result) -> Place:
        days = (now - facts.st_mtime) / _DAY
        return AGE, str(next((number for number, (most, _) in enumerate(_AGES) if days < most), len(_AGES)))

    return {OWNER: lambda facts: (OWNER, str(facts.st_uid)), AGE: by_age}.get(by)


def group_name(place: Place) -> str:
    """How one calls such a group."""
    by, name = place
    if by == AGE:
        return (*(words for _, words in _AGES), _OLDEST)[int(name)]
    try:
        return pwd.getpwuid(int(name)).pw_name
    except KeyError:
        return f"user number {name}"
