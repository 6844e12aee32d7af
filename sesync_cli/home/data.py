"""The data directories that are somebody's: those of their groups, and those that are linked in home."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import State, look_at_directories
from sesync_cli.errors import WrongWords
from sesync_cli.home.seen import NOT_SEEN, DataSeen
from sesync_cli.last_look import DATA, LastLook, keep_looks, last_looks
from sesync_cli.link.links import Link, read_link
from sesync_cli.names import checked
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site

_REACHED = (State.OK, State.READ_ONLY)
_SHOWN = (*_REACHED, State.NO_ACCESS, State.NO_ANSWER)  # of a group's directories that are not linked
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)  # after which one that was not reached, or not there, is due again


def data_of(groups: Iterable[str], links: Iterable[str], caller: Caller, site: Site, watch: Watch) -> list[DataSeen]:
    """The data directories that these groups have, and those that the links of these paths lead to.

    One that is reached is looked at once, and then never again here.
    """
    if not site.has("data_path"):
        return []
    leading: dict[str, list[Link]] = {}
    for link in _links(links, site.data_root):
        leading.setdefault(link.directory, []).append(link)
    of_groups = {site.data_directory(name).name for name in _projects(groups, site)}
    looks = _looked_at(leading, of_groups, caller, site, watch)
    theirs = {name for name in of_groups if name in looks and looks[name].found in _SHOWN}
    return [_seen(name, leading.get(name, []), looks.get(name), site) for name in sorted({*leading, *theirs})]


def _links(paths: Iterable[str], root: Path) -> Iterable[Link]:
    """Those of these links that lead below the data root, by their text."""
    for path in paths:
        try:
            link = read_link(Path(path), root)
        except OSError:  # it has just gone
            continue
        if link and link.below:
            yield link


def _seen(name: str, links: list[Link], look: LastLook | None, site: Site) -> DataSeen:
    ordered = sorted(links, key=lambda link: (bool(link.inside), len(link.at.parts), link.at.name))
    return DataSeen(
        site.project(name),
        site.data_root / name,
        tuple(link.at for link in ordered),
        bool(ordered) and not ordered[0].inside,
        look.found if look else NOT_SEEN,
        look.at if look else None,
    )


def _looked_at(
    links: Mapping[str, Sequence[Link]], of_groups: Iterable[str], caller: Caller, site: Site, watch: Watch
) -> dict[str, LastLook]:
    """The last looks at these directories; the first one at those that nobody has looked at is now."""
    known = {name: look for name, look in last_looks(caller.state, DATA).items() if look.found in [*State]}

    def is_due(name: str) -> bool:
        look = known.get(name)
        if look is None:
            return True
        if name in links:
            return any(_made(link) > datetime.fromisoformat(look.at) for link in links[name])
        return look.found not in _REACHED and look.is_older_than(_HOUR if look.found in _SHOWN else _DAY)

    due = [site.data_root / name for name in sorted({*links, *of_groups}) if is_due(name)]
    if not due:
        return known
    seen = look_at_directories(due, site.data_root, time.monotonic() + site.data_patience_seconds, watch)
    return keep_looks(caller.state, DATA, {path.name: one.state.value for path, one in seen.items()})


def _made(link: Link) -> datetime:
    """When a link was made, to the whole second as looks are told."""
    try:
        return datetime.fromtimestamp(int(link.at.lstat().st_mtime), UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _projects(groups: Iterable[str], site: Site) -> set[str]:
    """The projects that groups may be called after."""
    found = set()
    for group in groups:
        try:
            found.add(checked(site.project(group), "project"))
        except WrongWords:
            continue
    return found
