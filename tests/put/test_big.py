"""sesync put of one big file: how far it is, and that it goes on where a killed run was."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from sesync_cli.put.file_io import LONG, Copier
from sesync_cli.put.pace import Pace
from tests.conftest import HANG, children
from tests.put.ground import Run, is_writing, leftovers, sums, wait_for, write

pytestmark = pytest.mark.usefixtures("site")


def test_a_killed_run_goes_on_where_it_was(sesync: Run, background, home: Path, nfs: Path, tmp_path: Path):
    """Three times over: what is there of the file is used again, and is the file in the end."""
    source, data = write(home / "big.nc", 12 * LONG), nfs / "cooltrees-data"
    before = sums(home)
    inodes = set()
    for parts in (1, 3, 5):
        process = background("put", "big.nc", "cooltrees")
        wait_for(is_writing(data, parts * LONG))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=HANG)
        if (data / "big.nc").exists():
            break  # it was quicker
        [begun] = data.glob(".sesync-partial*")
        inodes.add(begun.stat().st_ino)
    done = sesync("put", "big.nc", "cooltrees")
    assert (done.code, sums(data), leftovers(data)) == (0, before, [])
    assert inodes == {(data / "big.nc").stat().st_ino}
    assert (data / "big.nc").stat().st_mode & 0o777 == source.stat().st_mode & 0o777


@pytest.mark.parametrize("change", ["longer", "other contents", "gone"])
def test_what_was_begun_of_another_version_goes(sesync: Run, background, home: Path, nfs: Path, change: str):
    source, data = write(home / "big.nc", 6 * LONG), nfs / "cooltrees-data"
    write(home / "small.nc", 10)
    process = background("put", "big.nc", "small.nc", "cooltrees")
    wait_for(is_writing(data, LONG))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=HANG)
    if change == "longer":
        with source.open("ab") as file:
            file.write(b"more")
    elif change == "other contents":
        write(source, 6 * LONG)
    else:
        source.write_bytes(b"short")
    done = sesync("put", "big.nc", "small.nc", "cooltrees", "--replace", "-y")
    assert (done.code, sums(data), leftovers(data)) == (0, sums(home), [])


def begun(tmp_path: Path, contents: bytes, size: int) -> tuple[int, int]:
    """A source of this size, and a target that begins so; open both."""
    source, target = write(tmp_path / "source", size), tmp_path / "target"
    target.write_bytes(contents)
    return os.open(source, os.O_RDONLY), os.open(target, os.O_RDWR)


class Recorded(Copier):
    """Copies as the real one does, whatever the file system could do by itself, and notes what it has written."""

    def __init__(self) -> None:
        super().__init__(lambda count: None)
        self.clones, self.written = False, 0

    def _write(self, source: int, target: int, offset: int, data: memoryview) -> None:
        self.written += len(data)
        super()._write(source, target, offset, data)


@pytest.mark.parametrize(
    ("right", "then", "kept"),
    [(2.5, b"", 2), (2, b"wrong", 2), (0.5, b"", 0), (0, b"wrong" * LONG, 0), (3.25, b"", 3), (1, b"\0" * 2 * LONG, 1)],
    ids=["two parts and a half", "two and noise", "half", "noise", "all", "one and zeros"],
)
def test_only_what_is_right_from_the_beginning_is_kept(tmp_path: Path, right: float, then: bytes, kept: int):
    from sesync_cli.put.file_io import fast_hash

    size = 3 * LONG + LONG // 4
    source, target = begun(tmp_path, b"", size)
    contents = (tmp_path / "source").read_bytes()
    os.write(target, contents[: int(right * LONG)] + then)
    copier, read = Recorded(), [fast_hash()]
    checksum = copier.copy_long(source, target, size, read)
    assert (tmp_path / "target").read_bytes() == contents
    assert (checksum, copier.written) == (read[0].digest(), size - kept * LONG)
    os.close(source)
    os.close(target)


def test_no_old_bytes_stay_where_the_source_has_a_hole(tmp_path: Path):
    from sesync_cli.put.file_io import fast_hash

    source, target = begun(tmp_path, b"old" * LONG, 10)
    os.truncate(tmp_path / "source", 3 * LONG)
    read = [fast_hash()]
    checksum = Recorded().copy_long(source, target, 3 * LONG, read)
    assert (tmp_path / "target").read_bytes() == (tmp_path / "source").read_bytes()
    assert checksum == read[0].digest()


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


def test_words_of_the_pace(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    pace = Pace(2 * 8_400_000_000, passes=2)
    assert list(pace.words(0)) == ["0 bytes of 8.4 GB"]
    now[0] += 10
    assert list(pace.words(2 * 1_200_000_000)) == ["1.2 of 8.4 GB", "120.0 MB/s", "60 s left"]
    now[0] += 100
    assert list(pace.words(2 * 1_300_000_000)) == ["1.3 of 8.4 GB", "1 MB/s", "2 h left"]
    assert list(Pace(0).words(0)) == []
