"""The step that brings submodules along: clean ones to the commits that belong there, by the way that all files go."""

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, NotFound, SesyncError
from sesync_cli.lock import alone
from sesync_cli.plan import Report, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync import journal
from sesync_cli.sync.history import commit_of, is_ancestor, touched
from sesync_cli.sync.in_the_way import in_the_way, unknown_to_git
from sesync_cli.sync.preconditions import need_nothing_begun
from sesync_cli.sync.server import get, servers_of
from sesync_cli.sync.status import BEHIND, status
from sesync_cli.sync.steps import go_forward, write_files
from sesync_cli.sync.submodules import parts
from sesync_cli.sync.tracking import fetch_words, tracking
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class UpdateSubmodules:
    """Bring submodules along that are only behind, and theirs; `missed` tells afterwards which could not be, and why.

    Those that are `left` stay as they are. Where one of the `needed` cannot be brought along, it is an error.
    """

    copy: WorkingCopy
    site: Site
    caller: Caller
    left: Collection[str] = ()
    needed: Collection[str] = ()
    missed: dict[str, SesyncError] = field(default_factory=dict, compare=False)

    @property
    def doing(self) -> str:
        return f"Bringing the submodules of {self.copy.top.name} along"

    def do(self, report: Report) -> None:
        belongs = {change.path: change.commit for change in status(self.copy).changes if change.kind == BEHIND}
        for part in parts(self.copy):
            path = str(part.top.relative_to(self.copy.top))
            if path in belongs and path not in self.left:
                self._bring(part, path, belongs[path], report)

    def _bring(self, part: WorkingCopy, path: str, belongs: str, report: Report) -> None:
        try:
            with alone(part.place, nullcontext()):
                self._forward(part, belongs, report)
        except SesyncError as error:
            if path in self.needed:
                raise
            self.missed[path] = error
            return
        theirs = UpdateSubmodules(part, self.site, self.caller)
        theirs.do(report)
        self.missed.update({f"{path}/{below}": error for below, error in theirs.missed.items()})

    def _forward(self, part: WorkingCopy, belongs: str, report: Report) -> None:
        stands = status(part)
        need_nothing_begun(part, stands)
        if not commit_of(part, belongs):
            tracks = tracking(part, stands.branch, self.site)
            there = servers_of(part, tracks, self.site, self.caller)
            part = replace(part, connection=there.connection)
            get(part, fetch_words(part, tracks.upstream.remote, []), there.fetched, there.connection, report)
        if not commit_of(part, belongs):
            raise NotFound(
                f"the server of {part.shown} does not have the commit of it that belongs here",
                hint="Whoever made it has to send it first; or its server is another one now.",
            )
        coming = touched(part, stands.commit, belongs, joins=False)
        if blocked := (*in_the_way(part, stands, coming), *unknown_to_git(part, coming)):
            raise Conflict(
                f"in {part.shown}, files of yours would be overwritten: {', '.join(blocked[:5])}",
                hint="Move them away, then try again.",
            )
        if stands.branch and is_ancestor(part, "HEAD", belongs):
            go_forward(part, belongs, report)
        else:
            write_files(part, belongs, ["checkout", "--detach"], report)

    def undo(self) -> None:
        for part in parts(self.copy):
            journal.take_back_ours(part)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, "submodule", "update", "--recursive")
