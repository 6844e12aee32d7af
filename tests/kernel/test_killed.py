"""Runs that are killed or interrupted at any moment: never a kernel in Jupyter that does not start, and no mess."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import HANG, SESYNC, Ended, Said
from tests.kernel import ground
from tests.kernel.conftest import Shared

DRIVE = [sys.executable, str(Path(__file__).with_name("drive.py"))]
STEPS = 6
ENDED = STEPS + 1
CREATE = ("kernel", "create", "trees", "--python", "3.11")
KILLS = 50


def signalled(number: signal.Signals, at: int, *words: str) -> Ended:
    """A run that gets this signal before its step number `at`, or when it has done all (ENDED)."""
    argv = [*DRIVE, str(int(number)), str(at), *words]
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=HANG)
    return Ended(done.returncode, Said(done.stdout), Said(done.stderr))


@pytest.fixture
def warm(shared_home: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    """All packages are in the cache, so that no run waits for the network."""
    ground.python("3.11")
    shared_home.home.mkdir(exist_ok=True)
    shared_home.kernel("py3.11", "six", "--python", "3.11")
    monkeypatch.setenv("UV_OFFLINE", "1")


def test_a_run_killed_at_any_step_leaves_no_kernel_that_does_not_start(sesync, warm, home: Path, tmp_path: Path):
    for at in range(1, STEPS + 1):
        assert signalled(signal.SIGKILL, at, *CREATE).code == -signal.SIGKILL
        assert ground.survivors(home) == []
        assert not list(ground.specs(home).glob("*")), f"killed before step {at}"
        left = sesync("kernel", "list", "--json").json
        assert [(one["name"], one["state"]) for one in left] == [("trees", "left over")] * (at > 1)
    assert signalled(signal.SIGKILL, ENDED, *CREATE).code == -signal.SIGKILL
    assert [one["state"] for one in sesync("kernel", "list", "--json").json] == ["ok"]
    assert ground.starts("trees", tmp_path / "said")
    assert sesync(*CREATE).out == "The kernel trees is there already, as 'trees (Python 3.11)'.\n"
    assert ground.leftovers(home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_interrupted_at_any_step_undoes_what_it_did(warm, home: Path, number: signal.Signals):
    for at in range(1, STEPS + 1):
        result = signalled(number, at, *CREATE)
        assert (result.code, result.out) == (130, "")
        assert result.err.strip() == "Stopped; what was begun is undone."
        assert ground.nothing(home), f"interrupted before step {at}"
        assert ground.survivors(home) == []


def test_ctrl_c_on_a_terminal_stops_it_and_gives_the_cursor_back(terminal, home: Path, monkeypatch):
    ground.python("3.11")
    with socket.socket() as silent:  # an index that never answers: it is certainly at work when it is stopped
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        screen = terminal(*CREATE)
        screen.wait_for("\x1b[?25l")
        screen.type("\x03")
        assert screen.ended() == 130
    assert "Stopped; what was begun is undone." in screen.screen
    assert screen.raw.rindex("\x1b[?25h") > screen.raw.rindex("\x1b[?25l")
    assert ground.nothing(home)
    assert ground.survivors(home) == []


@pytest.mark.timeout(3600)
def test_fifty_runs_killed_at_any_time(sesync, warm, home: Path, tmp_path: Path):
    """Spread over the whole of a run, so that each thing it does is cut short somewhere."""
    started = time.monotonic()
    assert sesync(*CREATE).code == 0
    whole = time.monotonic() - started
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    dice = random.Random(20180106)
    hit = number = 0
    while number < KILLS or hit <= KILLS / 2:
        run = subprocess.Popen([SESYNC, *CREATE], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (number % KILLS + dice.random()) / KILLS)
        run.kill()
        hit += run.wait() == -signal.SIGKILL
        if list(ground.specs(home).glob("*")):
            assert ground.starts("trees", tmp_path / "said"), f"kill {number}"
            assert sesync("kernel", "remove", "trees", "--yes").code == 0
        number += 1
    assert ground.survivors(home) == []
    assert sesync(*CREATE).code == 0
    assert ground.leftovers(home) == []
    assert "trees" in ground.listed()
    assert ground.starts("trees", tmp_path / "said")


def test_removal_killed_at_any_step_leaves_no_kernel_that_does_not_start(sesync, warm, home: Path, tmp_path: Path):
    remove = ("kernel", "remove", "trees", "--yes")
    assert sesync(*CREATE).code == 0
    assert signalled(signal.SIGKILL, 1, *remove).code == -signal.SIGKILL
    assert ground.starts("trees", tmp_path / "said")
    assert signalled(signal.SIGKILL, 2, *remove).code == -signal.SIGKILL
    assert [one["state"] for one in sesync("kernel", "list", "--json").json] == ["not in Jupyter"]
    assert "trees" not in ground.listed()
    assert sesync(*remove).code == 0
    assert ground.nothing(home)


def test_what_a_killed_run_left_is_cleared_once_by_many_runs_at_once(sesync, warm, home: Path, background):
    assert signalled(signal.SIGKILL, 4, *CREATE).code == -signal.SIGKILL
    runs = [background(*CREATE) for _ in range(3)]
    said = sorted(run.communicate(timeout=HANG)[0].split()[0] for run in runs)
    assert (said, [run.returncode for run in runs]) == (["Made", "The", "The"], [0, 0, 0])
    assert ground.leftovers(home) == []


def test_a_program_that_lost_its_parent_before_it_began_does_not_begin(tmp_path: Path):
    code = (
        "import os\nend, open_in_all = os.pipe()\n"
        "from sesync_cli.run import dies_with_parent\nbind = dies_with_parent()\n"
        "if not os.fork():\n    bind()\n    open('child', 'w')\n    os._exit(0)\n"
        "os.wait()\n"
        "if not os.fork():\n    if not os.fork():\n        bind()\n        open('orphan', 'w')\n    os._exit(0)\n"
        "os.wait()\nos.close(open_in_all)\nos.read(end, 1)\n"  # until the orphan is over
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert os.listdir(tmp_path) and not (tmp_path / "orphan").exists()
    assert (tmp_path / "child").exists()
