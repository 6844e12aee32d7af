"""What every test stands on: an empty home, the real command line, and a site of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pyte
import pytest

from sesync_cli.check import Finding, found_by
from sesync_cli.plan import unwatched
from sesync_cli.python.pip_settings import as_variables
from sesync_cli.session import Session
from sesync_cli.wrapping import with_tilde
from tests.documents import asks_json, check_document
from tests.services.leaks import keep_said, leaks, recording
from tests.words import wrong_words

if TYPE_CHECKING:
    from tests.services.accounts import People

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
BESIDE = "PIP_EXTRA_INDEX_URL"  # where the developer's own packages are, of which no test knows
INDEX = as_variables(os.environ) | {BESIDE: ""}  # the way to the package index that pip is told in the developer's home
HANG = 300.0  # seconds after which something hangs, and is not just slow
DRAFTS = "('sesync report' drafts the mail)"  # what a hint that sends to support ends with


class Said(str):
    """What was said: a text that it is compared with may have ~ where this has the whole home, or the other way round.

    That people are shown ~, and programs are told the whole path, tests/words.py and tests/documents.py look after.
    """

    def __contains__(self, text: object) -> bool:
        return any(super(Said, self).__contains__(one) for one in _spellings(str(text)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and any(super(Said, self).__eq__(one) for one in _spellings(other))

    def __hash__(self) -> int:
        return super().__hash__()

    def __add__(self, other: str) -> "Said":
        return Said(super().__add__(other))

    def startswith(self, text: Any, *span: Any) -> bool:
        return any(super(Said, self).startswith(one, *span) for one in _spellings(text))

    def endswith(self, text: Any, *span: Any) -> bool:
        return any(super(Said, self).endswith(one, *span) for one in _spellings(text))

    def count(self, text: str, *span: Any) -> int:
        return max(super(Said, self).count(one, *span) for one in _spellings(text))

    def replace(self, old: str, new: str, *most: Any) -> "Said":
        return Said(super().replace(old, new, *most))

    def strip(self, letters: str | None = None) -> "Said":
        return Said(super().strip(letters))

    def splitlines(self, keepends: bool = False) -> "list[str]":
        return [Said(line) for line in super().splitlines(keepends)]

    def partition(self, text: str) -> tuple[str, str, str]:
        found = next((one for one in _spellings(text) if one in str(self)), text)
        before, found, after = super().partition(found)
        return Said(before), found, Said(after)

    def removeprefix(self, text: str, /) -> "Said":
        return Said(super().removeprefix(text).removeprefix(tilde(text)))

    def removesuffix(self, text: str, /) -> "Said":
        return Said(super().removesuffix(text).removesuffix(tilde(text)))


def _spellings(text: Any) -> list[Any]:
    if not isinstance(text, str):
        return [text]
    of_others = re.sub(r"(?<![^\s(`'])/tmp/people-\w+/\w+(?=/|\W|$)", "~", text)  # homes of real accounts
    return list(
        dict.fromkeys(
            (text, tilde(text), of_others, re.sub(r"(?<![^\s(`'])~(?=/|\W|$)", os.path.expanduser("~"), text))
        )
    )


def _as_said(value: Any) -> Any:
    if isinstance(value, str):
        return Said(value)
    if isinstance(value, list):
        return [_as_said(one) for one in value]
    return {key: _as_said(one) for key, one in value.items()} if isinstance(value, dict) else value


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return _as_said(json.loads(str(self.out)))


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
        **INDEX,
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
    """A site file in force, which changes SESYNC; called with `table={"key": value}`, it changes settings of it.

    The data root is `nfs`. What a site file is that stands for itself, tests/site has.

    It is patient, since on a busy machine what is well is slow too: a test of silence chooses a patience of its own.
    """
    path = tmp_path / "site.toml"
    tables: dict[str, dict[str, Any]] = {
        "data": {"path": f"{nfs}/{{project}}-data", "patience_seconds": 30.0},
        "python": {"default": "3.11", "places": [], "advice_seconds": HANG},
        "kernels": {"server_folders": [], "start_seconds": HANG},
    }

    def change(**changes: dict[str, Any]) -> Path:
        for table, keys in changes.items():
            tables.setdefault(table, {}).update(keys)
        text = 'extends = "sesync"\n' + "".join(
            f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for table, keys in tables.items()
        )
        path.write_text(text)
        return path

    change()
    monkeypatch.setenv("SESYNC_SITE", str(path))
    return change


@pytest.fixture(scope="session")
def everybodys() -> Iterator[Path]:
    """The program where every account of this machine may run it."""
    from tests.services.accounts import program

    with program() as path:
        yield path


@pytest.fixture
def here(everybodys: Path) -> Iterator["People"]:
    """Three real accounts, which are gone after the test."""
    from tests.services.accounts import people

    with people(everybodys) as found:
        yield found


@pytest.fixture
def findings() -> Callable[..., list[Finding]]:
    """What the checks of a slice find for whoever runs the test: findings(checks)."""

    def of(checks: Callable[..., Any]) -> list[Finding]:
        session = Session()
        made = checks(session.caller, session.site, unwatched)
        assert all(check.name and check.seconds > 0 for check in made)
        return [finding for check in made for finding in found_by(check)]

    return of


@pytest.fixture
def sesync(tmp_path: Path) -> Callable[..., Ended]:
    """Run the real program, without a terminal: sesync("kernel", "list")."""

    def run(*words: str | Path, timeout: float = HANG, prefix: tuple[str, ...] = (), **options: Any) -> Ended:
        argv = [*prefix, str(SESYNC), *map(str, words)]
        options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, errors="replace", **options)
        keep_said(tmp_path.parent, done.stdout, done.stderr)
        assert not list(wrong_words([str(word) for word in words], done.stdout, done.stderr))
        if asks_json(argv[len(prefix) + 1 :]) and (done.stdout or done.returncode >= 0):
            check_document(argv[len(prefix) + 1 :], done.stdout)
        return Ended(done.returncode, Said(done.stdout), Said(done.stderr))

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
        size = (rows, columns)
        self.child = pexpect.spawn(argv[0], argv[1:], env=env, dimensions=size, encoding="utf-8", timeout=HANG)
        self.seen = pyte.HistoryScreen(columns, rows, history=1000)
        self.stream = pyte.Stream(self.seen)
        self.raw = ""

    def type(self, text: str) -> None:
        self.child.send(text)

    def wait_for(self, text: str) -> None:
        """Until this text has been printed, wherever its lines end."""
        words = " ".join(text.split())
        self.wait_until(lambda: words in Said(" ".join(self.raw.split())), repr(text))

    def wait_until(self, happened: Callable[[], object], what: str) -> None:
        """Until this is so; what is printed meanwhile is read, so that the program can go on."""
        end = time.monotonic() + HANG
        while not happened():
            assert time.monotonic() < end, f"{what} never came; seen:\n{self.screen}"
            self._read()

    def ended(self) -> int:
        """Until the program ends; its exit code."""
        end = time.monotonic() + HANG
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
    def screen(self) -> Said:
        return Said("\n".join(line.rstrip() for line in self.seen.display).rstrip())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Run the real program on a terminal: terminal("link", "cooltrees", columns=40)."""
    opened: list[Terminal] = []

    def run(*words: str | Path, columns: int = 100, rows: int = 40, program: str | Path = SESYNC) -> Terminal:
        opened.append(Terminal([str(program), *map(str, words)], columns, rows))
        return opened[-1]

    yield run
    for one in opened:
        one.child.close(force=True)
        keep_said(tmp_path.parent, one.raw)


def tilde(text: object) -> str:
    """A text with ~ for home, as people see it."""
    return with_tilde(str(text))


def names_in(home: Path) -> list[str]:
    """The names in a home but for .local, where sesync keeps what it knows."""
    return sorted({*os.listdir(home)} - {".local"})


def wait_for(happened: Callable[[], object], what: str = "it") -> None:
    """Until this is so."""
    end = time.monotonic() + HANG
    while not happened():
        assert time.monotonic() < end, f"{what} never happened"
        time.sleep(0.005)


def children(pid: int) -> list[int]:
    """The processes that this one has started, zombies included."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def state(pid: int) -> str:
    """The letter for what a process does: R runs, S waits for something, T is stopped, Z or nothing is over."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def runs(pid: int) -> bool:
    """Whether this process is there and no zombie."""
    return state(pid) not in ("", "Z", "X")


@contextmanager
def held(pid: int) -> Iterator[None]:
    """A process and those that it has started, all stopped in the middle of what they do for as long as the block."""
    stopped = [pid, *children(pid)]
    for one in stopped:
        os.kill(one, signal.SIGSTOP)
    wait_for(lambda: all(state(one) in ("T", "Z", "") for one in stopped), "the stop")
    try:
        yield
    finally:
        for one in stopped:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)


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
