"""sesync usage where file servers are slow, hung or dead."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import HANG, SESYNC, children, runs, wait_for
from tests.services.fuse import hang, hangs, served
from tests.usage.test_usage import Run, write


@pytest.fixture
def export() -> Iterator[Path]:
    """What a file server exports: enough to take a while, in memory since it is quickly made there."""
    with TemporaryDirectory(dir="/dev/shm") as folder:
        for number in range(200):
            os.mkdir(f"{folder}/{number}")
            for one in range(200):
                os.mknod(f"{folder}/{number}/{one}")
        yield Path(folder)


@pytest.fixture
def impatient(site) -> None:
    site(data={"patience_seconds": 1.0})


@pytest.fixture
def patient(site) -> None:
    """Who asks a hung server hangs."""
    site(data={"patience_seconds": 2 * HANG})


def wait_until_walking(process: "subprocess.Popen[str]") -> None:
    while len(children(process.pid)) < min(len(os.sched_getaffinity(0)), 4):
        assert process.poll() is None
        time.sleep(0.001)


def is_killed(pid: int) -> bool:
    """Whether a process is over, or will be as soon as the server that it waits for lets it go."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    pending = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))]
    return not runs(pid) or any(one >> (signal.SIGKILL - 1) & 1 for one in pending)


def test_a_hung_server_is_given_up_on(sesync: Run, tmp_path: Path, home: Path, impatient):
    write(tmp_path / "export/x")
    with served(tmp_path / "export", tmp_path / "served") as server:
        hang(server)
        result = sesync("usage", tmp_path / "served")
        assert hangs(server)
        assert (result.code, result.out) == (1, "")
        assert f"the file server of {tmp_path}/served did not answer within 1 seconds" in result.err


def test_a_server_that_hangs_in_the_middle_is_given_up_on(background, export: Path, tmp_path: Path, site):
    site(data={"patience_seconds": 5.0})
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served", "--json")
        wait_until_walking(walking)
        hang(server)
        out, _ = walking.communicate(timeout=HANG)
        assert hangs(server)
        assert (walking.returncode, '"kind": "no-answer"' in out) == (1, True)


def test_a_server_that_dies_in_the_middle_is_named(background, export: Path, tmp_path: Path):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served")
        wait_until_walking(walking)
        server.kill()
        server.wait()
        out, err = walking.communicate(timeout=HANG)
        assert any(words in out + err for words in ("endpoint is not connected", "caused connection abort"))


def test_a_terminal_sees_how_far_it_is(terminal, export: Path, tmp_path: Path):
    with served(export, tmp_path / "served") as server:
        seen = terminal("usage", tmp_path / "served")
        seen.wait_for("Looking at every file")

        def counts() -> bool:
            """Whether a count was drawn; the server pauses between, so that it is not through before."""
            server.send_signal(signal.SIGCONT if hangs(server) else signal.SIGSTOP)
            return "00 files" in seen.raw

        seen.wait_until(counts, "a count of files")
        server.send_signal(signal.SIGCONT)
        assert seen.ended() == 0
    assert "Looking at every file" not in seen.screen


def test_a_hung_server_in_the_home_is_not_touched(sesync: Run, tmp_path: Path, home: Path, patient):
    (tmp_path / "export").mkdir()
    write(home / "work/x")
    with served(tmp_path / "export", home / "work/served") as server:
        hang(server)
        result = sesync("usage", "--json")
        assert (result.code, result.json["not_entered"]) == (0, [f"{home}/work/served"])


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_and_leaves_no_process(background, export: Path, tmp_path: Path, patient, word: int):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served")
        wait_until_walking(walking)
        hang(server)
        crew = children(walking.pid)
        walking.send_signal(word)
        _, err = walking.communicate(timeout=HANG)
        assert (walking.returncode, "Stopped." in err) == (130, True)
        wait_for(lambda: all(is_killed(one) for one in crew))
        assert crew and hangs(server)
        server.send_signal(signal.SIGCONT)
        wait_for(lambda: not any(runs(one) for one in crew))


def test_a_run_that_is_killed_leaves_no_process(background, export: Path, tmp_path: Path, patient):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served")
        wait_until_walking(walking)
        hang(server)
        crew = children(walking.pid)
        walking.kill()
        walking.wait()
        wait_for(lambda: all(is_killed(one) for one in crew))
        assert crew and hangs(server)
        server.send_signal(signal.SIGCONT)
        wait_for(lambda: not any(runs(one) for one in crew))


def test_nobody_who_reads_the_output_waits_for_a_hung_server(tmp_path: Path, impatient):
    write(tmp_path / "export/x")
    with served(tmp_path / "export", tmp_path / "served") as server:
        hang(server)
        words = ["sh", "-c", '"$0" usage "$1" 2>&1 | cat', SESYNC, tmp_path / "served"]
        done = subprocess.run(words, capture_output=True, timeout=HANG)
        assert b"did not answer" in done.stdout and hangs(server)
