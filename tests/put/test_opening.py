"""sesync put of data sets: all of one goes along, opens there as before, and what stays behind is told."""

import os
import re
import shlex
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.put.ground import Run, leftovers, sums, write
from tests.put.test_databases import ROWS, database, rows

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def table(path: Path, *, count: int = 2_000) -> Path:
    """A database that was closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("create table obs (text)")
        writer.executemany("insert into obs values (?)", [("x" * 500,)] * count)
        writer.commit()
    return path


def spoil(path: Path) -> None:
    """Have a page in the middle of a database be nonsense."""
    with path.open("r+b") as file:
        file.seek(40_960)
        file.write(os.urandom(8_192))


@pytest.mark.parametrize("name", ["obs.sqlite", "raw/obs.gpkg", "obs.db"])
def test_a_damaged_database_is_copied_and_not_moved(sesync: Run, home: Path, data: Path, name: str):
    spoil(table(home / name))
    top = name.partition("/")[0]
    done = sesync("put", top, "cooltrees", "--move")
    assert (done.code, sums(data)[f"./{name}"]) == (1, sums(home)[f"./{name}"])
    assert f"{home / top} stays, and nothing of it was removed" in done.err
    assert f"is damaged, so that {data / name} does not open: " in done.err
    assert "Mend it, or leave it where it is." in done.err
    assert sesync("put", top, "cooltrees").code == 0


def test_a_damaged_log_is_seen_as_well(sesync: Run, home: Path, data: Path):
    """The database alone is whole: what is damaged is what would be read into it."""
    with closing(sqlite3.connect(home / "obs.sqlite")) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("pragma wal_autocheckpoint = 0")
        writer.execute("create table obs (text)")
        writer.executemany("insert into obs values (?)", [("x" * 500,)] * 2_000)
        writer.commit()
        writer.execute("pragma wal_checkpoint(truncate)")
        writer.execute("pragma writable_schema = on")
        writer.execute("update sqlite_schema set rootpage = 9999")
        writer.commit()
        for end in ("", "-wal"):
            (data.parent / f"kept{end}").write_bytes((home / f"obs.sqlite{end}").read_bytes())
    for end in ("", "-wal"):
        (home / f"obs.sqlite{end}").write_bytes((data.parent / f"kept{end}").read_bytes())
    done = sesync("put", "obs.sqlite", "cooltrees", "--move")
    assert (done.code, "does not open" in done.err, (home / "obs.sqlite").is_symlink()) == (1, True, False), done.err
    assert leftovers(home, data) == []


def test_nothing_is_written_into_a_database_that_is_opened(sesync: Run, home: Path, data: Path):
    (home / "a").mkdir()
    database(home / "a/obs.sqlite")
    table(home / "b.gpkg")
    before = sums(home)
    assert sesync("put", "a", "b.gpkg", "cooltrees", "--move", "--manifest").code == 0
    assert {name: digest for name, digest in sums(data).items() if "SUMS" not in name} == before
    assert leftovers(data) == []
    assert rows(data / "a/obs.sqlite") == ROWS


def test_a_database_with_what_only_its_own_program_knows_is_moved(sesync: Run, home: Path, data: Path):
    """A function, a collation and a kind of table that this Python has never heard of."""
    with closing(sqlite3.connect(home / "trees.gpkg")) as writer:
        writer.create_function("ST_IsValid", 1, lambda _: 1, deterministic=True)
        writer.create_collation("GERMAN", lambda one, other: (one > other) - (one < other))
        writer.execute("create table t (a text check (ST_IsValid(a)), b text collate GERMAN)")
        writer.execute("create index i on t (b)")
        writer.execute("create index e on t (ST_IsValid(a))")
        writer.execute("insert into t values ('x', 'y')")
        writer.commit()
        writer.execute("pragma writable_schema = on")
        sql = "CREATE VIRTUAL TABLE v USING VirtualSpatialIndex()"
        writer.execute("insert into sqlite_schema values ('table', 'v', 'v', 0, ?)", (sql,))
        writer.commit()
    assert sesync("put", "trees.gpkg", "cooltrees", "--move").code == 0
    assert (home / "trees.gpkg").is_symlink()


@pytest.mark.parametrize("name", ["notes.db", "data.sqlite"])
def test_what_is_only_called_a_database_is_moved(sesync: Run, home: Path, name: str):
    write(home / name, 5_000)
    assert sesync("put", name, "cooltrees", "--move").code == 0


SETS = [
    ("dem.tif", ("dem.tfw", "dem.tif.aux.xml", "dem.tif.ovr")),
    ("trees.shp", ("trees.dbf", "trees.prj", "trees.shx")),
    ("obs.sqlite", ("obs.sqlite-shm", "obs.sqlite-wal")),
]


@pytest.mark.parametrize("main, parts", SETS)
def test_whichever_file_is_named_all_go_and_the_note_says_so(
    sesync: Run, home: Path, data: Path, main: str, parts: tuple[str, ...]
):
    for named in (main, *parts):
        if main == "obs.sqlite":
            database(home / main)
        else:
            for name in (main, *parts):
                write(home / name, 100)
        said = sesync("put", named, f"cooltrees:{named}", "--move", "-n").err
        others = [one for one in parts if one != named]
        whole = f"{', '.join(others)} go along: {main} is not whole without them.\n"
        if named != main:
            whole = f"{named} belongs to {main}, which goes along with {', '.join(others)}.\n"
        assert said == whole
        assert sesync("put", named, f"cooltrees:{named}", "--move").code == 0
        assert sorted(os.listdir(data / named)) == sorted((main, *parts))
        for name in os.listdir(home):
            (home / name).unlink()


def test_a_part_that_is_a_link_is_told(sesync: Run, home: Path, data: Path):
    write(home / "dem.tif", 100)
    write(home / "elsewhere/dem.tfw", 100)
    (home / "dem.tfw").symlink_to("elsewhere/dem.tfw")
    said = sesync("put", "dem.tif", "cooltrees", "-n").err
    assert said == "dem.tfw is a link, and stays behind: dem.tif is not whole without what it leads to.\n"


def test_what_an_earlier_run_has_moved_is_no_link_to_tell_of(sesync: Run, home: Path, data: Path):
    for name in ("dem.tif", "dem.tfw"):
        write(home / name, 100)
    assert sesync("put", "dem.tif", "cooltrees", "--move").code == 0
    write(home / "new.tif", 100)
    assert sesync("put", "new.tif", "cooltrees", "--move", "-n").err == ""


@pytest.mark.parametrize(("main", "part"), [("dem.tif", "dem.tfw"), ("trees.shp", "trees.dbf")])
def test_another_name_keeps_the_end_that_programs_know_it_by(sesync: Run, home: Path, data: Path, main: str, part: str):
    for name in (main, part):
        write(home / name, 100)
    end = os.path.splitext(main)[1]
    done = sesync("put", main, "cooltrees", "--as", "other", "--move")
    assert (done.code, os.listdir(data)) == (2, [])
    assert f"programs would not open {main} with its other files as other\n" in done.err
    assert f"'--as other{end}' is one that they know." in done.err
    assert sesync("put", main, "cooltrees", "--as", f"other{end}", "--move").code == 0
    assert sorted(os.listdir(data)) == sorted([f"other{end}", f"other{os.path.splitext(part)[1]}"])


@pytest.mark.parametrize("words", [("--move",), ("--move", "--no-link"), ()], ids=["move", "no-link", "copy"])
@pytest.mark.parametrize("name", ["dem.tif", "obs.sqlite"])
def test_the_commands_of_a_dry_run_do_the_same_under_another_name(
    sesync: Run, home: Path, data: Path, name: str, words: tuple[str, ...]
):
    end = name[-4:] if name == "dem.tif" else ".sqlite"
    for folder in ("typed", "done"):
        (home / folder).mkdir()
        if end == ".tif":
            for one in (name, "dem.tfw", "dem.tif.ovr"):
                (home / folder / one).write_text(one)
        else:
            database(home / folder / name)
    said = sesync("put", f"typed/{name}", "cooltrees:typed", "--as", f"x y{end}", *words, "-n").out
    subprocess.run(["bash", "-ec", said], check=True)
    assert sesync("put", f"done/{name}", "cooltrees:done", "--as", f"x y{end}", *words).code == 0
    for place in (home, data):
        assert sorted(os.listdir(place / "typed")) == sorted(os.listdir(place / "done"))
    if end == ".tif":
        assert sums(data / "typed") == sums(data / "done")
    else:
        assert rows(data / "typed" / f"x y{end}") == ROWS


def test_a_killed_move_without_a_link_is_finished(sesync: Run, home: Path, data: Path):
    """The main file has gone, and what belongs to it is still here."""
    for name in ("dem.tif", "dem.tfw", "dem.tif.ovr"):
        write(home / name, 100)
    assert sesync("put", "dem.tif", "cooltrees").code == 0
    (home / "dem.tif").unlink()
    done = sesync("put", "dem.tif", "cooltrees", "--move", "--no-link")
    assert (done.code, os.listdir(home), len(os.listdir(data))) == (0, [], 3), done.err


HEADERS = [("s.bil", "s.bsq", "s.hdr"), ("p.img", "p.bil", "p.hdr"), ("x.tif", "x.png", "x.wld")]


@pytest.mark.parametrize(("main", "other", "part"), HEADERS)
def test_a_part_that_another_file_needs_stays_as_well(
    sesync: Run, home: Path, data: Path, main: str, other: str, part: str
):
    for name in (main, other, part):
        write(home / name, 100)
    done = sesync("put", main, "cooltrees", "--move", "--no-link")
    assert (done.code, sorted(os.listdir(data)), sorted(os.listdir(home))) == (
        (0, sorted((main, part)), sorted((other, part)))
    )
    assert f"{part} is copied, and stays as well: {other} is not whole without it" in done.err
    assert sesync("put", other, "cooltrees", "--move", "--no-link").code == 0
    assert (sorted(os.listdir(data)), os.listdir(home)) == (sorted((main, other, part)), [])


@pytest.mark.parametrize(
    ("main", "name", "better"), [("dem.tif", "a b.tiff", "a b.tif"), ("cover", "land.img", "land")]
)
def test_the_hint_for_another_name_works(sesync: Run, home: Path, data: Path, main: str, name: str, better: str):
    write(home / main, 100)
    (home / "cover.hdr").write_text("ENVI\n")
    (home / "dem.tfw").write_text("1\n")
    done = sesync("put", main, "cooltrees", "--as", name)
    assert done.code == 2
    option = re.search(r"'(--as .*)' is one that they know", done.err)
    assert option and sesync("put", main, "cooltrees", *shlex.split(option[1])).code == 0
    assert better in os.listdir(data)


def test_a_name_with_a_line_break_is_told_in_one_line(sesync: Run, home: Path, data: Path):
    for name in ("a\nb.tif", "a\nb.tfw"):
        write(home / name, 100)
    said = sesync("put", "a\nb.tif", "cooltrees", "-n").err
    assert said == "a\\nb.tfw goes along: a\\nb.tif is not whole without it.\n"


def test_a_database_with_newer_words_than_this_python_knows_is_moved(sesync: Run, home: Path, data: Path):
    with closing(sqlite3.connect(home / "new.sqlite")) as writer:
        writer.execute("create table t (a)")
        writer.commit()
        writer.execute("pragma writable_schema = on")
        writer.execute("update sqlite_schema set sql = 'CREATE TABLE t (a) FROM_THE_FUTURE'")
        writer.commit()
    assert sesync("put", "new.sqlite", "cooltrees", "--move").code == 0
