"""What can be wrong with the room in a home: little is left of it."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.disk import left_if_low
from sesync_cli.plan import Watch
from sesync_cli.quota import quota_at_once
from sesync_cli.site.settings import Site
from sesync_cli.view import size


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The home's quota, or its disk."""
    return (Check("home", site.data_patience_seconds, lambda: _home(caller, site)),)


def _home(caller: Caller, site: Site) -> Iterator[Finding]:
    quota = quota_at_once(caller.home)
    limit, room = (quota.limit, quota.left) if quota else (site.home_quota, None)
    left = left_if_low(caller.home, site.home_warn_percent, limit, room)
    if left is not None:
        hint = "'sesync usage' shows what fills it, 'sesync usage --clean' asks what may go."
        yield Finding("little room", f"your home folder has only {size(left)} left", hint)
