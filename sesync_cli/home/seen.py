"""What is seen of somebody's data, clones, kernels and packages, each with the project that it belongs to."""

from dataclasses import dataclass
from pathlib import Path

from sesync_cli.sync.glance import Glance

NOT_SEEN = "not looked at"
"""The state of what did not come in time, and never did before."""


@dataclass(frozen=True)
class DataSeen:
    """A project's data directory, and `links`, the paths of the links in home to it or into it.

    `whole` is whether one of them is to all of it. `state` is as of a link's directory, or NOT_SEEN; `at` is when it
    was looked at.
    """

    project: str
    target: Path
    links: tuple[Path, ...]
    whole: bool
    state: str
    at: str | None


@dataclass(frozen=True, kw_only=True)
class CloneSeen(Glance):
    """A clone in home, as it was `at` a moment; `now` is whether that is this run's. Its state may be NOT_SEEN, too."""

    project: str
    name: str
    path: Path
    at: str
    now: bool


@dataclass(frozen=True)
class KernelSeen:
    """A kernel of one's own, as it was `at` a moment; `now` is whether that is this run's.

    `command` is what to type about one that does not work; `is_mendable` is whether that
    helps, or only says more.
    """

    project: str
    name: str
    display_name: str
    python_version: str | None
    works: bool
    state: str
    problem: str | None
    command: str | None
    is_mendable: bool
    at: str
    now: bool


@dataclass(frozen=True)
class PackagesSeen:
    """One's own packages for a Python (3.8), beside all kernels, and how many."""

    python_version: str
    folder: Path
    count: int
