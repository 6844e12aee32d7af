"""sesync put of databases: what belongs to one goes along, and no row is lost."""

import os
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SESYNC
from tests.put.ground import Run, sums, write

pytestmark = pytest.mark.usefixtures("site")
ROWS = 9_001


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def database(path: Path) -> Path:
    """A database as a program leaves it that was killed: most of its rows are in its write-ahead log."""
    kept = path.with_name("kept")
    with closing(sqlite3.connect(kept)) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("create table obs (number)")
        writer.execute("insert into obs values (0)")
        writer.commit()
        writer.execute("pragma wal_checkpoint(truncate)")
        writer.executemany("insert into obs values (?)", [(number,) for number in range(1, ROWS)])
        writer.commit()
        for end in ("", "-wal", "-shm"):
            shutil.copy(f"{kept}{end}", f"{path}{end}")
    kept.unlink()
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as reader:
        (count,) = reader.execute("select count(*) from obs").fetchone()
        return int(count)


@pytest.mark.parametrize("name", ["obs.sqlite", "trees.gpkg", "tiles.mbtiles", "plain", "odd name.db"])
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_a_database_comes_with_its_rows(sesync: Run, home: Path, data: Path, name: str, words: tuple[str, ...]):
    database(home / name)
    before = sums(home)
    assert sesync("put", name, "cooltrees:db", *words).code == 0
    assert sums(data / "db") == before
    assert rows(data / "db" / name) == ROWS
    if words:
        assert os.listdir(home) == [name]
        assert rows(home / name) == ROWS
    else:
        assert sums(home) == before


def test_it_gets_another_name_as_a_whole(sesync: Run, home: Path, data: Path):
    database(home / "obs.sqlite")
    assert sesync("put", "obs.sqlite", "cooltrees", "--as", "trees.db", "--move", "--manifest").code == 0
    assert sorted(os.listdir(data)) == ["SHA256SUMS", "trees.db", "trees.db-shm", "trees.db-wal"]
    assert sesync("put", "--check", "cooltrees").code == 0
    assert (rows(data / "trees.db"), rows(home / "obs.sqlite")) == (ROWS, ROWS)


def test_a_journal_that_takes_a_broken_change_back_goes_along(sesync: Run, home: Path, data: Path):
    with closing(sqlite3.connect(home / "kept", isolation_level=None)) as writer:
        writer.execute("pragma cache_size = 5")
        writer.execute("create table obs (number, text)")
        writer.executemany("insert into obs values (?, ?)", [(number, "x" * 500) for number in range(ROWS)])
        writer.execute("begin")
        writer.execute("delete from obs")
        for end in ("", "-journal"):
            shutil.copy(f"{home}/kept{end}", f"{home}/obs.sqlite{end}")
    assert sesync("put", "obs.sqlite", "cooltrees", "--move").code == 0
    assert rows(data / "obs.sqlite") == ROWS


def test_who_names_a_part_of_a_database_means_all_of_it(sesync: Run, home: Path, data: Path):
    database(home / "obs.sqlite")
    done = sesync("put", "obs.sqlite-wal", "cooltrees", "--move")
    assert done.code == 0
    assert done.err == "obs.sqlite-wal belongs to obs.sqlite, which goes along with obs.sqlite-shm.\n"
    assert (rows(data / "obs.sqlite"), rows(home / "obs.sqlite")) == (ROWS, ROWS)


def test_a_file_beside_another_of_such_a_name_is_its_own(sesync: Run, home: Path, data: Path):
    write(home / "notes", 10)
    write(home / "notes-journal", 10)
    assert sesync("put", "notes", "cooltrees").code == 0
    assert sesync("put", "notes-journal", "cooltrees:x", "--move").code == 0
    assert sorted(os.listdir(data)) == ["notes", "x"]


def test_killed_at_any_step_a_database_is_whole_in_one_of_the_places(home: Path, data: Path, tmp_path: Path):
    """All of its processes are killed before each of its calls that removes, renames or links something."""
    mine = home / "mine"
    for kill in range(1, 30):
        for folder in (mine, data):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        database(mine / "obs.sqlite")
        code = f"""
import os, signal, sys
count = 0
def counted(name):
    real = getattr(os, name)
    def call(*args, **options):
        global count
        count += 1
        if count == {kill}:
            os.killpg(0, signal.SIGKILL)
        return real(*args, **options)
    setattr(os, name, call)
for name in ("unlink", "rename", "symlink"):
    counted(name)
from sesync_cli.app import main
sys.argv = ["sesync", "put", "mine/obs.sqlite", "cooltrees", "--move"]
main()
"""
        done = subprocess.run([SESYNC.with_name("python"), "-c", code], capture_output=True, start_new_session=True)
        if done.returncode == 0:
            break
        copy = tmp_path / "copy"
        shutil.copytree(mine, copy, symlinks=True)
        assert rows(copy / "obs.sqlite") == ROWS, f"kill {kill}"
        shutil.rmtree(copy)
        again = subprocess.run([SESYNC, "put", mine / "obs.sqlite", "cooltrees", "--move"], capture_output=True)
        assert again.returncode == 0, again.stderr
        assert rows(data / "obs.sqlite") == ROWS and os.listdir(mine) == ["obs.sqlite"]
    assert kill > 6


def grown(path: Path) -> None:
    """What becomes of a database in use: its log is written into it, and rows are added."""
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("insert into obs select number from obs")
        writer.commit()
        writer.execute("pragma wal_checkpoint(truncate)")


@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
@pytest.mark.parametrize("top", ["obs.sqlite", "raw"])
def test_no_other_database_s_rows_come_into_it(sesync: Run, home: Path, data: Path, top: str, words: tuple[str, ...]):
    name = "raw/obs.sqlite" if top == "raw" else top
    path, there = home / name, data / name
    path.parent.mkdir(exist_ok=True)
    database(path)
    assert sesync("put", top, "cooltrees").code == 0
    grown(path)
    for more in ((), ("--replace", "--yes")):
        result = sesync("put", top, "cooltrees", *words, *more)
        assert result.code == 1
        assert f"Error: {there}-wal is there already, and would be read into {there}\n" in result.err
    assert (rows(path), path.is_symlink()) == (2 * ROWS, False)
    command = result.err.partition("If nobody needs what is there: '")[2].partition("'")[0]
    subprocess.run(shlex.split(command), check=True)
    assert sesync("put", top, "cooltrees", *words, "--replace", "--yes").code == 0
    assert rows(there) == 2 * ROWS


def test_the_log_alone_is_in_the_way_too(sesync: Run, home: Path, data: Path):
    database(home / "obs.sqlite")
    assert sesync("put", "obs.sqlite", "cooltrees").code == 0
    (data / "obs.sqlite").unlink()
    grown(home / "obs.sqlite")
    result = sesync("put", "obs.sqlite", "cooltrees", "--move", "--yes")
    assert (result.code, "would be read into" in result.err, rows(home / "obs.sqlite")) == (1, True, 2 * ROWS)
    assert sesync("put", "obs.sqlite", "cooltrees", "--as", "other.sqlite", "--move").code == 0
    assert rows(data / "other.sqlite") == 2 * ROWS


def test_an_old_journal_takes_nothing_back(sesync: Run, home: Path, data: Path):
    test_a_journal_that_takes_a_broken_change_back_goes_along(sesync, home, data)
    with closing(sqlite3.connect(home / "new.sqlite")) as writer:
        writer.execute("create table obs (number, text)")
        writer.executemany("insert into obs values (?, ?)", [(number, "y" * 700) for number in range(5)])
        writer.commit()
    write(data / "obs.sqlite-journal", 5_000)
    result = sesync("put", "new.sqlite", "cooltrees", "--as", "obs.sqlite", "--replace", "--yes", "--move")
    assert (result.code, rows(home / "new.sqlite")) == (1, 5)
    assert f"{data}/obs.sqlite-journal is there already, and would be read into {data}/obs.sqlite\n" in result.err


def test_rows_that_came_later_come_too(sesync: Run, home: Path, data: Path):
    database(home / "obs.sqlite")
    assert sesync("put", "obs.sqlite", "cooltrees").code == 0
    with closing(sqlite3.connect(home / "kept2")) as writer:
        for end in ("", "-wal"):
            shutil.copy(f"{home}/obs.sqlite{end}", f"{home}/kept2{end}")
        writer.execute("pragma wal_autocheckpoint = 0")
        writer.execute("insert into obs select number from obs")
        writer.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{home}/kept2{end}", f"{home}/obs.sqlite{end}")
    assert sesync("put", "obs.sqlite", "cooltrees").code == 1
    assert sesync("put", "obs.sqlite", "cooltrees", "--replace", "--yes").code == 0
    assert rows(data / "obs.sqlite") == 2 * ROWS


def test_all_parts_named_by_hand_leave_one_link(sesync: Run, home: Path, data: Path):
    database(home / "obs.sqlite")
    parts = [f"obs.sqlite{end}" for end in ("", "-wal", "-shm")]
    assert sesync("put", *parts, "cooltrees", "--move").code == 0
    assert (os.listdir(home), rows(data / "obs.sqlite")) == (["obs.sqlite"], ROWS)


@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_a_database_that_is_open_there_is_not_replaced(sesync: Run, home: Path, data: Path, words: tuple[str, ...]):
    for path, count in ((home / "obs.sqlite", 200), (data / "obs.sqlite", 100)):
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("create table obs (number)")
            writer.executemany("insert into obs values (?)", [(number,) for number in range(count)])
            writer.commit()
    with closing(sqlite3.connect(data / "obs.sqlite")) as theirs:
        theirs.execute("insert into obs values (0)")
        theirs.commit()
        result = sesync("put", "obs.sqlite", "cooltrees", "--replace", "--yes", *words)
        assert (result.code, rows(home / "obs.sqlite")) == (1, 200)
        assert f"Error: {data}/obs.sqlite stays: it is open for writing in " in result.err
        assert theirs.execute("select count(*) from obs").fetchone() == (101,)
    assert sesync("put", "obs.sqlite", "cooltrees", "--replace", "--yes", *words).code == 0
    assert rows(data / "obs.sqlite") == 200


def theirs(data: Path, folder: str = "") -> Path:
    """Another database of the same name, which a colleague has there."""
    path = data / folder / "obs.sqlite"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("create table kept (number)")
        writer.executemany("insert into kept values (?)", [(number,) for number in range(2_000)])
        writer.commit()
    return path


def kept(path: Path) -> int:
    with closing(sqlite3.connect(path)) as reader:
        (count,) = reader.execute("select count(*) from kept").fetchone()
        return int(count)


@pytest.mark.parametrize("words", [(), ("--replace",), ("--replace", "--yes"), ("--replace", "--yes", "--move")])
@pytest.mark.parametrize("top", ["obs.sqlite", "raw"])
def test_no_log_comes_beside_another_database(sesync: Run, home: Path, data: Path, top: str, words: tuple[str, ...]):
    """Neither where somebody says no to the database itself, nor where a program has that open."""
    name = "raw/obs.sqlite" if top == "raw" else top
    (home / name).parent.mkdir(exist_ok=True)
    database(home / name)
    path, before = theirs(data, "raw" if top == "raw" else ""), sums(home)
    with closing(sqlite3.connect(path)):
        done = sesync("put", top, "cooltrees", *words)
    assert (done.code, before.items() <= sums(home).items(), kept(path)) == (1, True, 2_000)
    assert f"{path} is there already, and {home / name}-wal would be read into it" in done.err
    assert os.listdir(path.parent) == ["obs.sqlite"]
    command = done.err.partition("If nobody needs what is there: '")[2].partition("'")[0]
    subprocess.run(shlex.split(command), check=True)
    assert sesync("put", top, "cooltrees", *words).code == 0
    assert rows(path) == ROWS


@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_a_log_alone_comes_beside_no_database(sesync: Run, home: Path, data: Path, words: tuple[str, ...]):
    (home / "raw").mkdir()
    database(home / "raw/obs.sqlite").unlink()
    path = theirs(data, "raw")
    done = sesync("put", "raw", "cooltrees", *words)
    assert (done.code, kept(path), os.listdir(path.parent)) == (1, 2_000, ["obs.sqlite"])
    assert f"If nobody needs it any more: 'rm {home}/raw/obs.sqlite-wal'." in done.err


def test_what_a_killed_move_has_left_does_not_come_into_later_work(sesync: Run, home: Path, data: Path):
    """The database is a link already, its log is still here, and somebody has worked on through the link."""
    database(home / "obs.sqlite")
    left = {end: (home / f"obs.sqlite{end}").read_bytes() for end in ("-wal", "-shm")}
    times = {end: os.stat(home / f"obs.sqlite{end}").st_mtime_ns for end in left}
    assert sesync("put", "obs.sqlite", "cooltrees", "--move").code == 0
    with closing(sqlite3.connect(home / "obs.sqlite")) as writer:
        writer.execute("insert into obs values (-1)")
        writer.commit()
    for end, content in left.items():
        (home / f"obs.sqlite{end}").write_bytes(content)
        os.utime(home / f"obs.sqlite{end}", ns=(times[end], times[end]))
    assert sesync("put", "obs.sqlite", "cooltrees", "--move").code == 0
    assert (os.listdir(home), rows(home / "obs.sqlite")) == (["obs.sqlite"], ROWS + 1)
    (home / "obs.sqlite-wal").write_bytes(left["-wal"])  # later than the link: nobody knows what it is
    assert sesync("put", "obs.sqlite", "cooltrees", "--move").code == 1
    assert rows(home / "obs.sqlite") == ROWS + 1
