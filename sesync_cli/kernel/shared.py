"""What projects share, as it is now and as one knew it last: who shared it, when, and what is otherwise by now."""

import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial as having
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.directory import owner
from sesync_cli.kernel.pylock import NAME
from sesync_cli.kernel.recipe import digest_of
from sesync_cli.kernel.specs import Kernel
from sesync_cli.leftovers import partial, remove
from sesync_cli.names import first
from sesync_cli.plan import Report, Watch, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.steps import RewriteFile
from sesync_cli.workers import ask

FOLDER = Path(".sesync/kernels")  # below a data directory; in it a folder for each kernel that the group shares
PREVIOUS = "pylock.previous.toml"  # beside a kernel's lock there: the state before, for one step back
_MOST = 3  # packages that are named


@dataclass(frozen=True)
class SharedState:
    """What a project shares of a kernel: its file, who shared that and when (ISO 8601), and the command that takes it.

    It is `newer` if it is not what the kernel was made from, or what one shared oneself.
    """

    project: str
    file: Path
    by: str
    at: str
    newer: bool
    command: str


def shared_states(kernel: Kernel, caller: Caller, site: Site, watch: Watch) -> tuple[SharedState, ...]:
    """What is shared of a kernel by now: what it was made from, and what its user has shared; where servers answer."""
    known = _known_of(kernel, caller)
    until = time.monotonic() + site.data_patience_seconds
    now = ask({file: having(_facts, file) for file in known}, until, watch) if known else {}
    return tuple(_state(kernel, file, known[file], site, facts) for file, facts in now.items() if facts)


def told(states: tuple[SharedState, ...]) -> str:
    """The same in a few words."""
    return "; ".join(_words(one) for one in states)


def when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def shared_by(file: Path) -> str:
    """Who shared this state, and when: 'ann on 2026-05-01 12:00'."""
    return f"{owner(file)} on {when(file.stat().st_mtime)}"


def differences(there: Mapping[str, str], instead: Mapping[str, str]) -> str:
    """What is otherwise in another state, in short."""
    names = [name for name in sorted({*there, *instead}) if there.get(name) != instead.get(name)]
    if not names:
        return "Its packages are the same."
    few = ", ".join(first(names, _MOST, lambda name: f"{name} {_way(there.get(name), instead.get(name))}"))
    return f"{len(names)} {'package differs' if len(names) == 1 else 'packages differ'}: {few}."


@dataclass(frozen=True)
class RememberShared:
    """Keep in mind what one has shared, to be told when somebody shares another state."""

    name: str
    file: Path
    state: Path
    doing: str = "Keeping that in mind"

    def do(self, report: Report) -> None:
        with suppress(OSError):  # it is shared, also from a home that is full
            RewriteFile(_memory(self.state), self._with_this, "", self.doing).do(report)

    def undo(self) -> None:
        # an older memory would be told as news, which it is
        return

    def _with_this(self, text: str) -> str:
        return json.dumps({**_read(text), str(self.file): {"kernel": self.name, "sha256": digest_of(self.file)}})

    def __str__(self) -> str:
        return f"# {_memory(self.state)} keeps what was shared"


@dataclass(frozen=True)
class StepBack:
    """Have the state before in the place of the one that is shared, and that one in the place of the one before."""

    at: Path
    doing: str = "Putting back what was shared before"

    def do(self, report: Report) -> None:
        beside = kept(self.at)
        self.at.with_name(PREVIOUS).replace(self.at)
        beside.replace(self.at.with_name(PREVIOUS))

    def undo(self) -> None:
        # the state before has its place by one rename, and the other is kept beside until then
        return

    def __str__(self) -> str:
        before, aside = self.at.with_name(PREVIOUS), self.at.with_name("aside")
        moves = ((self.at, aside), (before, self.at), (aside, before))
        return " && ".join(by_hand("mv", one, other) for one, other in moves)


def keep_previous(at: Path) -> None:
    """Keep what a file says beside it, in the place of what was kept so before; its owner and its time stay."""
    beside = kept(at)
    beside.replace(at.with_name(PREVIOUS))
    remove(beside)  # a rename to another name of the same file leaves both


def kept(at: Path) -> Path:
    """Another name of a file, or a copy of it where it can have none, which the next run removes."""
    beside = partial(at.with_name(PREVIOUS), owner=at)
    remove(beside)
    try:
        os.link(at, beside)
    except OSError:
        shutil.copy2(at, beside)
        with suppress(PermissionError):
            os.chown(beside, -1, at.stat().st_gid)
    return beside


def _known_of(kernel: Kernel, caller: Caller) -> dict[Path, set[str]]:
    """The SHA-256 of what this kernel was made from, and of what was shared of it, by file."""
    text = ""
    with suppress(OSError):
        text = _memory(caller.state).read_text(encoding="utf-8")
    known = {Path(file): {one["sha256"]} for file, one in _read(text).items() if one["kernel"] == kernel.name}
    for file, digest in kernel.recipe.files if kernel.recipe else ():
        if is_shared(Path(file)):
            known.setdefault(Path(file), set()).add(digest)
    return known


def is_shared(file: Path) -> bool:
    """Whether this is the lock of a kernel that a project shares, by its path."""
    return file.name == NAME and file.parent.parent.parts[-2:] == FOLDER.parts


def _facts(file: Path) -> dict[str, Any]:
    try:
        return {"sha256": digest_of(file), "by": owner(file), "at": file.stat().st_mtime}
    except OSError:
        return {}


def _state(kernel: Kernel, file: Path, known: set[str], site: Site, facts: Mapping[str, Any]) -> SharedState:
    project = site.project(file.parents[3].name)
    source = kernel.recipe.source if kernel.recipe else ""
    way = () if source == str(file) else ("--from", f"{project}:{file.parent.name}")
    at = datetime.fromtimestamp(facts["at"]).astimezone().isoformat(timespec="seconds")
    command = by_hand("sesync", "kernel", "update", kernel.name, *way)
    return SharedState(project, file, facts["by"], at, facts["sha256"] not in known, command)


def _words(one: SharedState) -> str:
    since = f"{one.by} on {one.at[:16].replace('T', ' ')}"
    if one.newer:
        return f"{since} shared another state with {one.project}: '{one.command}' takes it"
    return f"with {one.project}, by {since}"


def _way(there: str | None, instead: str | None) -> str:
    if there is None:
        return f"{instead or ''} is new".lstrip()
    return "goes" if instead is None else f"{there or '?'} becomes {instead or '?'}"


def _memory(state: Path) -> Path:
    return state / "shared.json"


def _read(text: str) -> dict[str, dict[str, str]]:
    with suppress(ValueError, TypeError, AttributeError):
        said = json.loads(text)
        return {str(file): dict(one) for file, one in said.items() if {"kernel", "sha256"} <= {*one}}
    return {}
