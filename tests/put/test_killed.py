"""sesync put killed at any moment: nothing is lost, no wrong byte has a final name, and the next run goes on."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import SESYNC
from tests.put.ground import Run, leftovers, sums, tree, write

pytestmark = pytest.mark.usefixtures("site")
KILLS, ROUND = 50, 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_runs_killed_at_fifty_random_moments(sesync: Run, home: Path, nfs: Path, words: tuple[str, ...]):
    data, dice = nfs / "cooltrees-data", random.Random(20180106)
    source = tree(home / "kept/raw", files=150, size=5_000)
    write(source / "large.tif", 12_000_000)
    wanted, hit = sums(source), 0
    argv = [SESYNC, "put", "raw", "cooltrees", *words]
    seconds = 1.0
    for number in range(KILLS + KILLS // ROUND):
        if number % (ROUND + 1) == 0:
            subprocess.run(["rm", "-rf", home / "raw", data / "raw"], check=True)
            subprocess.run(["cp", "-a", source, home / "raw"], check=True)
        run = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number % (ROUND + 1) == ROUND:
            begun = time.monotonic()
            assert run.wait() == 0
            seconds = max(0.5, time.monotonic() - begun)
            assert sums(data / "raw") == wanted
            assert leftovers(data, home) == []
            assert not words or os.readlink(home / "raw") == f"{data}/raw"
            continue
        time.sleep(0.1 + seconds * dice.random())
        run.kill()
        hit += run.wait() == -signal.SIGKILL
        there = sums(data / "raw") if (data / "raw").exists() else {}
        there = {name: digest for name, digest in there.items() if "/.sesync-partial" not in name}
        assert there.items() <= wanted.items(), f"kill {number}: a wrong file"
        mine = {} if (home / "raw").is_symlink() or not (home / "raw").exists() else sums(home / "raw")
        assert {**there, **mine} == wanted, f"kill {number}: a file is lost"
        assert words or mine == wanted
    assert hit > KILLS / 2


def test_a_killed_run_leaves_no_process_that_goes_on(home: Path, nfs: Path):
    write(home / "big.tif", 400_000_000)
    run = subprocess.Popen([SESYNC, "put", "big.tif", "cooltrees"], stdout=subprocess.DEVNULL)
    data = nfs / "cooltrees-data"
    while not list(data.iterdir()):
        time.sleep(0.01)
    run.kill()
    run.wait()
    time.sleep(0.3)
    (beside,) = data.iterdir()
    size = beside.stat().st_size
    time.sleep(0.5)
    assert (beside.stat().st_size, size < 400_000_000) == (size, True)


def test_what_a_killed_run_left_goes_even_when_there_is_nothing_to_copy(sesync: Run, home: Path, nfs: Path):
    data = nfs / "cooltrees-data"
    tree(home / "raw")
    run = subprocess.Popen([SESYNC, "put", "raw", "cooltrees"], stdout=subprocess.DEVNULL)
    while not leftovers(data):
        time.sleep(0.001)
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
    while not leftovers(data):
        time.sleep(0.001)
    run.kill()
    run.wait()
    write(home / "other.csv", 10)
    assert sesync("put", "other.csv", "cooltrees").code == 0
    assert os.listdir(data) == ["other.csv"]
