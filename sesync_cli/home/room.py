"""The room in a home: what is used of its quota, as far as that is known without counting or asking a server."""

from dataclasses import dataclass

from sesync_cli.caller import Caller
from sesync_cli.disk import left_if_low, room
from sesync_cli.last_look import HOME, last_looks
from sesync_cli.quota import quota_at_once
from sesync_cli.site.settings import Site


@dataclass(frozen=True)
class HomeRoom:
    """Bytes that are used and that may be, and how many are free, on the disk and of the quota.

    What was counted by `sesync usage` has the moment `at` which it was; None for what the system tells now. `low` is
    whether so little is left that one should make room.
    """

    used_bytes: int | None
    quota_bytes: int | None
    free_bytes: int
    at: str | None
    low: bool


def room_of(caller: Caller, site: Site) -> HomeRoom:
    """The room in the caller's home."""
    disk, quota, at = room(caller.home).free, quota_at_once(caller.home), None
    used, limit = (quota.used, quota.limit) if quota else (None, site.home_quota)
    counted = last_looks(caller.state, HOME).get(str(caller.home))
    if counted and counted.found and not quota:
        used, at = counted.found["used_bytes"], counted.at
        limit = counted.found["quota_bytes"] or limit
    left = None if used is None or limit is None else max(0, limit - used)
    low = left_if_low(caller.home, site.home_warn_percent, limit, left) is not None
    return HomeRoom(used, limit, disk if left is None else min(disk, left), at, low)
