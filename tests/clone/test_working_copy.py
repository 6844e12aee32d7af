"""Whole or not at all, and forward or not at all."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone.conftest import add_commit, commit, git, know, leftovers, publish
from tests.conftest import HANG, needed, needed_root, wait_for
from tests.services.sshd import make_key


def is_whole(folder: Path) -> bool:
    git("fsck", "--no-dangling", cwd=folder)
    return git("status", "--porcelain", cwd=folder) == "" and len(list((folder / "data").iterdir())) == 30


def wait_until_building(home: Path) -> Path:
    wait_for(lambda: leftovers(home))
    return home / leftovers(home)[0]


@pytest.fixture
def held(friend):
    """The site's server, which sends nothing: git and ssh do not end by themselves."""
    (friend.folder / "held").touch()
    yield friend
    (friend.folder / "held").unlink()


def wait_until_waiting(home: Path) -> Path:
    partial = wait_until_building(home)
    wait_for(lambda: running_for(partial) and running_for(home / ".ssh"))
    return partial


def running_for(folder: Path) -> list[int]:
    """Processes that have this folder's name among their words."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.fsencode(folder) in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


@pytest.mark.timeout(3600)
def test_killed_at_any_moment_there_is_all_of_it_or_nothing(background, sesync, friend, home):
    begun = time.monotonic()
    assert sesync("clone", "cooltrees/big", "first").code == 0
    lasts = time.monotonic() - begun
    for _ in range(20):
        process = background("clone", "cooltrees/big")
        time.sleep(random.uniform(0.1, 1) * lasts)
        process.kill()
        process.wait()
        if (home / "big").exists():
            assert is_whole(home / "big")
            shutil.rmtree(home / "big")
    process = background("clone", "cooltrees/big")
    wait_until_building(home)
    process.kill()
    process.wait()
    assert len(leftovers(home)) == 1
    done = sesync("clone", "cooltrees/big")
    assert (done.code, done.out, done.err) == (0, "Cloned cooltrees/big to ~/big.\n", "")
    assert is_whole(home / "big")
    assert leftovers(home) == []


def test_a_leftover_is_swept_by_a_clone_of_something_else(background, sesync, friend, home):
    process = background("clone", "cooltrees/big")
    wait_until_building(home)
    process.kill()
    process.wait()
    assert sesync("clone", "a/b/deep").code == 0
    assert leftovers(home) == []


def test_no_repository_can_pass_for_a_leftover(sesync, friend, home):
    host = socket.gethostname().partition(".")[0].replace("-", "_")
    marker = f"{'0' * 16}-{host}-\n/nonexistent\n"
    publish(friend.folder / "repos/cooltrees/sly.git", {".sesync-unfinished": marker, ".sesync-partial-x": marker})
    assert sesync("clone", "cooltrees/sly").code == 0
    assert sesync("clone", "a/b/deep").code == 0
    assert (home / "sly/.sesync-partial-x").exists()


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_it_ends_git_and_ssh_and_leaves_nothing(background, held, home, word):
    process = background("clone", "cooltrees/big")
    partial = wait_until_waiting(home)
    process.send_signal(word)
    out, err = process.communicate(timeout=HANG)
    assert (process.returncode, out) == (130, "")
    assert "Stopped; what was begun is undone." in err
    assert sorted(path.name for path in home.iterdir()) == [".ssh"]
    wait_until_ended(partial, home / ".ssh")


def test_interrupted_at_any_moment_it_leaves_nothing(background, friend, home):
    for _ in range(12):
        process = background("clone", "cooltrees/big")
        wait_until_building(home)
        time.sleep(random.choice((0, 0, 0.002, 0.01, 0.1)))
        process.terminate()
        _, err = process.communicate(timeout=HANG)
        if process.returncode == 0:  # it was quicker
            assert is_whole(home / "big")
            shutil.rmtree(home / "big")
            continue
        assert (process.returncode, err.strip()) == (130, "Stopped; what was begun is undone.")
        assert sorted(path.name for path in home.iterdir()) == [".ssh"]


def test_ctrl_c_on_a_terminal_leaves_nothing(terminal, held, home):
    person = terminal("clone", "cooltrees/big")
    partial = wait_until_waiting(home)
    person.type("\x03")
    assert person.ended() == 130
    assert "Stopped; what was begun is undone." in person.screen
    assert sorted(path.name for path in home.iterdir()) == [".ssh"]
    wait_until_ended(partial, home / ".ssh")


def test_killed_from_outside_on_a_terminal_it_ends_git_and_ssh_too(terminal, held, home):
    person = terminal("clone", "cooltrees/big")
    partial = wait_until_waiting(home)
    person.child.kill(signal.SIGTERM)
    assert person.ended() == 130
    assert sorted(path.name for path in home.iterdir()) == [".ssh"]
    wait_until_ended(partial, home / ".ssh")


def wait_until_ended(*folders: Path) -> None:
    wait_for(lambda: not any(running_for(folder) for folder in folders), "the end of git and ssh")


def test_of_two_at_once_one_clones_and_the_other_says_that_it_is_there(background, friend, home):
    processes = [background("clone", "cooltrees/big") for _ in range(2)]
    outs = sorted(process.communicate(timeout=HANG) for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert outs == [
        ("Cloned cooltrees/big to ~/big.\n", ""),
        ("~/big is cloned from cooltrees/big already; '--update' gets what is new.\n", ""),
    ]
    assert is_whole(home / "big")
    assert leftovers(home) == []


def test_a_failure_takes_its_new_parents_away_again(sesync, friend, home):
    (home / "old").mkdir()
    assert sesync("clone", "cooltrees/nope", "old/new/er/here").code == 1
    assert list((home / "old").iterdir()) == []


def test_without_room_the_error_names_the_file_system_and_nothing_is_left(sesync, guest, home, tmp_path, monkeypatch):
    with _small_disk(tmp_path / "small") as small:
        _move_in(small, guest, monkeypatch)
        done = sesync("clone", "cooltrees/big")
        assert done.code == 1
        assert done.err.startswith(f"Error: the file system {small} is full")
        assert sorted(path.name for path in small.iterdir()) == [".ssh"]
        assert sesync("clone", "cooltrees/big", "--json").json["error"]["kind"] == "no-room"


def test_over_quota_the_error_says_so_and_nothing_is_left(sesync, guest, home, tmp_path, monkeypatch):
    with _home_with_quota(tmp_path) as limited:
        _move_in(limited, guest, monkeypatch)
        done = sesync("clone", "cooltrees/big")
        assert done.code == 1
        assert done.err.startswith(f"Error: the file system {limited} is over your quota (")
        assert sorted(path.name for path in limited.iterdir()) == [".ssh"]


def _move_in(home: Path, server, monkeypatch) -> None:
    server.accept(make_key(home / ".ssh/id_ed25519"))
    know(server, home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PWD", str(home))
    monkeypatch.chdir(home)


@contextlib.contextmanager
def _small_disk(at: Path) -> Iterator[Path]:
    needed_root()
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(at)], check=True)
    try:
        yield at
    finally:
        os.chdir("/")
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextlib.contextmanager
def _home_with_quota(folder: Path) -> Iterator[Path]:
    """A home on a btrfs of its own, as a subvolume that may hold 10 MB."""
    needed_root()
    mount, image, home = folder / "homes", folder / "image", folder / "homes/jsmith"
    mount.mkdir()
    with image.open("wb") as file:
        file.truncate(256_000_000)
    subprocess.run([needed("mkfs.btrfs"), "-q", str(image)], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(mount)], check=True)
    try:
        for words in (["quota", "enable", mount], ["subvolume", "create", home], ["qgroup", "limit", "10M", home]):
            subprocess.run([needed("btrfs"), *map(str, words)], check=True, capture_output=True)
        yield home
    finally:
        os.chdir("/")
        subprocess.run(["umount", "--lazy", str(mount)], check=True)


@pytest.fixture
def moving(friend, home):
    """A repository that goes on, cloned when it was young."""
    bare = friend.folder / f"repos/cooltrees/moving-{os.urandom(4).hex()}.git"
    publish(bare, {"a.txt": "one\n"})
    return bare


def clone_of(sesync, bare: Path) -> Path:
    assert sesync("clone", f"cooltrees/{bare.stem}", "moving").code == 0
    return Path("moving").absolute()


def update(sesync, bare: Path, *words: str):
    return sesync("clone", f"cooltrees/{bare.stem}", "moving", "--update", *words)


def test_update_goes_forward_and_counts(sesync, moving, home):
    work = clone_of(sesync, moving)
    add_commit(moving, {"a.txt": "two\n"})
    add_commit(moving, {"b.txt": "new\n"})
    (work / "untracked.txt").write_text("mine")
    assert update(sesync, moving, "-n").out == f"git -C {home}/moving pull --ff-only\n"
    assert (work / "a.txt").read_text() == "one\n"
    done = update(sesync, moving)
    assert (done.code, done.out, done.err) == (0, "~/moving is up to date: 2 new commits.\n", "")
    assert (work / "a.txt").read_text() == "two\n"
    assert (work / "untracked.txt").read_text() == "mine"
    assert update(sesync, moving).out == "~/moving is up to date: 0 new commits.\n"


def test_update_of_what_is_not_there_clones_it(sesync, moving):
    assert update(sesync, moving).out == f"Cloned cooltrees/{moving.stem} to ~/moving.\n"


def test_an_empty_clone_gets_the_first_commit(sesync, moving, friend):
    bare = publish(moving.with_name("young.git"), {})
    work = clone_of(sesync, bare)
    add_commit(bare, {"a.txt": "first\n"})
    done = update(sesync, bare)
    assert (done.out, done.err) == ("~/moving is up to date: 1 new commit.\n", "")
    assert (work / "a.txt").read_text() == "first\n"
    shutil.rmtree(bare)


def test_diverged_nothing_is_changed_or_lost(sesync, moving):
    work = clone_of(sesync, moving)
    add_commit(moving, {"a.txt": "theirs\n"})
    commit(work, {"b.txt": "mine\n"})
    before = git("rev-parse", "HEAD", cwd=work)
    done = update(sesync, moving)
    assert done.code == 1
    assert done.err == (
        "Error: ~/moving and the server have gone different ways: you have 1 commit that the server has not, and it has"
        " 1 commit that you have not, by J. Smith. Nothing was changed and nothing is lost\n"
        "Hint:  'sesync sync moving --merge' joins the two, if not the same lines were changed; else it stops, and you"
        " talk to J. Smith, or to cyberhelp@sesync.org ('sesync report' drafts the mail).\n"
    )
    assert git("rev-parse", "HEAD", cwd=work) == before
    assert update(sesync, moving, "--json").json["error"]["kind"] == "conflict"


@pytest.mark.parametrize("name", ["a.txt", "b.txt"])
def test_changes_in_the_way_stay_as_they_are(sesync, moving, name):
    work = clone_of(sesync, moving)
    add_commit(moving, {"a.txt": "theirs\n", "b.txt": "theirs\n"})
    (work / name).write_text("mine\n")
    done = update(sesync, moving)
    assert done.code == 1
    assert f"Error: {name}: changed by you, and meanwhile also by J. Smith; nothing was changed" in done.err
    assert (work / name).read_text() == "mine\n"


@pytest.mark.parametrize(
    "words,said",
    [
        (("switch", "--create", "mine"), "the branch mine of ~/moving follows no branch of the server"),
        (("checkout", "--detach"), "~/moving shows an earlier state and is on no branch"),
    ],
)
def test_a_branch_that_follows_nothing_stays(sesync, moving, words, said):
    work = clone_of(sesync, moving)
    git(*words, cwd=work)
    add_commit(moving, {"a.txt": "theirs\n"})
    done = update(sesync, moving)
    assert (done.code, said in done.err) == (1, True)
    assert (work / "a.txt").read_text() == "one\n"


def test_update_from_a_server_that_is_gone_says_so(sesync, moving, home):
    work = clone_of(sesync, moving)
    moved = moving.with_name("moved.git")
    moving.rename(moved)
    done = update(sesync, moving)
    assert (done.code, "has no repository" in done.err) == (1, True)
    assert (work / "a.txt").read_text() == "one\n"
    moved.rename(moving)
