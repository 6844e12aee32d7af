"""sesync put --manifest and --check: checksums that are kept beside the data."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.put.ground import Run, leftovers, tree, write

pytestmark = pytest.mark.usefixtures("site")
ODD = ("a\nb", "back\\slash", "car\rriage", "star*", " blank ", os.fsdecode(b"caf\xe9"), "-n", "'\"")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


def sha256sum(folder: Path) -> list[str]:
    """The names that `sha256sum -c` does not find as they should be, from outside."""
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True)
    assert b"improperly" not in done.stderr
    return [os.fsdecode(line) for line in done.stdout.splitlines()]


def test_the_checksums_are_those_of_sha256sum(sesync: Run, home: Path, data: Path):
    tree(home / "raw")
    for name in ODD:
        write(home / "raw" / name, 10)
    assert sesync("put", "raw", "cooltrees:x", "--manifest").code == 0
    assert sha256sum(data / "x") == []
    lines = (data / "x/SHA256SUMS").read_bytes().splitlines()
    argv = ["find", "raw", "-type", "f", "-exec", "sha256sum", "{}", "+"]
    by_hand = subprocess.run(argv, cwd=data / "x", capture_output=True, check=True).stdout.splitlines()
    assert sorted(lines) == sorted(by_hand)
    assert leftovers(data) == []


def test_checksums_of_more_files_come_to_those_that_are_there(sesync: Run, home: Path, data: Path):
    write(home / "a.tif", 10)
    write(home / "b.tif", 10)
    assert sesync("put", "a.tif", "cooltrees", "--manifest").code == 0
    assert sesync("put", "b.tif", "cooltrees", "--manifest", "--move").code == 0
    assert len((data / "SHA256SUMS").read_bytes().splitlines()) == 2
    assert sha256sum(data) == []
    assert sesync("put", "a.tif", "cooltrees", "--manifest").code == 0
    assert len((data / "SHA256SUMS").read_bytes().splitlines()) == 2


def test_check_says_what_is_not_as_it_was(sesync: Run, home: Path, data: Path):
    tree(home / "raw", files=8)
    assert sesync("put", "raw", "cooltrees", "--manifest").code == 0
    good = sesync("put", "--check", "cooltrees")
    assert (good.code, good.out) == (0, f"All 10 files (6 MB) in {data} are as their checksums say.\n")
    with (data / "raw/plot1/tree1.csv").open("r+b") as file:
        file.write(b"x")
    (data / "raw/plot2/tree2.csv").unlink()
    bad = sesync("put", "--check", "cooltrees:raw", "--json")
    assert bad.code == 1
    assert bad.json == {
        "folder": f"{data}/raw",
        "manifests": [f"{data}/SHA256SUMS"],
        "files": 10,
        "bytes": bad.json["bytes"],
        "different": ["plot1/tree1.csv"],
        "missing": ["plot2/tree2.csv"],
        "unreadable": [],
        "without": [],
        "warnings": [],
    }
    said = sesync("put", "--check", "cooltrees").out
    assert said.startswith(f"2 of 10 files in {data} are not as their checksums say:\n")
    assert "different  raw/plot1/tree1.csv\nmissing    raw/plot2/tree2.csv\n" in said
    assert sesync("put", "--check", "cooltrees:raw/plot3").code == 0


def test_without_checksums_there_is_nothing_to_compare(sesync: Run, home: Path, data: Path):
    assert "no checksums are kept for" in sesync("put", "--check", "cooltrees").err
    write(home / "a.tif", 10)
    (data / "SHA256SUMS").write_text("my own notes\n")
    result = sesync("put", "a.tif", "cooltrees", "--manifest")
    assert (result.code, "is no line of sha256sum" in result.err) == (1, True)
    assert (data / "SHA256SUMS").read_text() == "my own notes\n"
    assert sesync("put", "a.tif", "--check", "cooltrees").code == 2


@pytest.mark.parametrize("name", ["SHA256SUMS", "sha256sums"])
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_a_source_that_is_called_like_the_checksums_stays(
    sesync: Run, home: Path, data: Path, name: str, words: tuple[str, ...]
):
    write(home / "dem.tif", 100)
    line = subprocess.run(["sha256sum", "dem.tif"], cwd=home, capture_output=True, check=True).stdout
    (home / name).write_bytes(line)
    result = sesync("put", name, "dem.tif", "cooltrees", "--manifest", *words)
    assert (result.code, os.listdir(data), (home / name).read_bytes()) == (1, [], line)
    assert f"Error: {home}/{name} would be the very file that '--manifest' writes into\n" in result.err
    assert sesync("put", name, "dem.tif", "cooltrees", *words).code == 0
    assert ((data / name).read_bytes(), sesync("put", "--check", "cooltrees").code) == (line, 0)


def test_a_provider_s_checksums_in_a_folder_stay_beside_our_own(sesync: Run, home: Path, data: Path):
    write(home / "raw/dem.tif", 100)
    line = subprocess.run(["sha256sum", "dem.tif"], cwd=home / "raw", capture_output=True, check=True).stdout
    (home / "raw/SHA256SUMS").write_bytes(line)
    assert sesync("put", "raw", "cooltrees", "--manifest", "--move").code == 0
    assert (data / "raw/SHA256SUMS").read_bytes() == line
    assert (sha256sum(data), sha256sum(data / "raw"), sesync("put", "--check", "cooltrees").code) == ([], [], 0)
    assert sesync("put", home / "raw/SHA256SUMS", "cooltrees:other", "--as", "provider.sha256", "--manifest").code == 0


@pytest.mark.parametrize("what", ["folder", "dead link", "link", "notes"])
@pytest.mark.parametrize("words", [(), ("--move",)], ids=["copy", "move"])
def test_what_cannot_hold_checksums_is_said_before_anything_is_copied(
    sesync: Run, home: Path, data: Path, what: str, words: tuple[str, ...]
):
    at = data / "SHA256SUMS"
    if what == "folder":
        at.mkdir()
    elif what == "notes":
        at.write_text("SHA256 (x) = 0\n")
    else:
        at.symlink_to("nothing" if what == "dead link" else write(home / "x", 0))
    path = write(home / "a.tif", 10)
    result = sesync("put", "a.tif", "cooltrees", "--manifest", *words)
    assert (result.code, os.listdir(data), path.is_symlink()) == (1, ["SHA256SUMS"], False)
    assert "put what you have into a folder of its own." in result.err
    assert sesync("put", "a.tif", "cooltrees:own", "--manifest", *words).code == 0


def test_a_provider_s_name_with_a_dot_is_the_same_name(sesync: Run, home: Path, data: Path):
    write(data / "a.tif", 10)
    line = subprocess.run(["sha256sum", "./a.tif"], cwd=data, capture_output=True, check=True).stdout
    (data / "SHA256SUMS").write_bytes(line)
    write(home / "a.tif", 20)
    assert sesync("put", "a.tif", "cooltrees", "--manifest", "--replace", "--yes").code == 0
    assert (sha256sum(data), sesync("put", "--check", "cooltrees").code) == ([], 0)


@pytest.mark.parametrize("name", ["a b", "-rf", "$(x)", "~"])
def test_the_command_that_the_dry_run_shows_can_be_typed(sesync: Run, home: Path, data: Path, name: str):
    write(home / name / "a.csv", 10)
    shown = sesync("put", "--manifest", "-n", "--", home / name, "cooltrees").out.splitlines()[-1]
    assert sesync("put", "--manifest", "--", home / name, "cooltrees").code == 0
    kept = (data / "SHA256SUMS").read_text(encoding="utf-8")
    (data / "SHA256SUMS").unlink()
    subprocess.run(["sh", "-c", shown], check=True)
    assert (data / "SHA256SUMS").read_text(encoding="utf-8").replace("  ./", "  ") == kept
