"""What can be wrong with the room in a home: little is left of it, or none, for bytes or for files."""

import os
import time
from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.disk import holds_no_more, left_if_low, room
from sesync_cli.plan import Watch
from sesync_cli.quota import Quotas, quotas_of
from sesync_cli.site.settings import Site
from sesync_cli.view import size

_CLEAN, _USAGE = "sesync usage --clean", "sesync usage"
_HINT = f"'{_USAGE}' shows what fills it, '{_CLEAN}' asks what may go."
_WHY_FULL = "Nothing can be saved, and JupyterLab may not let you in."
_WHY_LOW = "Once it is full nothing can be saved, and JupyterLab may not let you in."


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The home's quota, or its disk."""
    return (Check("home", site.data_patience_seconds, lambda: _home(caller, site)),)


def _home(caller: Caller, site: Site) -> Iterator[Finding]:
    quotas = quotas_of(caller.home, time.monotonic() + site.data_patience_seconds)
    yield from _files(quotas, site)
    quota = quotas.bytes
    limit, free = (quota.limit, quota.left) if quota else (site.home_quota, None)
    left = left_if_low(caller.home, site.home_warn_percent, limit, free)
    if (quota and not quota.left) or _is_full(caller):
        how = f"over its quota of {size(quota.limit)}" if quota and not quota.left else "full"
        yield Finding("full", f"your home folder is {how}", _HINT, why=_WHY_FULL, command=_CLEAN)
    elif left is not None:
        message = f"your home folder has only {size(left)} left"
        yield Finding("little room", message, _HINT, why=_WHY_LOW, command=_CLEAN, broken=False)


def _files(quotas: Quotas, site: Site) -> Iterator[Finding]:
    """That it may have no more files, or few, which the number of its bytes does not tell."""
    quota = quotas.files
    if quota and not quota.left:
        message = f"your home folder has all of the {quota.limit:,} files that it may have"
        yield Finding("full", message, _HINT, why=_WHY_FULL, command=_CLEAN)
    elif quota and quota.used >= quota.limit * site.home_warn_percent / 100:
        message = f"your home folder has {quota.used:,} of the {quota.limit:,} files that it may have"
        yield Finding("little room", message, _HINT, why=_WHY_LOW, command=_CLEAN, broken=False)


def _is_full(caller: Caller) -> bool:
    return holds_no_more(os.statvfs(room(caller.home).mount))
