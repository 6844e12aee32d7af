"""The clones in a home, whoever made them, and the links: found, and git asked of each, as long as that may take."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.git.folders import look_through
from sesync_cli.last_look import LastLook, LookKind, seconds_for
from sesync_cli.site.settings import Site
from sesync_cli.sync.glance import Glance

KIND = LookKind("clones", Glance.__annotations__)
_AT_ONCE = 4


def look(known: Mapping[str, LastLook], caller: Caller, site: Site) -> Iterator[Any]:
    """First the paths of all clones and of all links; then each clone with the fields of a glance at it, as it comes.

    It ends once it has waited long enough, by the looks that are known, for what did not come.
    """
    # for the child alone, beside others that import what they need
    from concurrent.futures import ThreadPoolExecutor, as_completed

    from sesync_cli.sync.glancing import glance

    began, home = time.monotonic(), str(caller.home)
    found = look_through(home)
    clones = sorted({*found.clones, *(path for path in known if _is_there(path, home))})
    yield clones, found.links
    patience = {path: seconds_for(known.get(path), site.data_patience_seconds) for path in clones}
    pool = ThreadPoolExecutor(_AT_ONCE)
    patient = sorted(clones, key=patience.__getitem__, reverse=True)  # those that may be late are last
    asked = {pool.submit(glance, Path(path), site): path for path in patient}
    for seconds in sorted({*patience.values()}, reverse=True):
        alike = [one for one, path in asked.items() if patience[path] == seconds]
        try:
            for one in as_completed(alike, max(0, began + seconds - time.monotonic())):
                yield asked[one], one.result()
        except TimeoutError:
            continue
    pool.shutdown(wait=False, cancel_futures=True)


def _is_there(path: str, home: str) -> bool:
    """Whether this is still a clone in home, as far as one can see; where one may not look, it counts as one."""
    is_clone = os.path.lexists(os.path.join(path, ".git"))
    return path.startswith(f"{home}/") and (is_clone or (os.path.isdir(path) and not os.access(path, os.X_OK)))
