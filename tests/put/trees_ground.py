"""Where random trees are put, by whom, and what they type."""

import ctypes
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.conftest import Ended
from tests.put.random_trees import ROOT, Thing
from tests.services.accounts import Account
from tests.sync.forked import run

_TRIED = (
    ("raw", "cooltrees", "-n", "--json"),
    ("raw", "cooltrees:x", "--manifest"),
    ("raw", "cooltrees:x", "--manifest"),
    ("raw", "cooltrees:x", "--as", "\N{EVERGREEN TREE}", "--json"),
    ("raw/a.csv", "cooltrees:x", "--as", "raw"),
    ("no such", "cooltrees"),
    ("raw", "cooltrees:x/raw"),
    ("raw/a.csv", "cooltrees:raw"),
    ("raw/plots/.netrc", "cooltrees"),
    ("raw/plots", "cooltrees", "--move", "--manifest"),
    ("raw/b.csv", "cooltrees:raw", "--replace", "-y"),
    ("raw/fifo", "cooltrees"),
    ("raw/a.csv", "cooltrees", "--move"),
)
_DUMPABLE = 4  # PR_SET_DUMPABLE in <linux/prctl.h>: a process that has become another account sees itself


class Wanted(NamedTuple):
    """What is typed: options, the folder, which things of the tree (all of it as one without), and another name.

    A tree may be there before, and the same may be typed again.
    """

    options: tuple[str, ...]
    folder: str
    picks: tuple[int, ...]
    name: str
    before: list[Thing] | None
    again: bool
    json: bool
    umask: int

    @property
    def moves(self) -> bool:
        return "--move" in self.options


@dataclass(frozen=True)
class Ground:
    """Somebody's home with a tree in it, and a data directory."""

    top: Path
    number: int
    groups: tuple[int, ...]
    mode: int
    project: int
    shard: tuple[str, int, str]

    @classmethod
    def of(cls, top: Path, account: Account | None, mode: int, project: int) -> Self:
        top.chmod(0o755)
        number = account.number if account else os.getuid()
        groups = tuple(account.groups) if account else (os.getgid(),)
        name = account.home.name if account else "oneself"
        place = str(top.parent)
        (top / "site.toml").write_text(f'extends = "sesync"\n[data]\npath = "{top}/nfs/{{project}}-data"\n')
        made = cls(top, number, groups, mode, project, (name, mode, place))
        if ROOT:
            made._load()
        return made

    def _load(self) -> None:
        """Load all that a put may load, since another account may not be able to read it; oneself tries."""
        self.begin()
        (self.home / "raw/plots").mkdir(parents=True)
        for name, text in {"a.csv": "1\n", "plots/.netrc": "machine x login jo password Zq8kW2vN5xT7bR4m\n"}.items():
            (self.home / "raw" / name).write_text(text)
        os.link(self.home / "raw/a.csv", self.home / "raw/b.csv")
        os.mkfifo(self.home / "raw/fifo")
        names = self.top / "loaded"
        names.touch()

        def record(event: str, told: tuple[Any, ...]) -> None:
            if event == "import":
                file = os.open(names, os.O_WRONLY | os.O_CREAT | os.O_APPEND)  # its children close all files
                os.write(file, f"{told[0]}\n".encode())
                os.close(file)

        def become() -> None:
            self._become(0o022, 0)
            sys.addaudithook(record)

        for words in _TRIED:
            run(["put", *words], self.home, self.top / "tmp", become=become)
        loaded = dict.fromkeys(names.read_text(encoding="utf-8").split())
        for name in loaded:
            with suppress(ImportError):
                import_module(name)

    @property
    def home(self) -> Path:
        return self.top / "home"

    @property
    def data(self) -> Path:
        return self.top / "nfs/cooltrees-data"

    @property
    def owner(self) -> tuple[int, int]:
        return self.number, self.groups[0]

    @property
    def is_root(self) -> bool:
        return self.number == 0

    @property
    def shares(self) -> bool:
        """Whether they may give things to the project's group."""
        return self.is_root or self.project in self.groups

    def begin(self) -> None:
        """An empty home, and an empty data directory."""
        for folder in ("home", "nfs", "tmp"):
            _cleared(self.top / folder)
            (self.top / folder).mkdir()
        (self.home / "beside").mkdir()
        self.data.mkdir()
        if ROOT:
            for path in (self.home, self.home / "beside", self.top / "tmp"):
                os.chown(path, *self.owner)
            os.chown(self.data, self.number if self.mode & 0o020 == 0 else 0, self.project)
        self.data.chmod(self.mode)

    def sesync(self, *words: str, umask: int) -> Ended:
        """Run the program as they would, from their home."""
        return run(words, self.home, self.top / "tmp", become=lambda: self._become(umask, self.number))

    def _become(self, umask: int, number: int) -> None:
        os.umask(umask)
        tempfile.tempdir = None  # it is told anew
        told = {"HOME": self.home, "TMPDIR": self.top / "tmp", "SESYNC_SITE": self.top / "site.toml"}
        os.environ.update({name: str(value) for name, value in told.items()})
        if ROOT and number:
            os.setgroups(self.groups)
            os.setresgid(*[self.groups[0]] * 3)
            os.setresuid(*[number] * 3)
            ctypes.CDLL(None).prctl(_DUMPABLE, 1)


def _cleared(folder: Path) -> None:
    """Remove a folder, whatever it says of who may do so."""
    if not folder.exists():
        return
    for path, folders, _ in os.walk(folder):
        for name in folders:
            if not os.path.islink(one := os.path.join(path, name)):
                os.chmod(one, 0o700)
    shutil.rmtree(folder)
