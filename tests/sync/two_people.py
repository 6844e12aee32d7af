"""What two people do to a repository that they share, each by git and by hand: one of them besides has sesync."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.clone.conftest import git
from tests.sync.conftest import WHO, Shared

NAMES = (
    *("heat.py", "trees.csv", "notes/one.md", "notes/two words.md", "übung.txt", "-dash.txt", "trees.csv/in.txt"),
    *("run.log", "data/x.log", ":(top)x", "*.txt", "new\nline.txt", "notes/deep/three.txt", "notes"),
)
GITS: dict[str, tuple[str, ...]] = {
    "staged": ("commit", "-q", "-m", "Mine {name}"),
    "all": ("commit", "-q", "-a", "-m", "Mine {name}"),
    "amend": ("commit", "-q", "--amend", "-m", "Amended {name}"),
    "back": ("reset", "-q", "--soft", "HEAD~1"),
    "back hard": ("reset", "-q", "--hard", "HEAD~1"),
    "revert": ("revert", "--no-edit", "HEAD"),
    "stash": ("stash", "push", "-q"),
    "stash all": ("stash", "push", "-q", "--include-untracked"),
    "pop": ("stash", "pop", "-q"),
    "merge": ("merge", "-q", "--no-edit", "@{{u}}"),
    "rebase": ("rebase", "-q", "@{{u}}"),
    "fetch": ("fetch", "-q", "--prune", "{server}", "+refs/heads/*:refs/remotes/origin/*"),
    "detach": ("switch", "-q", "--detach"),
    "skip": ("update-index", "--skip-worktree", "--", "{name}"),
    "assume": ("update-index", "--assume-unchanged", "--", "{name}"),
    "look": ("update-index", "--no-skip-worktree", "--", "{name}"),
    "forget": ("rm", "-q", "--cached", "--", "{name}"),
    "switch": ("switch", "-q", "{branch}"),
    "new": ("switch", "-q", "-c", "{branch}"),
    "untrack": ("switch", "-q", "--no-track", "-c", "{branch}", "origin/main"),
    "delete": ("branch", "-q", "-D", "{branch}"),
    "name": ("branch", "-m", "{branch}"),
    "follow": ("branch", "-q", "--set-upstream-to=origin/{branch}"),
}
ANN = ("amend", "back", "instead", "new", "new", "delete", "rename", "merge", "bump", "bump")
BRANCHES = ("main", "main", "main", "fix", "wide/try")
IGNORED = ("*.log", "data/", "/notes/", "*.txt")
LINES = 8
SELF = ("-c", "user.name=J. Smith", "-c", "user.email=jsmith@example.org")


class Impossible(Exception):
    """This cannot be done as things stand."""


def edit(top: Path, name: str, at: int, words: str) -> None:
    """Change one line of a file, which is made if it is not there."""
    path = top / name
    if path.is_symlink() or path.is_dir():
        raise Impossible
    old = path.read_text().splitlines() if path.is_file() else []
    old = old if len(old) == LINES else [f"line {number}" for number in range(LINES)]
    old[at] = words
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in old))


def _delete(old: Path, new: Path) -> None:
    old.unlink()
    for parent in old.parents:
        parent.rmdir()  # until one has something in it


def _rename(old: Path, new: Path) -> None:
    if os.path.lexists(new) or old.is_dir():
        raise Impossible
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)


def _link(old: Path, new: Path) -> None:
    old.unlink()
    old.symlink_to(new.name)


def _mode(old: Path, new: Path) -> None:
    if old.is_symlink() or not old.is_file():
        raise Impossible
    old.chmod(old.stat().st_mode ^ 0o111)


def _empty(old: Path, new: Path) -> None:
    if old.is_symlink() or not old.is_file():
        raise Impossible
    old.write_text("")


MOVES: dict[str, Callable[[Path, Path], None]] = {
    "delete": _delete,
    "rename": _rename,
    "link": _link,
    "mode": _mode,
    "empty": _empty,
}


def moved(top: Path, name: str, new: str, how: str) -> None:
    MOVES[how](top / name, top / new)


@dataclass
class TwoPeople:
    """The repository `shared` and that of its submodule, whose commits are `parts`; `start` keeps the beginning."""

    shared: Shared
    part: Path
    parts: list[str]
    start: Path
    counted: int = field(default=0)

    @property
    def here(self) -> Path:
        return self.shared.here

    @property
    def folders(self) -> tuple[Path, Path]:
        return self.shared.bare.parent, self.here

    @property
    def branch(self) -> str:
        """The branch that the person is on."""
        return (self.here / ".git/HEAD").read_text().strip().removeprefix("ref: refs/heads/")

    def keep_start(self) -> None:
        """Keep how all is now for each beginning."""
        for number, folder in enumerate(self.folders):
            for hooks in [*folder.rglob("hooks")]:
                shutil.rmtree(hooks)
            shutil.copytree(folder, self.start / str(number), symlinks=True)

    def begin(self) -> None:
        self.counted = 0
        for number, folder in enumerate(self.folders):
            shutil.rmtree(folder)
            shutil.copytree(self.start / str(number), folder, symlinks=True)

    def words(self, same: bool) -> str:
        """Words that nobody has written yet, or those that the other may write as well."""
        self.counted += 1
        return "the same" if same else f"words {self.counted}"

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """The person's own git, which may say no."""
        return git("--literal-pathspecs", *SELF, *words, cwd=cwd or self.here)

    def ignore(self, pattern: str, *, at_server: bool) -> None:
        with (self.here / (".gitignore" if at_server else ".git/info/exclude")).open("a") as file:
            file.write(f"{pattern}\n")

    def use_git(self, how: str, name: str, branch: str) -> None:
        if how.startswith("back"):
            self.git("rev-parse", "HEAD~2:sm")  # the submodule is part of all stories
        words = (word.format(name=name, branch=branch, server=self.shared.bare) for word in GITS[how])
        self.git(*words)

    def orderly(self) -> list[Callable[[], object]]:
        """What ends all that stands in the way of an exchange, if only by hand."""
        begun = {"merge": "MERGE_HEAD", "rebase": "rebase-merge", "revert": "REVERT_HEAD"}
        found = [what for what, name in begun.items() if (self.here / ".git" / name).exists()]
        words = [*((what, "--abort") for what in found), ("switch", "-q", "main")]
        belongs = self.git("rev-parse", "HEAD:sm").strip()
        part = ("-C", "sm", "checkout", "-q", "--force", "--detach", belongs)
        return [partial(self.git, *one) for one in (*words, part)]

    def change_part(self, at: int, how: str) -> None:
        part = self.here / "sm"
        if how == "edit":
            (part / "part.txt").write_text(f"{self.words(False)}\n")
            return
        words = {
            "commit": ("commit", "-q", "-a", "-m", f"Mine {self.words(False)}"),
            "go": ("checkout", "-q", "--detach", self.parts[at]),
            "branch": ("switch", "-q", "main"),
        }
        self.git(*words[how], cwd=part)


@dataclass(frozen=True)
class Ann:
    """The colleague, who begins with what the server has, and sends at once what she does."""

    people: TwoPeople

    def git(self, *words: str) -> str:
        return git("--literal-pathspecs", *WHO, *words, cwd=self.people.shared.there)

    def edits(self, branch: str, names: Sequence[str], *, same: bool = False) -> None:
        self._begins(branch)
        for name in names:
            edit(self.people.shared.there, name, len(name) % LINES, self.people.words(same))
        self._ends(branch)

    def moves(self, branch: str, name: str, new: str, how: str) -> None:
        self._begins(branch)
        moved(self.people.shared.there, name, new, how)
        self._ends(branch)

    def rearranges(self, how: str, branch: str, other: str, name: str, at: int) -> None:
        """She rewrites the history, changes branches, or has another commit of the submodule belong there."""
        self._begins(branch)
        to_other, gone = (
            ("push", "-q", "origin", f"HEAD:refs/heads/{other}"),
            ("push", "-q", "origin", f":refs/heads/{branch}"),
        )
        back, onto = ("reset", "-q", "--hard", "HEAD~1"), ("merge", "-q", "--no-edit", f"origin/{other}")
        bump = ("update-index", "--cacheinfo", f"160000,{self.people.parts[at]},sm")
        keep = ("rev-parse", "HEAD~2:sm")  # the submodule is part of all stories
        words = {
            "back": [keep, back],
            "instead": [keep, back],
            "new": [to_other],
            "delete": [gone],
            "rename": [to_other, gone],
        }
        for one in (words | {"merge": [onto], "bump": [bump]}).get(how, []):
            self.git(*one)
        if how in ("amend", "instead"):
            edit(self.people.shared.there, name, at, self.people.words(False))
        if how in ("amend", "instead", "bump"):
            self._ends(branch, *(["--amend"] if how == "amend" else []))
        elif how in ("back", "merge"):
            self.git("push", "-q", "--force", "origin", f"HEAD:refs/heads/{branch}")

    def _begins(self, branch: str) -> None:
        if (self.people.shared.there / ".git/MERGE_HEAD").exists():
            self.git("merge", "--abort")
        self.git("fetch", "-q", "--prune", "origin")
        self.git("checkout", "-q", "-f", "-B", branch, f"origin/{branch}")
        self.git("reset", "-q", "--hard")
        self.git("clean", "-q", "-f", "-d", "-x")

    def _ends(self, branch: str, *options: str) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "-q", "-m", f"Theirs {self.people.words(False)}", *options)
        self.git("push", "-q", "--force", "origin", f"HEAD:refs/heads/{branch}")


IMPOSSIBLE = (Impossible, OSError, UnicodeDecodeError, subprocess.CalledProcessError)
