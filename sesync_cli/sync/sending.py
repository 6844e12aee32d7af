"""The steps by which what somebody did is committed and sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sesync_cli.errors import Stopped
from sesync_cli.git.anonymous_files import place, written
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import Connection, GitFailed, work
from sesync_cli.git.lfs import unfiltered
from sesync_cli.plan import Report, by_hand
from sesync_cli.sync import journal
from sesync_cli.sync.failures import Sending, commit_refused, push_refused
from sesync_cli.sync.history import commit_of, touched
from sesync_cli.sync.journal import JournalEntry
from sesync_cli.sync.steps import PLAIN
from sesync_cli.sync.tracking import RemoteBranch
from sesync_cli.sync.working_copy import WorkingCopy


@dataclass(frozen=True)
class MakeCommit:
    """Commit these paths as they are now; with no `words` for them, what `git add` was told before.

    `new` are those of the paths that git does not know yet. `committed` tells afterwards what the commit holds, to
    which a check (hook) may have added.
    """

    copy: WorkingCopy
    message: str
    words: tuple[str, ...]
    paths: tuple[str, ...]
    new: tuple[str, ...]
    interactive: bool
    committed: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return "Committing ..."

    def do(self, report: Report) -> None:
        paths = self.paths if self.words else ()
        before = commit_of(self.copy, "HEAD")
        journal.note(self.copy, JournalEntry(before, paths=paths, new=self.new))
        try:
            if self.new:
                self._git(["add", "--intent-to-add"], self.new, report)
            self._git(["commit", "--quiet", f"--message={self.message}"], paths, report)
        except GitFailed as failed:
            error = commit_refused(self.copy, str(failed))  # asked before room is made again
            journal.take_back_failed(self.copy, failed)
            raise error from None
        self.committed.extend(touched(self.copy, before, "HEAD", joins=False))
        if paths:
            journal.follow_commit(self.copy, before, self.paths)  # and what a hook has put into it
        journal.settled(self.copy)

    def _git(self, words: list[str], paths: Sequence[str], report: Report) -> None:
        # one by one, and not as a folder: what was looked at is committed, and nothing that has come since
        with written("".join(f"{path}\0" for path in paths)) as named:
            which = [f"--pathspec-from-file={place(named)}", "--pathspec-file-nul"] if paths else []
            work(
                ["-C", str(self.copy.top), *PLAIN, *unfiltered(), *words, *which],
                Connection({}, self.interactive),
                report,
            )

    def undo(self) -> None:
        # a commit that has come to be is the user's work: it stays when a later step fails
        journal.take_back_ours(self.copy)

    def __str__(self) -> str:
        git = ("git", "-C", self.copy.top)
        named = ("--", *self.words) if self.words else ()
        add = f"{by_hand(*git, 'add', *named)} && " if self.new else ""
        return add + by_hand(*git, "commit", "-m", self.message, *named)


@dataclass(frozen=True)
class Push:
    """Send the commits of a branch; never by force. `heard` is what the server said to it.

    With `follows`, the branch follows from then on the one that it is sent to.
    """

    copy: WorkingCopy
    attempt: ServerAttempt
    connection: Connection
    branch: str
    to: RemoteBranch
    follows: bool
    heard: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return f"Sending to {self.attempt.where} ..."

    @property
    def _words(self) -> tuple[str, ...]:
        there = self.to.name
        return "push", *self._option, self.to.remote, there if self.branch == there else f"{self.branch}:{there}"

    @property
    def _option(self) -> tuple[str, ...]:
        return ("--set-upstream",) if self.follows else ()

    def do(self, report: Report) -> None:
        full = f"refs/heads/{self.branch}:{self.to.ref}"
        words = ["push", "--progress", *self._option, "--recurse-submodules=check", self.to.remote, full]
        try:
            with journal.git_writes(self.copy):
                self.heard.append(work(["-C", str(self.copy.top), *words], self.connection, report))
        except GitFailed as failed:
            raise push_refused(str(failed), Sending(self.copy, self.attempt)) from None
        except KeyboardInterrupt:
            raise Stopped(
                "stopped while sending; what you have committed is kept here",
                hint=f"'{self.copy.again()}' sends it.",
            ) from None

    def undo(self) -> None:
        # what others may have seen is not taken back
        return

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, *self._words)
