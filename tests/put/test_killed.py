"""sesync put killed at any moment: nothing is lost, no wrong byte has a final name, and the next run goes on."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import SESYNC, children, runs
from tests.put.ground import Run, is_writing, leftovers, sums, tree, wait_for, write

pytestmark = pytest.mark.usefixtures("site")
KILLS, ROUND = 50, 10


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_runs_killed_at_fifty_random_moments(memory: Path, words: tuple[str, ...]):
    """Up to ten kills of the same put, one after the other, until a run comes to its end; then it begins anew."""
    raw, data, dice = memory / "raw", memory / "cooltrees-data", random.Random(20180106)
    source = tree(memory / "kept/raw", files=150, size=5_000)
    write(source / "large.tif", 12_000_000)
    wanted, killed, row, seconds = sums(source), 0, ROUND, 0.0
    while killed < KILLS or row:
        if row == ROUND or not row:
            subprocess.run(["rm", "-rf", raw, data / "raw"], check=True)
            subprocess.run(["cp", "-a", source, raw], check=True)
        begun = time.monotonic()
        run = subprocess.Popen([SESYNC, "put", raw, "cooltrees", *words], stdout=subprocess.DEVNULL)
        if seconds and row < ROUND:
            time.sleep(0.05 + 0.8 * seconds * dice.random())
            run.kill()
        if run.wait() == 0:
            seconds = seconds or time.monotonic() - begun
            assert sums(data / "raw") == wanted
            assert leftovers(memory) == []
            assert not words or os.readlink(raw) == f"{data}/raw"
            row = 0
            continue
        assert run.returncode == -signal.SIGKILL
        killed, row = killed + 1, row + 1
        there = {name: digest for name, digest in sums(data / "raw").items() if "/.sesync-partial" not in name}
        mine = {} if (raw).is_symlink() else sums(raw)
        assert there.items() <= wanted.items(), f"kill {killed}: a wrong file"
        assert {**there, **mine} == wanted, f"kill {killed}: a file is lost"
        assert words or mine == wanted


def test_a_killed_run_leaves_no_process_that_goes_on(home: Path, nfs: Path):
    write(home / "big.tif", 400_000_000)
    run = subprocess.Popen([SESYNC, "put", "big.tif", "cooltrees"], stdout=subprocess.DEVNULL)
    data = nfs / "cooltrees-data"
    wait_for(is_writing(data))
    workers = children(run.pid)
    run.kill()
    run.wait()
    wait_for(lambda: not any(runs(one) for one in workers))
    (beside,) = data.iterdir()
    assert workers and beside.stat().st_size < 400_000_000


def test_what_a_killed_run_left_goes_even_when_there_is_nothing_to_copy(sesync: Run, home: Path, nfs: Path):
    data = nfs / "cooltrees-data"
    tree(home / "raw")
    write(home / "raw/big.tif", 200_000_000)  # the largest is copied first, and not in a moment
    run = subprocess.Popen([SESYNC, "put", "raw", "cooltrees"], stdout=subprocess.DEVNULL)
    wait_for(is_writing(data))
    run.kill()
    run.wait()
    assert leftovers(data)
    subprocess.run(["cp", "-an", home / "raw", data], check=True)
    assert sesync("put", "raw", "cooltrees").out.endswith("already.\n")
    assert leftovers(data) == []


def test_another_put_clears_what_a_killed_one_left(sesync: Run, home: Path, nfs: Path):
    data = nfs / "cooltrees-data"
    write(home / "big.tif", 200_000_000)
    run = subprocess.Popen([SESYNC, "put", "big.tif", "cooltrees"], stdout=subprocess.DEVNULL)
    wait_for(is_writing(data))
    run.kill()
    run.wait()
    write(home / "other.csv", 10)
    assert sesync("put", "other.csv", "cooltrees").code == 0
    assert os.listdir(data) == ["other.csv"]
