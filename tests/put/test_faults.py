"""sesync put when something goes wrong in the middle: no wrong byte under a final name, and a word on what is safe."""

import errno
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sesync_cli.errors import SesyncError
from sesync_cli.put.steps import explaining
from sesync_cli.put.verify import naming
from tests.conftest import HANG, held, needed_root, tilde
from tests.kernel.test_full import tmpfs
from tests.put.ground import Run, is_writing, leftovers, sums, tree, wait_for, write
from tests.services.btrfs import limited
from tests.services.fuse import hang, hangs, served

pytestmark = pytest.mark.usefixtures("site")
POWERLESS = "-dac_override,-dac_read_search"
AS_ANYBODY = ("setpriv", f"--bounding-set={POWERLESS}", f"--inh-caps={POWERLESS}")
SLOW = "20M"  # bytes a second of a slow file server


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """What a file server exports."""
    (tmp_path / "export").mkdir()
    return tmp_path / "export"


@pytest.fixture
def raw(home: Path) -> Path:
    """Files of 30 MB in all, the largest of which are copied first."""
    for number in range(10):
        write(home / f"raw/{number}.tif", 3_000_000)
    return home / "raw"


def right(there: Path, source: Path) -> bool:
    """Whether all that has a final name is what it should be."""
    wanted = sums(source)
    return all(wanted.get(name) == digest for name, digest in sums(there).items() if "/.sesync-partial" not in name)


@pytest.fixture
def slow(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with 30 MB in 10 files that takes 3 seconds to read."""
    for number in range(10):
        write(tmp_path / f"origin/{number}.tif", 3_000_000)
    with served(tmp_path / "origin", home / "slow", "--read-rate=10M"):
        yield home / "slow"


@pytest.fixture
def small(nfs: Path) -> Iterator[Path]:
    """A data directory on a disk of 40 MB."""
    (nfs / "cooltrees-data").rmdir()
    with tmpfs(nfs / "cooltrees-data", "40m") as data:
        yield data


@pytest.fixture
def allotted(tmp_path: Path, site) -> Iterator[Path]:
    """A data directory with a quota of 40 MB on a disk with more room."""
    with limited(tmp_path / "image", tmp_path / "disk", "40M") as folder:
        site(data={"path": f"{folder}/{{project}}-data"})
        (folder / "cooltrees-data").mkdir()
        yield folder / "cooltrees-data"


@pytest.mark.parametrize("kind", ["small", "allotted"])
def test_too_little_room_is_said_before_anything_is_copied(
    sesync: Run, home: Path, request: pytest.FixtureRequest, kind: str
):
    data: Path = request.getfixturevalue(kind)
    write(home / "big.tif", 50_000_000)
    plan = sesync("put", "big.tif", "cooltrees", "-n")
    assert (plan.code, "this takes about 50.0 MB, and there are " in plan.err) == (0, True)
    result = sesync("put", "big.tif", "cooltrees", "--json")
    assert (result.code, result.json["error"]["kind"], os.listdir(data)) == (1, "no-room", [])
    assert "0 of 1 files are in place and checked; nothing of yours was removed." in result.json["error"]["hint"]


@pytest.mark.parametrize("kind,word", [("small", "is full"), ("allotted", "is over your quota")])
def test_the_room_is_used_up_in_the_middle(
    sesync: Run, background, slow: Path, request: pytest.FixtureRequest, kind: str, word: str
):
    data: Path = request.getfixturevalue(kind)
    run = background("put", "slow", "cooltrees")
    wait_for(is_writing(data))
    with held(run.pid), (data / "others").open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(os.urandom(500_000))
            subprocess.run(["sync", "-f", str(data)], check=True)
    _, err = run.communicate(timeout=HANG)
    assert (run.returncode, word in err) == (1, True), err
    assert "of 10 files are in place and checked; nothing of yours was removed. Run the same command again" in err
    assert right(data / "slow", slow) and leftovers(data) == []
    (data / "others").unlink()
    subprocess.run(["sync", "-f", str(data)], check=True)
    assert sesync("put", "slow", "cooltrees").code == 0
    assert sums(data / "slow") == sums(slow)


def test_the_disk_goes_read_only_in_the_middle(background, sesync: Run, slow: Path, data: Path, tmp_path: Path):
    needed_root()
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(60_000_000)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop,errors=remount-ro", str(image), str(data)], check=True)
    try:
        (data / "lost+found").rmdir()
        device = subprocess.run(["findmnt", "-no", "SOURCE", str(data)], capture_output=True, text=True).stdout
        run = background("put", "slow", "cooltrees", "--move")
        wait_for(is_writing(data))
        with held(run.pid):
            Path(f"/sys/fs/ext4/{Path(device.strip()).name}/trigger_fs_error").write_text("a test")
        _, err = run.communicate(timeout=HANG)
        assert (run.returncode, "Error: " in err, "nothing of yours was removed." in err) == (1, True, True)
        assert right(data / "slow", slow) and len(sums(slow)) == 10
        assert "read-only" in sesync("put", "slow", "cooltrees:x").err
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


@pytest.mark.parametrize("change", ["grows", "shrinks", "changes", "vanishes"])
def test_a_source_that_changes_meanwhile_is_not_put(
    background, sesync: Run, home: Path, data: Path, export: Path, change: str
):
    log = write(home / "raw/log.csv", 8_000_000)
    write(home / "raw/other.csv", 100)
    with served(export, data, "--write-rate=4M"):
        run = background("put", "raw", "cooltrees", "--move")
        wait_for(is_writing(data, 1_000_000))
        with held(run.pid):
            if change == "grows":
                with log.open("ab") as file:
                    file.write(b"one more line\n")
            elif change == "shrinks":
                os.truncate(log, 4_000_000)
            elif change == "changes":
                with log.open("r+b") as file:
                    file.write(b"x")
            else:
                log.rename(home / "elsewhere")
        _, err = run.communicate(timeout=HANG)
        assert (run.returncode, tilde(f"{log} changed while it was copied") in err) == (1, True)
        assert "1 of 2 files are in place and checked; nothing of yours was removed." in err
        assert (sorted(os.listdir(data / "raw")), leftovers(data)) == (["other.csv"], [])
        if change == "vanishes":
            (home / "elsewhere").rename(log)
        assert sesync("put", "raw", "cooltrees", "--move").code == 0
        assert (data / "raw/log.csv").stat().st_size > 3_000_000 and (home / "raw").is_symlink()


def test_what_cannot_be_read_is_named_and_the_rest_is_put(sesync: Run, home: Path, data: Path):
    tree(home / "raw", files=8)
    (home / "raw/plot1/tree1.csv").chmod(0)
    (home / "raw/plot2").chmod(0)
    plan = sesync("put", "raw", "cooltrees", "--move", prefix=AS_ANYBODY)
    assert (plan.code, f"{home}/raw/plot2 cannot be read" in plan.err, os.listdir(data)) == (1, True, [])
    result = sesync("put", "raw", "cooltrees", prefix=AS_ANYBODY)
    assert (result.code, f"{home}/raw/plot1/tree1.csv cannot be read: Permission denied" in result.err) == (1, True)
    assert "8 of 9 files are in place and checked" in result.err
    (home / "raw/plot1/tree1.csv").chmod(0o644)
    result = sesync("put", "raw", "cooltrees", prefix=AS_ANYBODY)
    assert (result.code, f"{home}/raw/plot2: Permission denied" in result.err) == (1, True)
    (home / "raw/plot2").chmod(0o755)
    assert sesync("put", "raw", "cooltrees").code == 0
    assert sums(data / "raw") == sums(home / "raw")


def test_a_server_that_hangs_in_the_middle_is_given_up_on(
    background, sesync: Run, raw: Path, data: Path, export: Path, site
):
    site(data={"patience_seconds": 5.0})
    with served(export, data, f"--write-rate={SLOW}") as server:
        run = background("put", "raw", "cooltrees", "--move")
        wait_for(is_writing(data))
        hang(server)
        _, err = run.communicate(timeout=HANG)
        assert (run.returncode, hangs(server)) == (1, True)
        assert f"Error: the file server of {data} did not answer within 5 seconds" in err
        assert "of 10 files are in place and checked; nothing of yours was removed. Run the same command again" in err
        server.send_signal(signal.SIGCONT)
        assert right(export, raw.parent)
        site(data={"patience_seconds": 30.0})
        before = sums(raw)
        assert sesync("put", "raw", "cooltrees", "--move").code == 0
        assert (sums(data / "raw"), leftovers(export)) == (before, [])


def test_a_server_that_dies_in_the_middle_is_an_error(background, sesync: Run, raw: Path, data: Path, export: Path):
    with served(export, data, f"--write-rate={SLOW}") as server:
        run = background("put", "raw", "cooltrees", "--move")
        wait_for(is_writing(data))
        server.send_signal(signal.SIGKILL)
        _, err = run.communicate(timeout=HANG)
        assert (run.returncode, "nothing of yours was removed. Run the same command again to go on." in err) == (
            1,
            True,
        )
        assert "Transport endpoint is not connected" in err or "Software caused connection abort" in err, err
    assert right(export, raw.parent) and len(sums(raw)) == 10
    with served(export, data):
        assert sesync("put", "raw", "cooltrees").code == 0
        assert (sums(data / "raw"), leftovers(export)) == (sums(raw), [])


def test_a_slow_server_is_waited_for(sesync: Run, home: Path, data: Path, export: Path, site):
    site(data={"patience_seconds": 2.0})
    write(home / "a.tif", 6_000_000)
    with served(export, data, "--write-rate=1M"):
        assert sesync("put", "a.tif", "cooltrees").code == 0
        assert sums(data) == sums(home)


def test_two_runs_of_the_same_wait_for_each_other(background, raw: Path, data: Path, export: Path):
    with served(export, data, "--write-rate=10M"):
        runs = [background("put", "raw", "cooltrees")]
        wait_for(is_writing(data))
        runs.append(background("put", "raw", "cooltrees"))
        said = sorted(run.communicate(timeout=HANG)[0] for run in runs)
        assert [run.returncode for run in runs] == [0, 0]
        assert ["are in" in said[0], "copied" in said[1]] == [True, True]
        assert (sums(data / "raw"), leftovers(export)) == (sums(raw), [])


def test_two_runs_that_share_a_part_do_not_harm_each_other(background, raw: Path, home: Path, data: Path):
    write(home / "more.csv", 10)
    runs = [background("put", "raw", "cooltrees"), background("put", "raw", "more.csv", "cooltrees")]
    ended = [(run.communicate(timeout=HANG), run.returncode) for run in runs]
    assert [code for _, code in ended] == [0, 0], ended
    assert (sums(data / "raw"), leftovers(data)) == (sums(raw), [])


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_is_finished(background, sesync: Run, raw: Path, data: Path, export: Path, word):
    with served(export, data, "--write-rate=10M"):
        write(raw / "small.csv", 10)
        run = background("put", "raw", "cooltrees", "--move")
        wait_for(is_writing(data))
        run.send_signal(word)
        out, err = run.communicate(timeout=HANG)
        assert (run.returncode, out) == (130, "")
        assert "of 11 files are in place and checked; nothing of yours was removed. Run the same command again" in err
        assert err.startswith("Stopped.\n") and "undone" not in err
        assert right(data / "raw", raw) and leftovers(data) == [] and len(sums(raw)) == 11
        assert sesync("put", "raw", "cooltrees").code == 0
        assert sums(data / "raw") == sums(raw)


def test_what_is_read_back_wrong_never_gets_its_name(background, home: Path, data: Path):
    write(home / "big.tif", 300_000_000)
    run = background("put", "big.tif", "cooltrees")
    wait_for(is_writing(data))
    (beside,) = data.iterdir()
    with beside.open("r+b", buffering=0) as file:  # as a disk that forgets would
        while run.poll() is None:
            os.pwrite(file.fileno(), os.urandom(8), 1000)
            time.sleep(0.001)
    _, err = run.communicate()
    assert (run.returncode, f"what was read back of {data}/big.tif is not what was written" in err) == (1, True), err
    assert (os.listdir(data), (home / "big.tif").exists()) == ([], True)


def test_an_error_of_an_open_file_is_told_by_its_place_and_not_by_its_number(tmp_path: Path):
    for filename in (None, 7, str(tmp_path)):
        with pytest.raises(SesyncError) as raised, explaining(str(tmp_path), lambda: "All is safe."):
            raise OSError(errno.EIO, os.strerror(errno.EIO), filename)
        assert str(raised.value) == f"{tmp_path}: Input/output error"
        assert raised.value.hint == "Its disk or file server has a problem: tell support. All is safe."
    with pytest.raises(OSError, match="Bad file descriptor") as found, naming(str(tmp_path / "x")):
        os.chown(9_999, -1, 0)  # the system names it by its number
    assert found.value.filename == str(tmp_path / "x")
