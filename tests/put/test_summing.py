"""sesync put --manifest of what is there already, by whatever way it came."""

import hashlib
import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import HANG, held, needed
from tests.put.ground import Run, leftovers, wait_for, write
from tests.put.test_checking import has_open
from tests.services.accounts import People

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def there(data: Path) -> Path:
    """Three files that came by another way, in a folder of the data directory."""
    for name in ("a.tif", "maps/b c.tif", "maps/two\nlines.tif"):
        write(data / "raw" / name, 1000)
    return data / "raw"


def verified(folder: Path) -> bool:
    return (
        subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd=folder, check=False).returncode
        == 0
    )


def test_all_that_is_there_gets_checksums_once(sesync: Run, there: Path):
    done = sesync("put", "--manifest", "cooltrees:raw")
    said = f"Checksums of 3 files (3 kB) are kept in {there}/SHA256SUMS.\n"
    assert (done.code, done.out, done.err) == (0, said, "")
    assert verified(there)
    assert sesync("put", "--check", "cooltrees:raw").code == 0
    before = (there / "SHA256SUMS").read_bytes()
    again = sesync("put", "--manifest", "cooltrees:raw", "--json")
    assert (again.json["message"], again.json["steps"]) == (f"3 files in {there} have checksums already.", [])
    assert ((there / "SHA256SUMS").read_bytes(), leftovers(there)) == (before, [])


def test_only_what_has_none(sesync: Run, there: Path, data: Path):
    """Those of a provider and of an upper folder count, and a wrong one is not made right."""
    digest = hashlib.sha256((there / "a.tif").read_bytes()).hexdigest()
    (data / "SHA256SUMS").write_text(f"{digest}  raw/a.tif\n")
    (there / "maps/MD5SUMS").write_text(f"{'0' * 32}  b c.tif\n")
    done = sesync("put", "--manifest", "cooltrees:raw", "--json")
    assert (done.json["result"]["files"], done.json["result"]["there_files"]) == (1, 2)
    assert len((there / "SHA256SUMS").read_text().splitlines()) == 1
    assert sesync("put", "--check", "cooltrees:raw", "--json").json["different"] == ["maps/b c.tif"]


@pytest.mark.parametrize("target", ["cooltrees:raw/a.tif", "{data}/raw/a.tif", "cooltrees/raw/maps/b c.tif"])
def test_one_file(sesync: Run, there: Path, data: Path, target: str):
    file = Path(target)
    done = sesync("put", "--manifest", target.format(data=data))
    folder = there / "maps" if "maps" in target else there
    assert (done.code, (folder / "SHA256SUMS").read_text().endswith(f"  {file.name}\n")) == (0, True)
    assert len((folder / "SHA256SUMS").read_text().splitlines()) == 1


def test_what_an_earlier_run_has_moved(sesync: Run, home: Path, data: Path):
    """The source is the link that it left; files and folders, and what is new beside them."""
    write(home / "raw/a.tif", 10)
    write(home / "raw/b/c.tif", 10)
    write(home / "dem.tif", 10)
    assert sesync("put", "raw", "dem.tif", "cooltrees:x", "--move").code == 0
    write(home / "new.tif", 10)
    done = sesync("put", "raw", "dem.tif", "new.tif", "cooltrees:x", "--move", "--manifest", "--json")
    assert (done.code, done.json["result"]["manifest"]) == (0, f"{data}/x/SHA256SUMS"), done
    assert (verified(data / "x"), len((data / "x/SHA256SUMS").read_text().splitlines())) == (True, 4)
    done = sesync("put", "raw", "cooltrees:x", "--move", "--manifest", "--json")
    assert (done.code, done.json["steps"], done.json["result"]["manifest"]) == (0, [], None)


def test_of_what_was_moved_only_that_is_looked_at(sesync: Run, home: Path, data: Path, tmp_path: Path):
    """A data directory may hold millions of others."""
    for place in ("raw/b/c.tif", "dem.tif", "SHA256SUMS.tif"):
        write(home / place, 10)
    write(data / "other/deep/x.tif", 10)
    for moved in (("raw",), ("dem.tif",), ("SHA256SUMS.tif",)):
        assert sesync("put", *moved, "cooltrees", "--move").code == 0
    trace = ("strace", "-f", "-qq", "-e", "trace=%file", "-o", str(tmp_path / "trace"))
    words = ("put", "raw", "dem.tif", "SHA256SUMS.tif", "cooltrees", "--move", "--manifest")
    done = sesync(*words, prefix=(needed("strace"), *trace[1:]))
    assert (done.code, kept(data), f"{data}/other" in (tmp_path / "trace").read_text()) == (0, 3, False), done
    assert sesync("put", "--check", "cooltrees", "--json").json["without"] == ["other/deep/x.tif"]
    assert sesync(*words, "--json").json["steps"] == []


ODD = (
    "b c.tif",
    "it's.tif",
    "-n",
    "-rf/--zero",
    'say "x".tif',
    "$(id)/`id`.tif",
    "back\\slash.tif",
    "a;b&.tif",
    "ü.tif",
)
PARTS = "files", "without", "different", "missing", "unreadable", "warnings"


def theirs(place: Path) -> None:
    """Two files with checksums of their provider."""
    for manifest, name in (("theirs/MD5SUMS.txt", "theirs/x.tif"), ("y.tif.md5", "y.tif")):
        made = hashlib.md5(write(place / name, 10).read_bytes(), usedforsecurity=False).hexdigest()
        (place / manifest).write_text(f"{made}  {Path(name).name}\n")


@pytest.mark.parametrize("more", [0, 100], ids=["few", "many"])
@pytest.mark.parametrize("have", [0, 1, 2])
@pytest.mark.parametrize("folder", ["raw", "-it's here"])
def test_the_dry_run_writes_nothing_and_shows_a_command_that_does_it(
    sesync: Run, data: Path, more: int, have: int, folder: str
):
    place = data / folder
    names = [*ODD, *(f"more/{number}.tif" for number in range(more))]
    for name in (*names, "more/.sesync-partial-x/y.tif"):
        write(place / name, 10)
    if have == 1:
        assert sesync("put", "--manifest", place / names.pop(0)).code == 0
    elif have == 2:
        theirs(place)
    before = sorted(place.rglob("*"))
    done = sesync("put", "--manifest", place, "-n")
    assert (done.code, sorted(place.rglob("*"))) == (0, before)
    again = f", and again of {have} file{'s' * (have == 2)} with some" if have and more else ""
    assert re.search(rf"  # of {len(names)} files \([^)]+\) without any{again}\n$", done.out), done.out
    subprocess.run(["bash", "-euc", done.out], check=True)
    found = sesync("put", "--check", place, "--json").json
    assert (verified(place), [found[one] for one in PARTS]) == (True, [len(names) + have, [], [], [], [], []])


def test_the_dry_run_of_a_name_of_two_lines(sesync: Run, there: Path):
    done = sesync("put", "--manifest", "cooltrees:raw", "-n")
    subprocess.run(["bash", "-euc", done.out], check=True)
    assert verified(there)
    assert sesync("put", "--check", "cooltrees:raw", "--json").json["files"] == 3


@pytest.mark.parametrize("folder", ["raw", "with blank", "it's"])
def test_the_hints_of_a_check_are_commands_that_work(sesync: Run, data: Path, folder: str):
    write(data / folder / "a.tif", 10)
    said = sesync("put", "--check", f"cooltrees:{folder}")
    assert said.code == 1
    assert sesync(*shlex.split(re.search(r"Hint: +'sesync (.*)' keeps them", said.err)[1])).code == 0
    write(data / folder / "b.tif", 10)
    said = sesync("put", "--check", f"cooltrees:{folder}")
    assert said.code == 0
    assert sesync(*shlex.split(re.search(r"'sesync (.*)' keeps checksums of it", said.out)[1])).code == 0
    assert (verified(data / folder), sesync("put", "--check", "cooltrees", "--json").json["without"]) == (True, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cooltrees:nothing",), "there is no {data}/nothing"),
        (("cooltrees:link",), "{data}/link leads out of the data directory, to /etc"),
        (("cooltrees:odd",), "line 1 of {data}/odd/SHA256SUMS is no line of sha256sum"),
        (("cooltrees", "--move"), "what is to be put?"),
        (("cooltrees", "--checksum"), "what is to be put?"),
    ],
)
def test_what_cannot_be_meant(sesync: Run, data: Path, words: tuple[str, ...], said: str):
    (data / "link").symlink_to("/etc")
    write(data / "odd/a.tif", 10)
    (data / "odd/SHA256SUMS").write_text("what is this?\n")
    done = sesync("put", "--manifest", *words)
    assert (done.code in (1, 2), f"Error: {said.format(data=data)}" in done.err) == (True, True), done.err


def test_an_empty_folder(sesync: Run, data: Path):
    (data / "empty").mkdir()
    done = sesync("put", "--manifest", "cooltrees:empty")
    assert (done.code, done.out, os.listdir(data / "empty")) == (0, f"There are no files in {data}/empty.\n", [])


ENDLESS = 1 << 40  # bytes, more than anybody reads in a test; of a hole, which takes no room


def endless(path: Path) -> Path:
    path.touch()
    os.truncate(path, ENDLESS)
    return path


def kept(folder: Path) -> int:
    """How many checksums there are, all of which are right."""
    assert verified(folder)
    return len((folder / "SHA256SUMS").read_text().splitlines())


def test_a_killed_run_keeps_what_it_has_made(background, sesync: Run, data: Path):
    for number in range(2_000):
        write(data / f"raw/{number % 7}/{number}.csv", 10)
    big, manifest = endless(data / "raw/3/big.nc"), data / "raw/SHA256SUMS"
    run = background("put", "--manifest", "cooltrees:raw")
    wait_for(manifest.exists)
    run.kill()
    run.wait()
    first = kept(data / "raw")
    assert 1_000 <= first <= 2_000
    os.truncate(big, 10)
    done = sesync("put", "--manifest", "cooltrees:raw", "--json")
    assert (done.code, done.json["result"]["files"], kept(data / "raw")) == (0, 2_001 - first, 2_001)
    assert leftovers(data) == []


@pytest.mark.parametrize("stop", ["Ctrl-C", "Ctrl-C twice", signal.SIGTERM])
def test_who_stops_it_keeps_what_was_made(terminal, there: Path, stop: str | signal.Signals):
    endless(there / "big.nc")
    seen = terminal("put", "--manifest", "cooltrees:raw", columns=150)
    seen.wait_until(lambda: re.search("[123] of 4 files", seen.raw), "a checksum")
    if isinstance(stop, signal.Signals):
        seen.child.kill(stop)
    else:
        seen.type("\x03" * (1 + stop.endswith("twice")))
    assert (seen.ended(), "are kept" in seen.raw) == (130, True), seen.screen
    assert (kept(there) >= 1, leftovers(there)) == (True, [])


@pytest.mark.parametrize("then", ["nothing", "folder", "link", "FIFO"])
def test_a_file_that_goes_meanwhile_takes_no_checksums_along(background, data: Path, then: str):
    """The run is held in the first files; most of the others go, or make way for something else."""
    files = [data / f"raw/{number}.nc" for number in range(40)]
    (data / "raw").mkdir()
    for file in files:
        file.touch()
        os.truncate(file, 200_000_000)
    run = background("put", "--manifest", "cooltrees:raw")
    names = [file.name for file in files]
    wait_for(lambda: any(has_open(run.pid, name) for name in names))
    with held(run.pid):
        stay = [file for file in files if has_open(run.pid, file.name)]
        for file in set(files) - set(stay):
            file.unlink()
            if then == "folder":
                file.mkdir()
            elif then == "link":
                file.symlink_to("/etc/passwd")
            elif then == "FIFO":
                os.mkfifo(file)
    out, err = run.communicate(timeout=HANG)
    assert (run.returncode, err) == (0, "")
    assert re.search(r"^Checksums of \d+ files? \([\d.]+ [MG]B\) are kept in .* have gone meanwhile\.$", out), out
    lines = (data / "raw/SHA256SUMS").read_text().splitlines()
    assert {line.split("  ")[1] for line in lines} >= {file.name for file in stay}


def test_two_at_once_lose_nothing(background, home: Path, data: Path):
    """Six puts into one folder, each with checksums."""
    for number in range(6):
        write(home / f"{number}.tif", 2_000_000)
    runs = [background("put", f"{number}.tif", "cooltrees", "--manifest") for number in range(6)]
    assert [(run.wait(), run.communicate()[1]) for run in runs] == [(0, "")] * 6
    assert (verified(data), len((data / "SHA256SUMS").read_text().splitlines())) == (True, 6)


def test_what_one_may_not_read_or_write(here: People):
    data = here.directory(0o2770)
    here.ann.run("mkdir", "-p", data / "raw/closed")
    here.ann.run("chmod", "2770", data / "raw")
    here.ann.run("sh", "-c", 'echo x > "$0"/a; echo x > "$0"/b; chmod 600 "$0"/b; chmod 700 "$0"/closed', data / "raw")
    done = here.bob.sesync("put", "--manifest", "cooltrees:raw")
    assert (done.code, f"no checksums of these could be made: {data}/raw/b cannot be read" in done.err) == (1, True)
    assert (
        f"Warning: this cannot be looked into: {data}/raw/closed"
        in here.bob.sesync("put", "--manifest", "cooltrees:raw", "-n").err
    )
    assert len((data / "raw/SHA256SUMS").read_text().splitlines()) == 1
    here.ann.run("chmod", "750", data / "raw")
    here.ann.run("sh", "-c", 'echo x > "$0"', data / "raw/c")
    done = here.bob.sesync("put", "--manifest", "cooltrees:raw")
    assert (done.code, f"you can read {data}/raw, but not write to it" in done.err) == (1, True), done.err
