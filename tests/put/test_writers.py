"""sesync put --move while a program still writes what is moved: it stays, and the program is named."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import tilde
from tests.put.ground import Run, sums, tree, write
from tests.services.fuse import served

pytestmark = pytest.mark.usefixtures("site")
OPENS = {
    "append": "file = open(path, 'ab')",
    "update": "file = open(path, 'r+b')",
    "descriptor": "import os; file = os.open(path, os.O_WRONLY)",
    "map": """
import mmap
with open(path, "r+b") as file:
    memory = mmap.mmap(file.fileno(), 0)
""",
    "another name": "import os; other = path.replace('mine', 'other'); os.link(path, other); file = open(other, 'r+b')",
}

Open = Callable[..., int]


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def opened() -> Iterator[Open]:
    """Have a program open a file in some way; its process number."""
    programs: list[subprocess.Popen[str]] = []

    def start(path: Path, how: str, *words: str) -> int:
        code = f"import sys\npath = {str(path)!r}\n{how}\nprint('open', flush=True)\nsys.stdin.read()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        programs.append(subprocess.Popen([sys.executable, "-c", code, *words], text=True, **pipes))
        assert programs[-1].stdout and programs[-1].stdout.readline() == "open\n"
        return programs[-1].pid

    yield start
    for program in programs:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("how", OPENS)
def test_a_file_that_is_open_for_writing_stays(sesync: Run, home: Path, data: Path, opened: Open, how: str):
    path = write(home / "mine/obs.h5", 3_000_000)
    (home / "other").mkdir()
    number = opened(path, OPENS[how])
    before = sums(home / "mine")
    result = sesync("put", path, "cooltrees", "--move")
    assert result.code == 1
    assert tilde(f"Error: {path} stays, and nothing of it was removed: it is open for writing in ") in result.err
    assert tilde(f"(process {number})") in result.err
    assert "Run the same command again to go on." in result.err
    assert (sums(home / "mine"), path.is_symlink(), sums(data)) == (before, False, before)
    os.kill(number, signal.SIGKILL)
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    assert sesync("put", path, "cooltrees", "--move").code == 0
    assert path.is_symlink() and sums(data) == before


def test_what_is_open_for_reading_goes(sesync: Run, home: Path, opened: Open):
    path = write(home / "obs.h5", 3_000)
    opened(path, "file = open(path, 'rb')")
    assert sesync("put", "obs.h5", "cooltrees", "--move").code == 0
    assert path.is_symlink()


def test_a_folder_stays_for_one_file_in_it_and_other_sources_go(sesync: Run, home: Path, data: Path, opened: Open):
    raw, other = tree(home / "raw"), write(home / "dem.tif", 5_000)
    number = opened(raw / "plot1/tree1.csv", OPENS["append"])
    before = sums(raw)
    result = sesync("put", "raw", "dem.tif", "cooltrees", "--move", "--json")
    assert (result.code, result.json["error"]["kind"]) == (1, "conflict")
    assert f"{raw}/plot1/tree1.csv is open for writing in " in result.json["error"]["message"]
    assert f"(process {number})" in result.json["error"]["message"]
    assert (sums(raw), raw.is_symlink(), other.is_symlink()) == (before, False, True)
    assert sums(data / "raw") == before


def test_a_notebook_is_called_so(sesync: Run, home: Path, opened: Open):
    path = write(home / "obs.nc", 3_000)
    number = opened(path, OPENS["update"], "ipykernel_launcher", "-f", "kernel.json")
    result = sesync("put", "obs.nc", "cooltrees", "--move")
    assert f"is open for writing in a notebook (process {number})" in result.err
    assert "in JupyterLab: Kernel ▸ Shut Down Kernel" in result.err


@pytest.mark.parametrize("how", ["append", "map"])
def test_on_a_file_server_which_knows_no_leases_ones_own_programs_are_asked(
    sesync: Run, home: Path, data: Path, tmp_path: Path, opened: Open, how: str
):
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", home / "mine"):
        path = write(home / "mine/obs.h5", 3_000)
        number = opened(path, OPENS[how])
        result = sesync("put", path, "cooltrees", "--move")
        assert (result.code, f"(process {number})" in result.err, path.is_symlink()) == (1, True, False)
        os.kill(number, signal.SIGKILL)
        os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
        assert sesync("put", path, "cooltrees", "--move").code == 0
        assert path.is_symlink()


def test_a_database_in_use_stays_with_all_that_it_needs(sesync: Run, home: Path, data: Path):
    with closing(sqlite3.connect(write(home / "mine/obs.sqlite", 0))) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table obs (number)")
        database.executemany("insert into obs values (?)", [(number,) for number in range(9_000)])
        database.commit()
        before = sums(home / "mine")
        result = sesync("put", "mine/obs.sqlite", "cooltrees", "--move")
        assert (result.code, "obs.sqlite stays" in result.err, sums(home / "mine")) == (1, True, before), result.err
        assert database.execute("select count(*) from obs").fetchone() == (9_000,)
