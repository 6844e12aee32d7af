"""sesync put of one big file: how far it is, and that it goes on where a killed run was."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from sesync_cli.put.file_io import LONG
from sesync_cli.put.pace import Pace
from tests.conftest import HANG, children, needed
from tests.put.ground import Run, is_writing, leftovers, sums, wait_for, write

pytestmark = pytest.mark.usefixtures("site")


def killed(run: "subprocess.Popen[str]", data: Path, least: int) -> list[Path]:
    """A run that is killed once so many bytes are copied; what it has left beside, nothing if it was quicker."""
    seen = is_writing(data, least)
    wait_for(lambda: seen() or run.poll() is not None)
    run.kill()
    run.communicate(timeout=HANG)
    return leftovers(data)


def test_a_killed_run_goes_on_where_it_was(sesync: Run, background, home: Path, nfs: Path):
    """Three times over: what is there of the file is used again, and is the file in the end."""
    source, data = write(home / "big.nc", 12 * LONG), nfs / "cooltrees-data"
    before = sums(home)
    inodes = set()
    for parts in (1, 3, 5):
        left = killed(background("put", "big.nc", "cooltrees"), data, parts * LONG)
        inodes |= {one.stat().st_ino for one in left}
        if not left:
            break  # it was quicker
    done = sesync("put", "big.nc", "cooltrees")
    assert (done.code, sums(data), leftovers(data)) == (0, before, [])
    assert inodes <= {(data / "big.nc").stat().st_ino}
    assert (data / "big.nc").stat().st_mode & 0o777 == source.stat().st_mode & 0o777


@pytest.mark.parametrize("change", ["longer", "other contents", "gone"])
def test_what_was_begun_of_another_version_goes(sesync: Run, background, home: Path, nfs: Path, change: str):
    source, data = write(home / "big.nc", 6 * LONG), nfs / "cooltrees-data"
    write(home / "small.nc", 10)
    killed(background("put", "big.nc", "small.nc", "cooltrees"), data, LONG)
    if change == "longer":
        with source.open("ab") as file:
            file.write(b"more")
    elif change == "other contents":
        write(source, 6 * LONG)
    else:
        source.write_bytes(b"short")
    done = sesync("put", "big.nc", "small.nc", "cooltrees", "--replace", "-y")
    assert (done.code, sums(data), leftovers(data)) == (0, sums(home), [])


def written(trace: Path) -> int:
    """How many bytes a run has written into files, as strace saw it."""
    calls = re.findall(r"(?:copy_file_range|pwrite64)\(.* = (\d+)$", trace.read_text(), re.MULTILINE)
    return sum(map(int, calls))


@pytest.mark.parametrize(
    ("right", "then", "kept"),
    [(2.5, b"", 2), (2, b"wrong", 2), (0.5, b"", 0), (0, b"wrong" * LONG, 0), (3.25, b"", 3), (1, b"\0" * 2 * LONG, 1)],
    ids=["two parts and a half", "two and noise", "half", "noise", "all", "one and zeros"],
)
def test_only_what_is_right_from_the_beginning_is_kept(
    sesync: Run, background, home: Path, nfs: Path, tmp_path: Path, right: float, then: bytes, kept: int
):
    """A killed run has left this of the file; it is not copied again if it is right."""
    size, data, trace = 3 * LONG + LONG // 4, nfs / "cooltrees-data", tmp_path / "trace"
    contents = write(home / "big.nc", size).read_bytes()
    left = killed(background("put", "big.nc", "cooltrees"), data, 1)
    for one in left:
        one.write_bytes(contents[: int(right * LONG)] + then)
    words = ("-f", "-qq", "-e", "trace=copy_file_range,pwrite64", "-o", str(trace))
    done = sesync("put", "big.nc", "cooltrees", prefix=(needed("strace"), *words))
    assert (done.code, (data / "big.nc").read_bytes() == contents, leftovers(data)) == (0, True, [])
    assert not left or written(trace) in (size - kept * LONG, 0)  # none where a file system shares contents


def test_no_old_bytes_stay_where_the_source_has_a_hole(sesync: Run, background, home: Path, nfs: Path):
    source, data = write(home / "big.nc", 4 * LONG), nfs / "cooltrees-data"
    begin = source.read_bytes()[:LONG]
    os.truncate(source, 6 * LONG)
    for one in killed(background("put", "big.nc", "cooltrees"), data, 1):
        one.write_bytes(begin + b"old" * 2 * LONG)
    assert sesync("put", "big.nc", "cooltrees").code == 0
    assert (sums(data), leftovers(data)) == (sums(home), [])


def test_bytes_pace_and_time_left_are_seen(terminal, home: Path, nfs: Path, tmp_path: Path):
    """The work is held for a while, so that it lasts long enough to be seen on any machine."""
    write(home / "big.nc", 10 * LONG)
    seen = terminal("put", "big.nc", "cooltrees", columns=120)
    wait_for(is_writing(nfs / "cooltrees-data", LONG))
    workers = children(seen.child.pid)
    for one in workers:
        os.kill(one, signal.SIGSTOP)
    time.sleep(1.5)  # until there is a pace to tell
    for one in workers:
        os.kill(one, signal.SIGCONT)
    seen.wait_for("left")
    line = next(line for line in reversed(seen.raw.split("\r")) if " left" in line)
    assert re.search(r"[\d.]+( MB)? of 335\.5 MB, [\d.]+ [kM]B/s, \d+ (s|min) left, 0 of 1 files", line), line


def test_words_of_the_pace():
    times = iter([100.0, 100.0, 110.0, 210.0])
    pace = Pace(2 * 8_400_000_000, passes=2, clock=lambda: next(times))
    assert list(pace.words(0)) == ["0 bytes of 8.4 GB"]
    assert list(pace.words(2 * 1_200_000_000)) == ["1.2 of 8.4 GB", "120.0 MB/s", "60 s left"]
    assert list(pace.words(2 * 1_300_000_000)) == ["1.3 of 8.4 GB", "1 MB/s", "2 h left"]
    assert list(Pace(0).words(0)) == []
