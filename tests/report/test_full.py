"""sesync report after a full disk, or a home that one may not write to: the failure is kept where there is room."""

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import DRAFTS, Ended, needed, needed_root
from tests.install.ground import PLACES, source, user_folder, wheel
from tests.usage.test_usage import write

Run = Callable[..., Ended]
OTHER = 4711  # a user that nobody is


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> Callable[..., Path]:
    site(support={"email": "help@example.org"}, python={"default": "3.8", "places": PLACES})
    return site


@contextmanager
def mounted(at: Path, options: str) -> Iterator[Path]:
    needed_root()
    at.mkdir(parents=True, exist_ok=True)
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", options, "tmpfs", at], check=True)
    try:
        yield at
    finally:
        subprocess.run([needed("umount"), "-l", at], check=True)


def scratch(tmp_path: Path) -> Path:
    return tmp_path / f"tmp/sesync-{os.getuid()}/last-failure.json"


def big(index: Path, name: str = "forest") -> Path:
    """A package of three megabytes."""
    return wheel(index, name, files={f"{name}/tree{number}": os.urandom(100_000) for number in range(30)})


def test_a_failure_in_a_full_home_is_reported(sesync: Run, home: Path, index: Path, tmp_path: Path) -> None:
    big(index)
    with mounted(home, "size=1m"):
        write(home / "x", 900_000)
        failed = sesync("install", "forest")
        assert (failed.code, "is full (" in failed.err) == (1, True), failed.err
        done = sesync("report")
        assert (done.code, f"  $ sesync install forest\n  Error: the file system {home} is full" in done.out) == (
            0,
            True,
        )


def test_a_home_without_any_room_has_its_failures_elsewhere(sesync: Run, home: Path, tmp_path: Path, nfs: Path) -> None:
    with mounted(home, "size=1m"):
        with pytest.raises(OSError):
            (home / "x").write_bytes(bytes(2_000_000))
        failed = sesync("link", "oaks")
        assert (failed.code, DRAFTS in failed.err) == (1, True)
        assert stat.S_IMODE(scratch(tmp_path).stat().st_mode) == 0o600
        assert "  $ sesync link oaks\n" in sesync("report").out
        (home / "x").unlink()
        assert sesync("link", "pines").code == 1
        assert "  $ sesync link pines\n" in sesync("report").out


def test_a_home_that_is_read_only_has_its_failures_elsewhere(
    sesync: Run, home: Path, tmp_path: Path, nfs: Path
) -> None:
    with mounted(home / ".local", "ro,size=100m"):
        failed = sesync("link", "oaks")
        assert (failed.code, DRAFTS in failed.err) == (1, True)
        assert "  $ sesync link oaks\n" in sesync("report").out
        assert sesync("kernel", "create", "heat").code == 1
        body = sesync("report").out
        assert "  $ sesync kernel create heat\n" in body and "is on a file system that is read-only" in body


def test_a_file_in_the_place_of_the_state_folder_is_as_good_as_a_full_disk(sesync: Run, home: Path, nfs: Path) -> None:
    state = home / ".local/state/sesync"
    state.parent.mkdir(parents=True)
    state.write_text("a file in the way")
    assert DRAFTS in sesync("link", "oaks").err
    assert "  $ sesync link oaks\n" in sesync("report", "--last").out


def test_the_newer_of_two_records_counts(sesync: Run, home: Path, tmp_path: Path, nfs: Path) -> None:
    assert sesync("link", "oaks").code == 1
    record = json.loads((home / ".local/state/sesync/last-failure.json").read_text())
    there = scratch(tmp_path)
    there.parent.mkdir(exist_ok=True)
    for at, words in (("2001-01-01T00:00:00", "sesync link oaks"), ("2901-01-01T00:00:00", "sesync link elms")):
        there.write_text(json.dumps(record | {"at": at, "command": "sesync link elms"}))
        there.chmod(0o600)
        assert f"  $ {words}\n" in sesync("report").out


@pytest.mark.parametrize("planted", ["another's", "writable", "a link", "a pipe", "nonsense"])
def test_nobody_else_can_plant_a_record(sesync: Run, home: Path, tmp_path: Path, nfs: Path, planted: str) -> None:
    needed_root()
    assert sesync("link", "oaks").code == 1
    kept = home / ".local/state/sesync/last-failure.json"
    record = json.loads(kept.read_text()) | {"at": "2901-01-01T00:00:00", "command": "sesync evil"}
    there = scratch(tmp_path)
    there.parent.mkdir(exist_ok=True)
    if planted == "a pipe":
        os.mkfifo(there)
    else:
        file = tmp_path / "theirs.json" if planted == "a link" else there
        file.write_text("[1]" if planted == "nonsense" else json.dumps(record))
        file.chmod(0o666 if planted == "writable" else 0o600)
        if planted == "another's":
            os.chown(file, OTHER, OTHER)
        if planted == "a link":
            there.symlink_to(file)
    done = sesync("report")
    assert (done.code, "  $ sesync link oaks\n" in done.out) == (0, True)


def test_the_runtime_folder_serves_where_the_rest_is_full(
    sesync: Run, home: Path, tmp_path: Path, nfs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with mounted(home, "size=1m"), mounted(tmp_path / "tmp", "size=1m"):
        assert sesync("link", "oaks").code == 1
        (home / ".local/state/sesync/last-failure.json").unlink()
        for folder in (home, tmp_path / "tmp"):
            with pytest.raises(OSError):
                (folder / "x").write_bytes(bytes(2_000_000))
        assert DRAFTS in sesync("link", "elms").err
        assert (runtime / "sesync/last-failure.json").exists()
        assert "  $ sesync link elms\n" in sesync("report").out
    runtime.chmod(0o777)
    assert "  $ sesync link elms\n" not in sesync("report").out


TEMPORARY = "'mkdir -p ~/tmp && export TMPDIR=~/tmp' has temporary files elsewhere; then run the same command again."
FILLS = """
import os, sys, tempfile
with tempfile.TemporaryFile() as file:
    for _ in range(500):
        file.write(os.urandom(100_000))
"""
ITSELF = '[build-system]\nrequires = []\nbuild-backend = "builds"\nbackend-path = ["."]\n'


@pytest.mark.parametrize("where", ["pip's unpacking", "a build", "a build in a kernel"])
def test_a_full_folder_for_temporary_files_is_named_with_what_helps(
    sesync: Run, home: Path, tmp_path: Path, where: str
) -> None:
    temporary = tmp_path / "tmp"
    words = ["install", "./forest"]
    with mounted(temporary, "size=5m"):
        if where == "pip's unpacking":
            source(home, "pines", "import setuptools; setuptools.setup(name='pines')", big=("x" * 9_000_000))
            words = ["install", "./pines.tar.gz"]
            subprocess.run(["tar", "-C", home, "-czf", home / "pines.tar.gz", "pines"], check=True)
        else:
            source(home, "forest", FILLS, pyproject_dot_toml=ITSELF, builds_dot_py=FILLS)
        if where == "a build in a kernel":
            words = ["kernel", "create", "heat", "./forest"]
        done = sesync(*words)
        assert done.code == 1
        error, hint = done.err.splitlines()[:2]
        assert error.startswith(f"Error: the file system {temporary} is full"), done.err
        assert error.endswith(f", while writing below {temporary}") and "(0 bytes" not in error
        assert hint == f"Hint:  {TEMPORARY}"
        assert "Error: the file system" in sesync("report").out
    if where == "a build":
        helps = re.findall(r"'([^']+)'", hint)[0]
        told = subprocess.run(
            ["bash", "-c", f"{helps} && echo $TMPDIR"], capture_output=True, text=True, env=os.environ
        ).stdout
        assert told == f"{home}/tmp\n" and (home / "tmp").is_dir()
    assert not user_folder(home, "3.8").exists()


def test_a_file_system_that_takes_no_more_files_says_so(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "forest", files={f"forest/tree{number}": b"x" for number in range(200)})
    with mounted(home, "size=50m,nr_inodes=120"):
        done = sesync("install", "forest")
        assert done.code == 1
        told = f"Error: the file system {home} is full (it takes no more files than the 120 that it has)"
        assert done.err.startswith(told), done.err
        assert "Hint:  Make room first: 'sesync usage' " in done.err


def test_numbers_that_explain_nothing_are_left_out(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "forest", files={"forest/tree": os.urandom(8_000_000)})
    with mounted(home, "size=5m"):
        done = sesync("install", "forest")
        assert done.code == 1
        assert re.match(r"Error: the file system ~ is full( \(5 MB of 5 MB used\))?, while writing", done.err)
        assert "0 bytes" not in done.err
