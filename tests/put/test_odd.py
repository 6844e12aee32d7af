"""sesync put of trees that nobody makes on purpose."""

import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.conftest import SESYNC
from tests.put.ground import Run, disk, sums, tree, write

pytestmark = pytest.mark.usefixtures("site")
NAMES = ("a\nb", "tab\there", "'quo\"te", "[bold]", "-rf", " ", "~", "$(x)", os.fsdecode(b"caf\xe9\xff"), "ü" * 127)
MANY = 100_000


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def test_any_name_is_kept(sesync: Run, home: Path, data: Path):
    for name in NAMES:
        write(home / "raw" / name / name, 10)
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.err) == (0, "")
    assert sums(data / "raw") == sums(home / "raw")
    for name in NAMES[:-1]:
        assert sesync("put", "--", home / "raw" / name / name, "cooltrees:single").code == 0
    assert sorted(os.listdir(data / "single")) == sorted(NAMES[:-1])
    assert "1 file (11 bytes)" in sesync("put", "--", write(home / "a\x1b[31m.csv", 11), "cooltrees").out


def test_links_are_kept_as_links_and_those_that_lead_out_are_named(sesync: Run, home: Path, data: Path):
    tree(home / "raw")
    for name, text in {"loop": "loop", "here": ".", "up": "plot1/../plot2", "out": "../x", "far": "/etc"}.items():
        (home / "raw" / name).symlink_to(text)
    result = sesync("put", "raw", "cooltrees")
    assert result.code == 0
    assert (
        f"links that lead out of what you put, and may lead nowhere from there: {home}/raw/far, {home}/raw/out\n"
        in (result.err)
    )
    assert [os.readlink(data / "raw" / name) for name in ("loop", "here", "far")] == ["loop", ".", "/etc"]


def test_what_has_no_contents_is_left_out_by_name(sesync: Run, home: Path, data: Path, monkeypatch):
    tree(home / "raw")
    os.mkfifo(home / "raw/fifo")
    monkeypatch.chdir(home / "raw")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        result = sesync("put", home / "raw", "cooltrees")
    assert result.code == 0
    assert f"left out: {home}/raw/fifo is a FIFO, {home}/raw/socket is a socket" in result.err
    assert sums(data / "raw") == sums(home / "raw")


def test_a_depth_of_300(sesync: Run, home: Path, data: Path):
    deep = home / "raw"
    for _ in range(300):
        deep = deep / "deeper"
    write(deep / "file", 100)
    assert sesync("put", "raw", "cooltrees").code == 0
    assert sums(data / "raw") == sums(home / "raw")


@pytest.mark.parametrize("name", ["a folder of 25 letters...", "x" * 150, "x" * 200, "x" * 250])
def test_a_path_longer_than_the_system_allows_is_an_error_beforehand(sesync: Run, home: Path, data: Path, name: str):
    (home / "raw").mkdir()
    file = os.open(home / "raw", os.O_RDONLY)
    for _ in range(200):
        os.mkdir(name, dir_fd=file)
        inner = os.open(name, os.O_RDONLY, dir_fd=file)
        os.close(file)
        file = inner
    os.close(file)
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, "Error: the name is too long: " in result.err) == (1, True)
    assert os.listdir(data) == []


def data_in(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each place of a sparse file that has data, in blocks, and what is there."""
    end = 0
    while end < os.fstat(file.fileno()).st_size:
        try:
            start = os.lseek(file.fileno(), end, os.SEEK_DATA)
        except OSError:
            return
        end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
        for offset in range(start, end, 4096):
            yield offset, os.pread(file.fileno(), 4096, offset)


def test_a_sparse_file_of_4_gb_is_not_read_as_a_whole_and_stays_sparse(home: Path, data: Path):
    with (home / "map.tif").open("wb") as file:
        file.truncate(4_000_000_000)
        for place in (0, 1_234_567_890, 3_999_999_000):
            file.seek(place)
            file.write(os.urandom(1000))
    run = subprocess.Popen([SESYNC, "put", "map.tif", "cooltrees"], stdout=subprocess.DEVNULL)
    os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOWAIT)
    moved = dict(line.split(": ") for line in Path(f"/proc/{run.pid}/io").read_text().splitlines())
    assert run.wait() == 0
    assert int(moved["rchar"]) + int(moved["wchar"]) < 100_000_000  # its own, and that of all its processes
    there = data / "map.tif"
    assert (there.stat().st_size, there.stat().st_blocks <= 128) == (4_000_000_000, True)
    with (home / "map.tif").open("rb") as source, there.open("rb") as target:
        assert [part for part in data_in(target) if any(part[1])] == [part for part in data_in(source) if any(part[1])]


def test_very_many_files(memory: Path):
    raw = memory / "raw"
    for number in range(MANY):
        folder = raw / f"{number // 1000}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"{number}.csv").write_text(f"{number}\n")
    run, most = subprocess.Popen([SESYNC, "put", raw, "cooltrees"], stdout=subprocess.PIPE, text=True), 0
    while run.poll() is None:
        for line in Path(f"/proc/{run.pid}/status").read_text().splitlines():
            most = max(most, int(line.split()[1]) if line.startswith("VmHWM") else 0)  # kB
        time.sleep(0.05)
    assert run.communicate()[0].startswith("100,000 files (")
    assert (run.returncode, 10_000 < most < 250_000) == (0, True)
    assert sums(memory / "cooltrees-data/raw") == sums(raw)


def test_more_batches_than_files_may_be_open(home: Path, data: Path, sesync: Run):
    for number in range(600):
        write(home / f"raw/{number}", 10)

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    assert sesync("put", "raw", "cooltrees", preexec_fn=few).code == 0
    assert sums(data / "raw") == sums(home / "raw")


@pytest.fixture
def ntfs(data: Path) -> Iterator[Path]:
    """The data directory on a disk that was Windows'."""
    with disk(data, ("mkntfs", "-q", "-Q", "-F"), ("ntfs-3g", "-o", "windows_names")) as at:
        yield at


def test_a_file_system_that_does_not_take_every_name(sesync: Run, home: Path, ntfs: Path):
    tree(home / "raw")
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.err) == (0, "")
    assert sums(ntfs / "raw") == sums(home / "raw")
    assert sesync("put", "raw", "cooltrees").out.endswith("already.\n")
    write(home / "odd/a.csv", 10)
    write(home / "odd/what?.csv", 10)
    result = sesync("put", "odd", "cooltrees")
    assert (result.code, f"there is no such name as {ntfs}/odd/what?.csv" in result.err) == (1, True)
    assert sorted(os.listdir(ntfs)) == ["raw"]


def test_a_link_that_leads_out_by_way_of_another_link_is_named(sesync: Run, home: Path, data: Path):
    tree(home / "raw", files=8)
    (home / "raw/here").symlink_to(".")
    (home / "raw/inner").symlink_to("plot1")
    (home / "raw/out").symlink_to("here/../beside.csv")
    (home / "raw/in").symlink_to("inner/../plot2")
    (home / "raw/out and in").symlink_to("here/../raw/plot2")
    found = sesync("put", "raw", "cooltrees", "--json").json["result"]["astray"]
    assert found == [f"{home}/raw/out", f"{home}/raw/out and in"]


def test_what_an_unfinished_run_has_left_in_a_source_is_left_out(sesync: Run, home: Path, data: Path):
    tree(home / "raw", files=8)
    left = write(home / "raw/plot1/.sesync-partial-0-x.csv", 10)
    said = f"{left} is what a run of sesync has not finished"
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.err) == (0, f"Warning: left out: {said}\n")
    assert sums(data / "raw") == {name: sum for name, sum in sums(home / "raw").items() if left.name not in name}
    moved = sesync("put", "raw", "cooltrees:x", "--move")
    assert (moved.code, f"this cannot be moved whole: {said}" in moved.err, left.exists()) == (1, True, True)
    named = sesync("put", left, "cooltrees")
    assert (named.code, "are of what sesync has not finished" in named.err) == (2, True)
    assert sesync("put", left, "cooltrees", "--as", "x.csv").code == 0
    assert (data / "x.csv").read_bytes() == left.read_bytes()
    assert sesync("put", "raw", "cooltrees", "--as", ".sesync-partial-0-x").code == 2
