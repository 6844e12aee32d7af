"""sesync put to a file system that takes several names for one."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.put.ground import Run, disk, leftovers, sums, write

pytestmark = pytest.mark.usefixtures("site")
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "é.csv") for form in ("NFC", "NFD"))


@pytest.fixture
def folding(nfs: Path) -> Iterator[Path]:
    """The data directory on a disk as Windows and macOS have them, which knows no capitals."""
    with disk(nfs / "cooltrees-data", ("mkntfs", "-q", "-Q", "-F"), ("lowntfs-3g", "-o", "ignore_case")) as at:
        yield at


@pytest.mark.parametrize(
    "names",
    [("A.csv", "a.csv"), ("x/Sub/one.csv", "x/sub/two.csv"), ("ÄPFEL.csv", "äpfel.csv"), ("a/b/C", "a/b/c/d.csv")],
    ids=["files", "folders", "umlauts", "a file and a folder"],
)
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_names_that_would_be_one_are_refused_before_anything_is_copied(
    sesync: Run, home: Path, folding: Path, names: tuple[str, str], words: tuple[str, ...]
):
    for name in names:
        write(home / "raw" / name, 10)
    before = sums(home / "raw")
    result = sesync("put", "raw", "cooltrees", *words)
    assert (result.code, "would be one: these names are the same there" in result.err) == (1, True)
    assert "Give one of them another name, or put it by itself with '--as NAME'. 0 of 2 files are" in result.err
    assert "Run the same command" not in result.err
    assert (sums(home / "raw"), os.listdir(folding)) == (before, [])


def test_of_several_sources_too(sesync: Run, home: Path, folding: Path):
    for name in ("Maps/one.csv", "more/maps/two.csv"):
        write(home / name, 10)
    result = sesync("put", "Maps", "more/maps", "cooltrees")
    assert (result.code, "would be one" in result.err, os.listdir(folding)) == (1, True, [])
    assert sesync("put", "Maps", "cooltrees").code == 0
    assert sesync("put", "more/maps", "cooltrees", "--as", "maps2").code == 0


def test_what_is_there_under_another_spelling_is_what_is_there(sesync: Run, home: Path, folding: Path):
    for name in ("É.csv", "Sub/Trees.csv"):
        write(folding / name, 10)
    before = sums(folding)
    write(home / "é.csv", 20)
    write(home / "SUB/TREES.csv", 20)
    for name, path in (("é.csv", "é.csv"), ("SUB", "SUB/TREES.csv")):
        result = sesync("put", name, "cooltrees", "--move")
        assert (result.code, f"other files are there already, and stay: {folding}/{path}" in result.err) == (1, True)
    assert (sums(folding), (home / "é.csv").exists(), (home / "SUB/TREES.csv").exists()) == (before, True, True)


def test_where_they_are_several_they_are_put(sesync: Run, home: Path, nfs: Path):
    for name in ("A.csv", "a.csv", "Sub/one.csv", "sub/two.csv", COMPOSED, DECOMPOSED, "b", "b."):
        write(home / "raw" / name, 10)
    assert sesync("put", "raw", "cooltrees").code == 0
    data = nfs / "cooltrees-data"
    assert (sums(data / "raw"), leftovers(data)) == (sums(home / "raw"), [])
    assert sesync("put", "raw", "cooltrees").out.endswith("already.\n")
    assert sesync("put", "raw", "cooltrees", "--move").code == 0


def test_the_same_name_again_is_no_other_spelling(sesync: Run, home: Path, folding: Path):
    write(home / "raw/Sub/A.csv", 10)
    assert sesync("put", "raw", "cooltrees", "--manifest").code == 0
    write(home / "raw/Sub/B.csv", 10)
    again = sesync("put", "raw", "cooltrees", "--manifest")
    assert again.code == 0
    assert "Warning: capitals and small letters are one there, and this was there already: " in again.err
    assert f"{folding}/raw/Sub is {folding}/raw/sub" in again.err
    assert sesync("put", "--check", "cooltrees").code == 0
    assert {name.lower(): digest for name, digest in sums(home / "raw").items()} == sums(folding / "raw")
