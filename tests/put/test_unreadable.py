"""sesync put of what one may not look into: the rest is put, what is missing is named, and it is no success."""

import os
from pathlib import Path

import pytest

from tests.conftest import tilde
from tests.put.ground import Run, sums, tree

pytestmark = pytest.mark.usefixtures("site")
POWERLESS = "-dac_override,-dac_read_search"
AS_ANYBODY = ("setpriv", f"--bounding-set={POWERLESS}", f"--inh-caps={POWERLESS}")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.mark.parametrize("mode", [0, 0o444, 0o111], ids=["nothing", "no entering", "no listing"])
def test_a_folder_that_cannot_be_read_is_no_success(sesync: Run, home: Path, data: Path, mode: int):
    raw = tree(home / "raw", files=8)
    (raw / "plot2").chmod(mode)
    plan = sesync("put", "raw", "cooltrees", "-n", "--json", prefix=AS_ANYBODY).json
    assert plan["result"]["unreadable"] == [{"path": f"{raw}/plot2", "problem": "Permission denied"}]
    result = sesync("put", "raw", "cooltrees", prefix=AS_ANYBODY)
    assert (result.code, result.out) == (1, "")
    assert f"Error: {raw}/plot2: Permission denied\n" in result.err
    assert "'ls -ld' on it shows whose it is. 9 of 9 files are in place and checked" in result.err
    again = sesync("put", "raw", "cooltrees", "--json", prefix=AS_ANYBODY)
    assert (again.code, again.json["error"]["problems"]) == (1, [f"{raw}/plot2: Permission denied"])
    (raw / "plot2").chmod(0o755)
    assert sesync("put", "raw", "cooltrees").code == 0
    assert sums(data / "raw") == sums(raw)


def test_all_that_is_missing_is_named(sesync: Run, home: Path, data: Path):
    raw = tree(home / "raw", files=40)
    for number in range(4):
        (raw / f"plot{number}" / f"tree{number}.csv").chmod(0)
    (raw / "plot0/deep").mkdir(mode=0)
    (raw / "plot3").chmod(0)
    os.mkfifo(raw / "fifo")
    (raw / ".netrc").write_text("machine x.example.org login jo password Zq8kW2vN5xT7bR4m\n")
    result = sesync("put", "raw", "cooltrees", "--json", prefix=AS_ANYBODY)
    files = [f"{raw}/plot{number}/tree{number}.csv cannot be read: Permission denied" for number in range(3)]
    folders = [f"{raw}/plot0/deep: Permission denied", f"{raw}/plot3: Permission denied"]
    left = [f"{raw}/fifo is a FIFO", f"{raw}/.netrc looks like a secret, and is left out"]
    assert (result.code, sorted(result.json["error"]["problems"])) == (1, sorted(files + folders + left))


@pytest.mark.parametrize("words", [("--manifest",), ("--checksum",)])
def test_what_was_put_before_does_not_hide_it(sesync: Run, home: Path, data: Path, words: tuple[str, ...]):
    raw = tree(home / "raw", files=8)
    assert sesync("put", "raw", "cooltrees").code == 0
    (raw / "plot2").chmod(0)
    result = sesync("put", "raw", "cooltrees", *words, prefix=AS_ANYBODY)
    assert (result.code, tilde(f"{raw}/plot2: Permission denied") in result.err) == (1, True)


def test_nothing_of_it_is_moved(sesync: Run, home: Path, data: Path):
    raw = tree(home / "raw", files=8)
    (raw / "plot2").chmod(0)
    result = sesync("put", "raw", "cooltrees", "--move", prefix=AS_ANYBODY)
    assert (result.code, os.listdir(data)) == (1, [])
    assert tilde(f"this cannot be moved whole: {raw}/plot2 cannot be read") in result.err


def test_folders_with_nothing_in_them_are_put_all_the_same(sesync: Run, home: Path, data: Path):
    raw = tree(home / "raw", files=8)
    (raw / "plot2").chmod(0)
    (raw / "empty/inner").mkdir(parents=True)
    assert sesync("put", "raw", "cooltrees", prefix=AS_ANYBODY).code == 1
    assert (data / "raw/empty/inner").is_dir()
