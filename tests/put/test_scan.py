"""sesync put where something is there already: what is the same, what only seems so, and the way to replace it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.put.ground import Run, disk, sums, tree, write

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def stamp(path: Path, when: str) -> None:
    subprocess.run(["touch", "-d", when, path], check=True)


@pytest.mark.parametrize("later", ["2024-05-01 12:00:01.7", "2024-05-01 12:00:00.5", "2024-05-01 12:00:00.003"])
def test_a_file_that_has_changed_is_no_file_that_is_there(sesync: Run, home: Path, data: Path, later: str):
    path = home / "g"
    path.write_text("AAAA")
    stamp(path, "2024-05-01 12:00:00")
    assert sesync("put", "g", "cooltrees").code == 0
    path.write_text("BBBB")
    stamp(path, later)
    result = sesync("put", "g", "cooltrees")
    assert (result.code, f"other files are there already, and stay: {data}/g" in result.err) == (1, True)
    assert "'--replace' asks for each file" in result.err
    assert sesync("put", "g", "cooltrees", "--replace", "--yes").code == 0
    assert (data / "g").read_text() == "BBBB"


def unlike(path: Path) -> None:
    """Give a file other contents, with the same length and time."""
    facts = path.stat()
    path.write_bytes(os.urandom(facts.st_size))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("side", ["there", "here"])
@pytest.mark.parametrize("words", [("--manifest",), ("--move",)], ids=["manifest", "move"])
def test_the_way_out_that_is_said_is_one(sesync: Run, home: Path, data: Path, side: str, words: tuple[str, ...]):
    raw = tree(home / "raw", files=8)
    assert sesync("put", "raw", "cooltrees").code == 0
    unlike((data if side == "there" else home) / "raw/plot1/tree1.csv")
    before, wrong = sums(raw), data / "raw/plot1/tree1.csv"
    assert sesync("put", "raw", "cooltrees").out.endswith("already.\n")
    result = sesync("put", "raw", "cooltrees", *words)
    assert (result.code, sums(raw)) == (1, before)
    assert f"Error: {wrong} is there already, and has other contents than {raw}/plot1/tree1.csv\n" in result.err
    command = result.err.partition("Hint:")[2].partition("'")[2].partition("'")[0]
    assert command == f"sesync put {words[0]} --checksum --replace ~/raw cooltrees"
    done = sesync(*map(os.path.expanduser, command.split()[1:]), "--yes")
    assert (done.code, sums(data / "raw").items() >= before.items()) == (0, True)


def test_a_source_in_a_folder_that_is_not_there_was_not_moved_before(sesync: Run, home: Path, data: Path):
    tree(data / "raw", files=2)
    result = sesync("put", "--move", "nowhere/raw", "cooltrees")
    assert (result.code, "Error: there is no ~/nowhere/raw\n" in result.err) == (1, True)


def test_checksum_compares_contents(sesync: Run, home: Path, data: Path):
    raw = tree(home / "raw", files=8)
    assert sesync("put", "raw", "cooltrees").code == 0
    assert sesync("put", "raw", "cooltrees", "--checksum").out.endswith("already.\n")
    unlike(data / "raw/plot1/tree1.csv")
    kept = (data / "raw/plot1/tree1.csv").read_bytes()
    result = sesync("put", "raw", "cooltrees", "--checksum")
    assert (result.code, f"other files are there already, and stay: {data}/raw/plot1/tree1.csv" in result.err) == (
        1,
        True,
    )
    assert (data / "raw/plot1/tree1.csv").read_bytes() == kept
    assert sesync("put", "raw", "cooltrees", "--checksum", "--replace", "-y").code == 0
    assert sums(data / "raw") == sums(raw)
    assert "'--check' stands alone" in sesync("put", "--check", "cooltrees", "--checksum").err


@pytest.fixture
def seconds(nfs: Path) -> Iterator[Path]:
    """The data directory on a file system that counts time in whole seconds."""
    with disk(nfs / "cooltrees-data", ("mkfs.ext4", "-q", "-F", "-I", "128"), ("mount", "-o", "loop")) as at:
        yield at


@pytest.mark.parametrize("first,later", [(".2", ".7"), (".0", ".9"), (".7", ".700000001")])
def test_where_time_is_counted_in_seconds_contents_tell(sesync: Run, home: Path, seconds: Path, first: str, later: str):
    path = home / "g"
    path.write_text("AAAA")
    stamp(path, f"2024-05-01 12:00:00{first}")
    assert sesync("put", "g", "cooltrees").code == 0
    assert (seconds / "g").stat().st_mtime_ns % 1_000_000_000 == 0
    assert sesync("put", "g", "cooltrees").out.endswith("already.\n")
    path.write_text("BBBB")
    stamp(path, f"2024-05-01 12:00:00{later}")
    assert sesync("put", "g", "cooltrees").code == 1
    assert sesync("put", "g", "cooltrees", "--replace", "-y").code == 0
    assert ((seconds / "g").read_text(), sesync("put", "g", "cooltrees").code) == ("BBBB", 0)


@pytest.mark.parametrize(
    "names", [("e",), ("raw/.gitkeep",), ("raw/__init__.py", "raw/z.csv"), ("raw/_SUCCESS", "raw/a/e")]
)
@pytest.mark.parametrize("words", [(), ("--move",), ("--manifest",)], ids=["copy", "move", "manifest"])
def test_empty_files_come_first_last_and_alone(
    sesync: Run, home: Path, data: Path, names: tuple[str, ...], words: tuple[str, ...]
):
    for name in names:
        write(home / name, 5 if name.endswith(".csv") else 0)
    top = names[0].partition("/")[0]
    before = sums(home)
    result = sesync("put", top, "cooltrees", *words)
    assert (result.code, result.err) == (0, "")
    assert sums(data).items() >= before.items()
    assert sesync("put", top, "cooltrees", *words).code == 0
