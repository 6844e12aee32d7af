"""What `sesync sync` promises, looked at in the repositories themselves, as they are before a run and after it."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.clone.conftest import git
from tests.conftest import Ended

SUBMODULE = "160000"
Content = tuple[str, str]
"""Git's mode and number of a file."""

Own = Mapping[str, Content | None]
"""The paths that are not as in the last commit, ignored ones included, and what is there."""


@dataclass(frozen=True)
class Snapshot:
    """A working copy and its server: files, index and last commit, branches, and every commit that is known.

    What git was told not to look at and is not there is `absent`: it is no change, as in a sparse checkout.
    """

    branch: str
    head: str
    files: Mapping[str, Content]
    index: Mapping[str, tuple[str, ...]]
    absent: frozenset[str]
    tree: Mapping[str, Content]
    refs: Mapping[str, str]
    commits: frozenset[str]
    server: Mapping[str, str]
    sent: frozenset[str]

    @property
    def own(self) -> Own:
        paths = {*self.files, *self.index, *self.tree} - self.submodules - self.absent
        return {path: self.files.get(path) for path in paths if not self._is_clean(path)}

    @property
    def submodules(self) -> set[str]:
        return {path for path, (mode, _) in self.tree.items() if mode == SUBMODULE}

    @property
    def staged(self) -> set[str]:
        return {path for path in {*self.index, *self.tree} if self.index.get(path) != (*self.tree.get(path, ()), "0")}

    def _is_clean(self, path: str) -> bool:
        there = self.tree.get(path)
        return there is not None and self.files.get(path) == there and self.index.get(path) == (*there, "0")

    @property
    def mine(self) -> str:
        """The full name of the branch that is checked out."""
        return f"refs/heads/{self.branch}"


def snapshot(top: Path, bare: Path) -> Snapshot:
    text = (_git_dir(top) / "HEAD").read_text().strip()
    branch = text.removeprefix("ref: refs/heads/") if text.startswith("ref: ") else ""
    refs, server = _refs(top), _refs(bare)
    head = refs.get(f"refs/heads/{branch}", "") if branch else text
    index: dict[str, tuple[str, ...]] = {}
    hidden: set[str] = set()
    for line in git("ls-files", "-z", "--stage", "-v", cwd=top).split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        tag, *entry = facts.split()
        index[path] = (*index.get(path, ()), *entry)
        if tag.islower() or tag == "S":
            hidden.add(path)
    tree, there = _tree(top, head) if head else {}, files(top)
    return Snapshot(
        branch,
        head,
        there,
        index,
        frozenset(hidden - {*there}),
        tree,
        refs,
        frozenset(git("rev-list", "--all", "--reflog", *([head] if head else []), cwd=top).split()),
        server,
        _commits(bare, tuple(server.values())),
    )


def files(top: Path) -> dict[str, Content]:
    """Every file and link, but for git's own and those of repositories inside."""
    found = {}
    for folder, folders, names in os.walk(top):
        at = Path(folder)
        links = [name for name in folders if (at / name).is_symlink()]
        folders[:] = [one for one in folders if one != ".git" and not os.path.lexists(at / one / ".git")]
        for name in (*names, *links):
            if name != ".git":
                found[str((at / name).relative_to(top))] = _content(at / name)
    return found


def _content(path: Path) -> Content:
    if path.is_symlink():
        mode, text = "120000", os.fsencode(os.readlink(path))
    else:
        mode, text = "100755" if path.stat().st_mode & 0o100 else "100644", path.read_bytes()
    return mode, hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


@cache
def _tree(top: Path, commit: str) -> Mapping[str, Content]:
    found = {}
    for line in git("ls-tree", "-r", "-z", commit, cwd=top).split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, number = facts.split()
        found[path] = (mode, number)
    return found


@cache
def _commits(top: Path, tips: Sequence[str]) -> frozenset[str]:
    return frozenset(git("rev-list", *tips, cwd=top).split())


def _refs(top: Path) -> dict[str, str]:
    said = git("for-each-ref", "--format=%(objectname) %(refname)", cwd=top)
    return {name: number for number, _, name in (line.partition(" ") for line in said.splitlines())}


@dataclass(frozen=True)
class Run:
    """A run that is looked at: in which working copy, from how it was to how it is, what was named, what it said.

    `is_part` says that the working copy is a submodule of the one that the run was for.
    """

    top: Path
    before: Snapshot
    after: Snapshot
    done: Ended
    named: Callable[[str], bool] = lambda path: False
    commits: bool = False
    merges: bool = False
    agrees: bool = False
    is_part: bool = False

    def keeps_files(self, own: Own, unsure: set[str], *, killed: bool = False, recovers: bool = False) -> None:
        """What is the person's own stays, and all the rest is what the last commit says, unless it was killed again.

        With `recovers`, an earlier run was killed; what is `unsure` is looked at no more.
        """
        before, after = self.before, self.after
        rest = set() if killed else {*after.files, *after.tree} - after.submodules - {*own}
        for path in rest - unsure - after.absent:
            assert after.files.get(path) == after.tree.get(path), f"{path!r} is neither the person's nor the commit's"
        for path, content in own.items():
            is_there = after.files.get(path) == content
            if self.named(path) and not is_there:
                assert after.files.get(path) == after.tree.get(path), f"{path!r} was named, and is lost"
                assert not content or self._is_in_history(content[1]), f"{path!r} was named, and is in no commit"
                continue
            assert is_there, f"{path!r} was the person's own, and is lost"
            if not killed and not recovers and not self.named(path):
                is_gone = content is None and path not in after.tree and path not in after.index
                assert is_gone or after.index.get(path) == before.index.get(path), f"git add of {path!r} is undone"

    def _is_in_history(self, number: str) -> bool:
        return bool(git("log", "--format=%H", f"--find-object={number}", "HEAD", cwd=self.top))

    def keeps_commits(self) -> None:
        """Every commit and branch of the person's stays, and every one of the server's; nothing goes by force."""
        before, after = self.before, self.after
        assert before.commits <= after.commits, "commits of the person's are lost"
        detached = self.is_part and not after.branch
        assert detached or after.branch == before.branch, "another branch is checked out"
        moves = "" if detached else before.mine
        others = [name for name in before.refs if name != moves and not name.startswith("refs/remotes/")]
        assert {name: after.refs.get(name) for name in others} == {name: before.refs[name] for name in others}
        known = {*others, before.mine}
        assert not [name for name in after.refs if name not in known and not name.startswith("refs/remotes/")]
        follows = self.agrees and (self.done.out.startswith("Followed") or self.done.code < 0)
        if before.branch and before.head and not follows and not detached:
            assert self._follows(before.head, after.head, self.top), "commits of the branch are gone from it"
        for name, commit in before.server.items():
            assert name in after.server, f"{name} is gone from the server"
            assert self._follows(commit, after.server[name], self.top), f"{name} was sent by force"
        assert before.sent <= after.sent, "commits are gone from the server"

    def _follows(self, earlier: str, later: str, top: Path) -> bool:
        return earlier == later or earlier in git("rev-list", later, cwd=top).split()

    def sends_what_was_named(self) -> None:
        """Commits are made of what was named, or to join two; what is sent is those and what the person had made."""
        before, after = self.before, self.after
        made = after.commits - before.commits - before.sent
        for commit in made:
            parents = git("show", "-s", "--format=%P", commit, cwd=self.top).split()
            if len(parents) == 2:
                assert self.merges, "a merge was made that nobody wanted"
                joined = git("merge-tree", "--write-tree", *parents, cwd=self.top).split()
                assert joined == git("show", "-s", "--format=%T", commit, cwd=self.top).split()
            else:
                assert self.commits, "a commit was made that nobody wanted"
                self._holds_what_was_named(commit, parents)
        assert len(made) <= self.commits + self.merges, "more commits were made than wanted"
        if sent := after.sent - before.sent:
            own = {*git("rev-list", before.head, cwd=self.top).split()} if before.head else set()
            assert sent <= own | made, "commits of another branch were sent"
        moved = {name for name, commit in after.server.items() if before.server.get(name) != commit}
        assert len(moved) <= 1, "several branches were sent"
        new = moved - {*before.server}
        assert not new or self.agrees, "a branch was made at the server, and nobody agreed"

    def _holds_what_was_named(self, commit: str, parents: Sequence[str]) -> None:
        now, old = _tree(self.top, commit), _tree(self.top, parents[0]) if parents else {}
        changed = {path for path in {*now, *old} if now.get(path) != old.get(path)}
        assert changed, "a commit was made of nothing"
        assert not [path for path in changed if not self.named(path)], "more was committed than was named"
        for path in changed - {path for path in now if now[path][0] == SUBMODULE}:
            added = self.before.index.get(path, ())[:2] or None
            assert now.get(path) in (self.before.files.get(path), added), f"{path!r} was committed as something else"

    def changes_nothing(self) -> None:
        """Not a file, not a branch but what was fetched, nothing at the server."""
        before, after = self.before, self.after
        assert (after.files, after.index, after.head) == (before.files, before.index, before.head)
        assert (after.commits - after.sent, after.server) == (before.commits - before.sent, before.server)

    def says_what_it_should(self) -> None:
        done = self.done
        assert done.code in (0, 1, 2, 3), done
        assert "Traceback" not in done.err and "mistake in sesync" not in done.err, done
        assert not leftovers(self.top), "a completed run has left something"
        if not self.is_part:
            git("status", "--porcelain", cwd=self.top)


def leftovers(top: Path) -> list[Path]:
    """Locks of git's, and what sesync notes while it is at work."""
    return [one for pattern in ("*.lock", ".sesync-*") for one in _git_dir(top).rglob(pattern)]


def _git_dir(top: Path) -> Path:
    at = top / ".git"
    return at if at.is_dir() else top / at.read_text().removeprefix("gitdir: ").strip()
