"""sesync usage where file servers are slow, hung or dead."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import SESYNC
from tests.services.fuse import served
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


@pytest.fixture(autouse=True)
def impatient(site) -> None:
    site(data={"patience_seconds": 1.0})


def children(process: "subprocess.Popen[str]") -> list[int]:
    said = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(one) for one in said.split()]


def wait_until_walking(process: "subprocess.Popen[str]") -> None:
    while len(children(process)) < min(len(os.sched_getaffinity(0)), 4):
        assert process.poll() is None
        time.sleep(0.001)


def test_a_hung_server_is_given_up_on(sesync: Run, tmp_path: Path, home: Path):
    write(tmp_path / "export/x")
    with served(tmp_path / "export", tmp_path / "served") as server:
        server.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        result = sesync("usage", tmp_path / "served")
        assert time.monotonic() - begun < 5
        assert (result.code, result.out) == (1, "")
        assert f"the file server of {tmp_path}/served did not answer within 1 seconds" in result.err


def test_a_server_that_hangs_in_the_middle_is_given_up_on(background, export: Path, tmp_path: Path):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served", "--json")
        wait_until_walking(walking)
        server.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        out, _ = walking.communicate(timeout=10)
        assert time.monotonic() - begun < 5
        assert (walking.returncode, '"kind": "no-answer"' in out) == (1, True)


def test_a_server_that_dies_in_the_middle_is_named(background, export: Path, tmp_path: Path):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served")
        wait_until_walking(walking)
        server.kill()
        server.wait()
        out, err = walking.communicate(timeout=10)
        assert any(words in out + err for words in ("endpoint is not connected", "caused connection abort"))


def test_a_terminal_sees_how_far_it_is(terminal, export: Path, tmp_path: Path):
    with served(export, tmp_path / "served"):
        seen = terminal("usage", tmp_path / "served")
        assert seen.ended() == 0
    assert "Looking at every file" in seen.raw and "00 files" in seen.raw
    assert "Looking at every file" not in seen.screen


def test_a_hung_server_in_the_home_is_not_touched(sesync: Run, tmp_path: Path, home: Path):
    (tmp_path / "export").mkdir()
    write(home / "work/x")
    with served(tmp_path / "export", home / "work/served") as server:
        server.send_signal(signal.SIGSTOP)
        result = sesync("usage", "--json")
        assert (result.code, result.json["not_entered"]) == (0, [f"{home}/work/served"])


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_and_leaves_no_process(background, export: Path, tmp_path: Path, word: int):
    with served(export, tmp_path / "served") as server:
        walking = background("usage", tmp_path / "served")
        wait_until_walking(walking)
        server.send_signal(signal.SIGSTOP)
        crew = children(walking)
        walking.send_signal(word)
        _, err = walking.communicate(timeout=5)
        assert (walking.returncode, "stopped" in err) == (130, True)
        server.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        assert not [one for one in crew if Path(f"/proc/{one}/exe").exists()]


def test_nobody_who_reads_the_output_waits_for_a_hung_server(tmp_path: Path):
    write(tmp_path / "export/x")
    with served(tmp_path / "export", tmp_path / "served") as server:
        server.send_signal(signal.SIGSTOP)
        words = ["sh", "-c", '"$0" usage "$1" 2>&1 | cat', SESYNC, tmp_path / "served"]
        done = subprocess.run(words, capture_output=True, timeout=10)
        assert b"did not answer" in done.stdout
