"""Whoever looks on while two people work: at what each step changes, and at what is promised of each run."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import note

from tests.clone.conftest import git
from tests.conftest import Ended
from tests.sync.forked import KILLED, Kill, run
from tests.sync.promises import Content, Own, Run, Snapshot, files, leftovers, snapshot
from tests.sync.two_people import IMPOSSIBLE, TwoPeople

MESSAGE = "What I did"
_NEWS = ("Got", "Sent", "Committed", "Joined", "Followed", "Removed", "Took")
_ALL_DONE = ("Got", "Sent", "Committed", "Joined", "Followed", "The server has", "{")
Shots = dict[Path, Snapshot]


@dataclass(frozen=True)
class Wanted:
    """A command line: its options, where it is typed, and with `files` as from the top (None without a message)."""

    options: tuple[str, ...] = ()
    where: str = "top"
    files: tuple[str, ...] | None = None

    def folder(self, top: Path) -> Path:
        return {"home": top.parent, "folder": top / "notes"}.get(self.where, top)

    def words(self, folder: Path, top: Path) -> list[str]:
        typed = [one if folder == top.parent else os.path.relpath(top / one, folder) for one in self.files or ()]
        message = [] if self.files is None else ["-m", MESSAGE]
        repo = [top.name] if folder == top.parent else []
        return ["sync", *self.options, *message, *(["--", *repo, *typed] if typed else repo)]

    def names(self, staged: set[str]) -> Callable[[str], bool]:
        """Whether a path is among what is to be committed."""
        if self.files is None:
            return lambda path: False
        if not self.files:
            return lambda path: path in staged
        named = self.files
        return lambda path: any(one in (".", path) or path.startswith(f"{one}/") for one in named)


@dataclass
class Onlooker:
    """What is the person's own is known from how things stand, but while a killed run is not made good by another.

    Then `owns` is what was their own before it, with what they have written since; `unsure` are the paths of which
    nobody can tell whether they or git have removed them.
    """

    people: TwoPeople
    owns: dict[Path, dict[str, Content | None]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    @property
    def tops(self) -> dict[Path, Path]:
        """The working copies, each with its server's repository."""
        return {self.people.here: self.people.shared.bare, self.people.here / "sm": self.people.part}

    @property
    def is_calm(self) -> bool:
        """Whether no run was killed that is not made good."""
        return not self.owns

    def look(self) -> Shots:
        return {top: snapshot(top, bare) for top, bare in self.tops.items()}

    def changed(self) -> list[str]:
        """The paths that are not as in the last commit."""
        here = self.people.here
        return [*snapshot(here, self.people.shared.bare).own]

    def does(self, act: Callable[[], object]) -> None:
        """Somebody does this, if it can be done."""
        before = {top: files(top) for top in self.owns}
        with suppress(*IMPOSSIBLE):
            act()
            note("    (done)")
        for top, was in before.items():
            now = files(top)
            gone = {*was} - {*now}
            kept = {path: content for path, content in self.owns[top].items() if path not in gone}
            self.owns[top] = kept | {path: content for path, content in now.items() if was.get(path) != content}
            self.unsure |= gone

    def runs(self, wanted: Wanted, top: Path, kill: Kill | None = None) -> None:
        """The person runs `sesync sync` there, which is killed or not, and keeps what it promises."""
        folder = wanted.folder(top)
        if not folder.is_dir() or folder.is_symlink():
            return
        before = self.look()
        done = run(wanted.words(folder, top), folder, self.people.start / "kills", kill)
        note(f"    {' '.join(wanted.words(folder, top))} ({kill}) -> {done.code}\n{done.out}{done.err}")
        after = self.look()
        own: dict[Path, Own] = {one: self.owns.get(one, before[one].own) for one in before}
        runs = [self._run(wanted, one, top, (before[one], after[one]), done) for one in before]
        for one in runs:
            one.keeps_files(own[one.top], self.unsure, killed=done.code == KILLED, recovers=bool(self.owns))
            one.keeps_commits()
            one.sends_what_was_named()
        if done.code == KILLED:
            self._keep(own, after)
            return
        recovers = bool(self.owns)
        self.owns, self.unsure = {}, set()
        for one in runs:
            one.says_what_it_should()
            if "-n" in wanted.options and not recovers:
                one.changes_nothing()
        if not done.code and "-n" not in wanted.options and done.out.startswith(_ALL_DONE):
            self._says_the_same(top, after)

    def _run(self, wanted: Wanted, one: Path, top: Path, shots: tuple[Snapshot, Snapshot], done: Ended) -> Run:
        options = wanted.options
        if one != top:
            return Run(one, *shots, done, is_part=one.parent == top)
        names, commits = wanted.names(shots[0].staged), wanted.files is not None
        return Run(one, *shots, done, names, commits, "--merge" in options, "-y" in options)

    def _keep(self, own: dict[Path, Own], after: Shots) -> None:
        """What is the person's own after a killed run: what was, but for what it has committed."""
        self.owns = {
            top: {path: content for path, content in was.items() if path in after[top].own or content is None}
            for top, was in own.items()
        }

    def _says_the_same(self, top: Path, before: Shots) -> None:
        """Another run, right after one that went well, has nothing to do."""
        done = run(["sync"], top, self.people.start)
        assert done.code == 0, f"run again, it failed: {done}"
        assert not done.out.startswith(_NEWS), f"run again, it still has something to do: {done}"
        after = self.look()
        for one in before:
            Run(one, before[one], after[one], done).changes_nothing()

    def ends(self) -> None:
        """What a killed run has left is made good, and all repositories are sound."""
        if self.owns:
            self.runs(Wanted(), self.people.here)
        for folder in (*self.tops, *self.tops.values()):
            git("fsck", "--no-dangling", cwd=folder)
        assert not [one for top in self.tops for one in leftovers(top)]


def picked(paths: Sequence[str], picks: Sequence[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths[one % len(paths)] for one in picks)) if paths else ()
