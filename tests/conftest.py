"""What every test stands on: an empty home, the real command line, and a site of its own."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tests.services.leaks import keep_said, leaks, recording

PROJECT = Path(__file__).parent.parent
SESYNC = Path(sys.executable).with_name("sesync")
STRANGERS = (
    "SESYNC_",
    "_SESYNC",
    "JUPYTER",
    "XDG_",
    "SLURM_",
    "VIRTUAL_ENV",
    "GIT_",
    "PYTHON",
    "CONDA",
    "PYENV_",
    "UV_",
    "IPY",
    "GITLAB_",
    "GLAB_",
    "GL_HOST",
)
CERTIFICATES = ("SSL_CERT", "REQUESTS_CA", "CURL_CA")  # of the network that packages come through
WITH_THEIR_OWN = ("gitlab", "clone", "sync", "sshkey")  # tests of servers whose certificates are the tests'
KEPT = ("GIT_SSL_CAINFO",)
DRAFTS = "('sesync report' drafts the mail)"  # what a hint that sends to support ends with


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session", autouse=True)
def nothing_leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After all tests, no token or password of theirs is anywhere that it should not be."""
    yield
    found = leaks(tmp_path_factory.getbasetemp())
    assert not found, "secrets of the tests have leaked into these files"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Every test lives in an empty home and sees none of the developer's settings."""
    strangers = STRANGERS + (CERTIFICATES if request.path.parent.name in WITH_THEIR_OWN else ())
    for name in list(os.environ):
        if name.startswith(strangers) and name not in KEPT:
            monkeypatch.delenv(name)
    home, scratch = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    scratch.mkdir()
    for name, value in {
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
        "UV_CACHE_DIR": str(PROJECT / ".cache/uv"),
        "PIP_CACHE_DIR": str(PROJECT / ".cache/pip"),
        "PIP_NO_WARN_SCRIPT_LOCATION": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        **recording(tmp_path.parent, request.path.parent.name),
        **{f"GIT_{who}_NAME": "J. Smith" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "jsmith@example.org" for who in ("AUTHOR", "COMMITTER")},
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(home)
    monkeypatch.setenv("PWD", str(home))
    return home


@pytest.fixture
def nfs(tmp_path: Path) -> Path:
    """The folder that holds the data directories, with one in it: cooltrees-data."""
    (tmp_path / "nfs" / "cooltrees-data").mkdir(parents=True)
    return tmp_path / "nfs"


@pytest.fixture
def site(tmp_path: Path, nfs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A site file in force; called with `table={"key": value}`, it changes settings. The data root is `nfs`."""
    path = tmp_path / "site.toml"
    tables: dict[str, dict[str, Any]] = {
        "data": {"path": f"{nfs}/{{project}}-data", "patience_seconds": 2.0},
        "python": {"default": "3.11", "places": []},
        "kernels": {"server_folders": []},
    }

    def change(**changes: dict[str, Any]) -> Path:
        for table, keys in changes.items():
            tables.setdefault(table, {}).update(keys)
        text = "".join(
            f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for table, keys in tables.items()
        )
        path.write_text(text)
        return path

    change()
    monkeypatch.setenv("SESYNC_SITE", str(path))
    return change


@pytest.fixture
def sesync(tmp_path: Path) -> Callable[..., Ended]:
    """Run the real program, without a terminal: sesync("kernel", "list")."""

    def run(*words: str | Path, timeout: float = 100, prefix: tuple[str, ...] = (), **options: Any) -> Ended:
        argv = [*prefix, str(SESYNC), *map(str, words)]
        options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, errors="replace", **options)
        keep_said(tmp_path.parent, done.stdout, done.stderr)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def background(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the real program and go on; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str | Path, program: tuple[str, ...] = (str(SESYNC),), **options: Any) -> "subprocess.Popen[str]":
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([*program, *map(str, words)], text=True, **(pipes | options))
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        keep_said(tmp_path.parent, *filter(None, process.communicate()))


class Terminal:
    """A person's terminal of some size, running one command line; `screen` is what they see."""

    def __init__(self, argv: list[str], columns: int, rows: int) -> None:
        env = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "xterm-256color"}
        self.child = pexpect.spawn(argv[0], argv[1:], env=env, dimensions=(rows, columns), encoding="utf-8", timeout=60)
        self.seen = pyte.HistoryScreen(columns, rows, history=1000)
        self.stream = pyte.Stream(self.seen)
        self.raw = ""

    def type(self, text: str) -> None:
        self.child.send(text)

    def wait_for(self, text: str, timeout: float = 60) -> None:
        """Until this text has been printed."""
        end = time.monotonic() + timeout
        while text not in self.raw:
            assert time.monotonic() < end, f"{text!r} never came; seen:\n{self.screen}"
            self._read()

    def ended(self, timeout: float = 60) -> int:
        """Until the program ends; its exit code."""
        end = time.monotonic() + timeout
        while self._read():
            assert time.monotonic() < end, f"never ended; seen:\n{self.screen}"
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0)

    def _read(self) -> bool:
        try:
            text = self.child.read_nonblocking(4096, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += text
        self.stream.feed(text)
        return True

    @property
    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self.seen.display).rstrip()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Run the real program on a terminal: terminal("link", "cooltrees", columns=40)."""
    opened: list[Terminal] = []

    def run(*words: str | Path, columns: int = 100, rows: int = 40) -> Terminal:
        opened.append(Terminal([str(SESYNC), *map(str, words)], columns, rows))
        return opened[-1]

    yield run
    for one in opened:
        one.child.close(force=True)
        keep_said(tmp_path.parent, one.raw)


def missing(what: str) -> None:
    """A service, interpreter or program that this test needs is not here: a failure in CI, a named skip elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true allows no skip")
    pytest.skip(f"{what} is missing")


def needed(program: str) -> str:
    """Where this program is, also outside a user's PATH."""
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if found is None:
        missing(program)
    assert found
    return found


def needed_root() -> None:
    """Some real things (mounts, other users) need root."""
    if os.getuid():
        missing("root")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name what was missing, and how many tests that cost."""
    skipped = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in skipped.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")
