"""The steps by which what others did comes into a working copy: each happens as a whole, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sesync_cli.errors import Conflict, NotReady
from sesync_cli.git import lfs
from sesync_cli.git.client import Connection, GitFailed, ask_git, work
from sesync_cli.plan import Report, by_hand
from sesync_cli.sync import journal
from sesync_cli.sync.failures import commit_refused, forward_failed
from sesync_cli.sync.history import commit_of, is_lean, touched
from sesync_cli.sync.in_the_way import in_the_way, unknown_to_git
from sesync_cli.sync.journal import JournalEntry
from sesync_cli.sync.status import status
from sesync_cli.sync.tracking import RemoteBranch
from sesync_cli.sync.working_copy import WorkingCopy

# settings that would do more than was said: put changes aside, fetch other repositories
PLAIN = ("--literal-pathspecs", "-c", "merge.autoStash=false", "-c", "submodule.recurse=false")
_MERGE_TREE = "2.38"  # the git that has merge-tree --write-tree


@dataclass(frozen=True)
class Forward:
    """Bring the files to a commit that follows the present one; what is not in its way stays as it is."""

    copy: WorkingCopy
    to: str
    name: str

    @property
    def doing(self) -> str:
        return f"Getting what is new into {self.copy.top.name}"

    def do(self, report: Report) -> None:
        go_forward(self.copy, self.to, report)

    def undo(self) -> None:
        journal.take_back_ours(self.copy)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, "merge", "--ff-only", self.name)


@dataclass(frozen=True)
class Follow:
    """Bring files and branch to where the server's branch is by now, though that does not follow the present commit."""

    copy: WorkingCopy
    branch: str
    to: str
    name: str

    @property
    def doing(self) -> str:
        return f"Getting what is left and what is new into {self.copy.top.name}"

    def do(self, report: Report) -> None:
        write_files(self.copy, self.to, ["checkout", "-B", self.branch], report)

    def undo(self) -> None:
        journal.take_back_ours(self.copy)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, "reset", "--keep", self.name)


def go_forward(copy: WorkingCopy, to: str, report: Report) -> None:
    """Write the files of a later commit, and make it the present one."""
    write_files(copy, to, ["merge", "--ff-only"], report)


def write_files(copy: WorkingCopy, to: str, how: Sequence[str], report: Report) -> None:
    """Bring the files to a commit by this command of git's, in such a way that a killed run can be taken back."""
    words = (*how, "--no-overwrite-ignore", "--progress", to)
    _write(copy, JournalEntry(commit_of(copy, "HEAD"), to), words, report)


def _write(copy: WorkingCopy, entry: JournalEntry, words: Sequence[str], report: Report) -> None:
    """Have git write files; what of them is still at the server, it gets."""
    journal.note(copy, entry)
    way = Connection({**copy.connection.env, **lfs.LENIENT}, copy.connection.interactive)
    try:
        work(["-C", str(copy.top), *PLAIN, *lfs.PATIENCE, *lfs.unfiltered(), *words], way, report)
    except GitFailed as failed:
        error = forward_failed(copy, str(failed))  # asked before room is made again
        journal.take_back_failed(copy, failed)
        raise error from None
    journal.settled(copy)


@dataclass(frozen=True)
class Merge:
    """Join what was done here and there in a commit; nothing is touched unless that works without a person."""

    copy: WorkingCopy
    upstream: RemoteBranch

    @property
    def doing(self) -> str:
        return f"Joining yours and the server's {self.upstream.name}"

    def do(self, report: Report) -> None:
        ours, theirs = commit_of(self.copy, "HEAD"), self.upstream.commit
        words = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs]
        if is_lean(self.copy):
            self._get_old_contents(words, report)
        joined = ask_git(words, self.copy.top, writes=True)
        tree, *both = joined.out.rstrip("\0").split("\0")
        if joined.code == 1:
            raise self._undecided(both)
        if "unrelated histories" in joined.err:
            raise Conflict(
                f"{self.copy.shown} and the server have nothing in common",
                hint="They are two repositories. Clone the server's beside, and copy what is yours into it.",
            )
        if joined.code:
            raise NotReady(
                f"joining needs git {_MERGE_TREE} or newer",
                hint=f"By hand: '{by_hand('git', '-C', self.copy.top, 'pull', '--no-rebase')}'.",
            )
        words = ["commit-tree", tree, "-p", ours, "-p", theirs, "-m", f"Merge {self.upstream.shown}"]
        made = ask_git(words, self.copy.top, writes=True)
        if made.code:
            raise commit_refused(self.copy, made.err)
        # by a renaming, what is theirs can come under a name that only this side has
        coming = touched(self.copy, ours, made.out.strip(), joins=False)
        stands = status(self.copy)
        if blocked := (*in_the_way(self.copy, stands, coming), *unknown_to_git(self.copy, coming)):
            raise self._would_overwrite(blocked)
        go_forward(self.copy, made.out.strip(), report)

    def _get_old_contents(self, words: Sequence[str], report: Report) -> None:
        """Join them once for what git gets by that, which may take a person at the terminal."""
        try:
            work(["-C", str(self.copy.top), *words], self.copy.connection, report)
        except GitFailed as failed:  # it also ends so where a person has to decide
            if "promisor remote" in str(failed):
                raise forward_failed(self.copy, str(failed)) from None

    def _would_overwrite(self, paths: Sequence[str]) -> Conflict:
        mine = self.copy.typed(paths[0])
        return Conflict(
            f"joining the two would overwrite what you have in {', '.join(paths[:5])}, and git does not keep all of it;"
            " no file was changed, and what you have committed is kept",
            hint=f"'{by_hand('cp', '--', mine, f'{mine}-mine')}' keeps yours beside,"
            f" and '{by_hand('git', '-C', self.copy.top, 'merge', self.upstream.shown)}' then joins them.",
        )

    def _undecided(self, paths: list[str]) -> Conflict:
        begin = by_hand("git", "-C", self.copy.top, "merge", self.upstream.shown)
        return Conflict(
            f"you and others have changed the same lines of {', '.join(paths[:5])}: a person has to decide. Nothing was"
            " changed, nothing is lost, and what you have committed is kept",
            hint=f"Ask whoever changed them there, or somebody who knows git: '{begin}' begins, and"
            f" '{by_hand('git', '-C', self.copy.top, 'merge', '--abort')}' gives up again.",
        )

    def undo(self) -> None:
        journal.take_back_ours(self.copy)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, "merge", "--no-edit", self.upstream.shown)


@dataclass(frozen=True)
class SwitchTo:
    """Begin to work on a branch of the server's, in a copy that has no commit yet."""

    copy: WorkingCopy
    branch: str
    remote: str

    @property
    def doing(self) -> str:
        return f"Getting the files of {self.branch}"

    def do(self, report: Report) -> None:
        entry = JournalEntry("", commit_of(self.copy, f"refs/remotes/{self.remote}/{self.branch}"))
        own = ("-c", f"checkout.defaultRemote={self.remote}")
        _write(self.copy, entry, [*own, "switch", "--quiet", "--no-overwrite-ignore", "--guess", self.branch], report)

    def undo(self) -> None:
        journal.take_back_ours(self.copy)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.copy.top, "switch", self.branch)
