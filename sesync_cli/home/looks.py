"""A look at what somebody has, by children side by side; what does not come in time is as it was at the last look."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.git.folders import WALK
from sesync_cli.home import clones, groups, kernels, packages
from sesync_cli.last_look import LastLook, LookKind, keep_looks, last_looks, seconds_for
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.workers import Questions, ask_many

_CLONES = clones.KIND.name
_WHOLE: Mapping[str, tuple[LookKind, Callable[[Caller, Site], Any]]] = {  # of which all is looked at in one go
    one.name: (one, look)
    for one, look in ((kernels.KIND, kernels.look), (packages.KIND, packages.look), (groups.KIND, groups.look))
}


@dataclass(frozen=True)
class Looks:
    """The last look at each clone, by its path, and at one's kernels, packages and groups; `found` may be None.

    `links` are the paths of the links in home and in the folders in it.
    """

    clones: Mapping[str, LastLook]
    links: Sequence[str]
    kernels: LastLook
    packages: LastLook
    groups: LastLook


def look_at_home(caller: Caller, site: Site, watch: Watch) -> Looks:
    """Look at all of it; each is waited for as long as its last look makes one hope."""
    began, patience = time.monotonic(), site.data_patience_seconds
    known = {name: last_looks(caller.state, kind).get(name) for name, (kind, _) in _WHOLE.items()}
    of_clones = last_looks(caller.state, clones.KIND)
    asked = [name for name in _WHOLE if name != groups.KIND.name or not groups.is_known(known[name])]
    questions: dict[str, Questions] = {name: partial(_only, _WHOLE[name][1], caller, site) for name in asked}
    questions[_CLONES] = partial(clones.look, of_clones, caller, site)
    until = {name: began + seconds_for(known[name], patience) for name in asked}
    until[_CLONES] = began + patience + WALK
    came = ask_many(questions, until, lambda words: watch("Looking at what you have"))
    whole = {name: _kept(kind, came.get(name), caller) for name, (kind, _) in _WHOLE.items()}
    (paths, links), *glances = came[_CLONES] or [([*of_clones], [])]
    missed = {*paths} - {path for path, _ in glances}
    kept = keep_looks(caller.state, clones.KIND, dict(glances), missed=missed, only=paths)
    return Looks(kept, links, **whole)


def _kept(kind: LookKind, came: Sequence[Any] | None, caller: Caller) -> LastLook:
    """The last look at all of this kind: what came of it now, or before; None if nobody was asked now."""
    found = {kind.name: came[0]} if came else {}
    return keep_looks(caller.state, kind, found, missed=[kind.name] if came == [] else [])[kind.name]


def _only(look: Callable[[Caller, Site], Any], caller: Caller, site: Site) -> Iterator[Any]:
    """What comes of a look; nothing where it fails, which keeps nobody from all the rest."""
    with suppress(SesyncError, OSError, ValueError, RecursionError):
        yield look(caller, site)
