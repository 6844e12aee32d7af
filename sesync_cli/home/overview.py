"""What somebody has: data, code and kernels of their projects, packages, room in their home; and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.home.data import data_of
from sesync_cli.home.looks import look_at_home
from sesync_cli.home.next_step import NextStep, next_step
from sesync_cli.home.room import HomeRoom, room_of
from sesync_cli.home.seen import NOT_SEEN, CloneSeen, DataSeen, KernelSeen, PackagesSeen
from sesync_cli.last_look import LastLook
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.sync.glance import Glance


@dataclass(frozen=True)
class Overview:
    """All of it, and the `next` thing to do. What belongs to none of one's projects is a `project` of its own name.

    `not_seen` names what did not come in time, and never did before: "kernels", "packages".
    """

    path: Path
    room: HomeRoom
    data: tuple[DataSeen, ...]
    clones: tuple[CloneSeen, ...]
    kernels: tuple[KernelSeen, ...]
    installed: tuple[PackagesSeen, ...]
    not_seen: tuple[str, ...]
    next: NextStep | None

    @property
    def projects(self) -> list[str]:
        """All that something belongs to: one's projects first, each by the alphabet."""
        own = {one.project for one in self.data}
        others = ({one.project for one in self.clones} | {one.project for one in self.kernels}) - own
        return [*sorted(own, key=str.lower), *sorted(others, key=str.lower)]


def overview(caller: Caller, site: Site, watch: Watch) -> Overview:
    """What the caller has, now or at the last look; no server is asked of what was looked at before."""
    looks = look_at_home(caller, site, watch)
    repositories = [look.found["repository"] or "" for look in looks.clones.values() if look.found]
    of_code = {group for repository in repositories for group in repository.split("/")[:-1]}
    own = looks.groups.found["names"] if looks.groups.found else []
    data = tuple(data_of([*own, *of_code], looks.links, caller, site, watch))
    clones = _clones(looks.clones, {one.project for one in data}, caller.home)
    kernels = _kernels(looks.kernels, data, clones)
    packages = [PackagesSeen(**{**one, "folder": Path(one["folder"])}) for one in looks.packages.found or ()]
    not_seen = [name for name in ("kernels", "packages") if getattr(looks, name).found is None]
    here = room_of(caller, site)
    step = next_step(here, data, clones, kernels, caller, site)
    return Overview(caller.home, here, data, clones, kernels, tuple(packages), tuple(not_seen), step)


def _clones(looks: Mapping[str, LastLook], projects: set[str], home: Path) -> tuple[CloneSeen, ...]:
    found = []
    for place, look in looks.items():
        path = Path(place)
        fields = look.found or asdict(Glance(state=NOT_SEEN))
        words = [*(fields["repository"] or "").split("/"), path.name]
        project = next((word for word in words if word in projects), path.name)
        name = str(path.relative_to(home))
        found.append(CloneSeen(**fields, project=project, name=name, path=path, at=look.at, now=look.is_of_now))
    return tuple(sorted(found, key=lambda one: one.name.lower()))


def _kernels(look: LastLook, data: Sequence[DataSeen], clones: Sequence[CloneSeen]) -> tuple[KernelSeen, ...]:
    places = {one.path: one.project for one in clones} | {one.target: one.project for one in data}
    named = {project.lower(): project for project in places.values()}
    return tuple(
        KernelSeen(
            _project(facts, places, named),
            **{key: value for key, value in facts.items() if key != "places"},
            at=look.at,
            now=look.is_of_now,
        )
        for facts in look.found or ()
    )


def _project(kernel: Mapping[str, Any], places: Mapping[Path, str], named: Mapping[str, str]) -> str:
    """Whose a kernel is: that of the folder that it was made from or is in, or of the same name, or its own."""
    for place in map(Path, kernel["places"]):
        for one in (place, *place.parents):
            if one in places:
                return places[one]
    return named.get(kernel["name"].lower(), kernel["name"])
