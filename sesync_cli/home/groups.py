"""The names of the account's groups. Who knows them may be a server: it is asked once, and never again for the same."""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.last_look import LastLook, LookKind
from sesync_cli.site.settings import Site

KIND = LookKind("groups", {"numbers": [int], "names": [str]})

_AGAIN = timedelta(days=1)  # after which one asks for the names of groups that had none


def is_known(last: LastLook | None) -> bool:
    """Whether the last look tells the names of the groups that the account is in now."""
    if last is None or not last.found or last.found["numbers"] != _numbers():
        return False
    return len(last.found["names"]) == len(last.found["numbers"]) or not last.is_older_than(_AGAIN)


def look(caller: Caller, site: Site) -> dict[str, Any]:
    """The numbers of the groups, and the names of those that have one."""
    return {"numbers": _numbers(), "names": [*_names(_numbers())]}


def _numbers() -> list[int]:
    return sorted({*os.getgroups(), os.getgid()})


def _names(numbers: Iterable[int]) -> Iterable[str]:
    import grp

    for number in numbers:
        try:
            yield grp.getgrgid(number).gr_name
        except KeyError:
            continue
