"""A kernel that two people share: each is told what the other did, and there is one step back."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import INDEX, Ended, Said
from tests.kernel import ground
from tests.services.accounts import Account, People

Sesync = Callable[..., Ended]


def as_(who: Account, wheels: Path, umask: int = 0o022) -> Sesync:
    """The program as this person runs it, with packages of this folder beside those of the index."""

    def run(*words: str | Path) -> Ended:
        env = {**INDEX, "UV_FIND_LINKS": str(wheels)}
        done = who.run("env", *(f"{key}={value}" for key, value in env.items()), who.program, *words, umask=umask)
        return Ended(done.code, Said(" ".join(done.out.split())), Said(" ".join(done.err.split())))

    return run


def made(who: Sesync, *packages: str) -> None:
    done = who("kernel", "create", "heat", "--python", "/usr/bin/python3", *packages)
    assert done.code == 0, done.err


def versions(directory: Path, file: str = "pylock.toml") -> str:
    text = (directory / ".sesync/kernels/heat" / file).read_text()
    return "two" if 'name = "sesync-tree"\nversion = "2.0"' in text else "one"


@pytest.fixture
def wheels(here: People) -> Path:
    folder = here.nfs / "wheels"
    for version in ("1.0", "2.0"):
        ground.wheel(folder, "sesync_tree", version)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


@pytest.mark.parametrize("mode", [0o2770, 0o3770, 0o2775], ids=oct)
def test_who_shared_first_is_told_and_anyone_may_step_back(mode: int, here: People, wheels: Path):
    directory = here.directory(mode)
    ann, bob = as_(here.ann, wheels), as_(here.bob, wheels)
    made(ann, "sesync-tree==1.0")
    made(bob, "sesync-tree==2.0", "six")
    assert ann("kernel", "share", "heat", "cooltrees").code == 0
    said = bob("kernel", "share", "heat", "cooltrees")
    assert (
        said.code,
        "already: ann-" in said.err,
        "2 packages differ: sesync-tree 1.0 becomes 2.0, six" in said.err,
    ) == (
        2,
        True,
        True,
    )
    assert (
        "'sesync kernel share heat cooltrees --undo' puts back" in bob("kernel", "share", "heat", "cooltrees", "-y").out
    )
    folder = directory / ".sesync/kernels/heat"
    assert sorted(one.name for one in folder.iterdir()) == ["pylock.previous.toml", "pylock.toml"]
    assert all(one.stat().st_gid == here.project and one.stat().st_mode & stat.S_IWGRP for one in folder.iterdir())

    said = ann("kernel", "show", "heat")
    assert "shared another state with cooltrees: 'sesync kernel update heat --from cooltrees:heat' takes it" in said.out
    said = ann("kernel", "update", "heat")
    assert (said.code, "shared another state with cooltrees" in said.err) == (0, True)
    assert "another state" not in bob("kernel", "show", "heat").out

    said = ann("kernel", "share", "heat", "cooltrees", "--undo")
    assert (said.code, "sesync-tree 2.0 becomes 1.0, six goes. Put back what ann-" in said.err) == (2, True), said
    assert versions(directory) == "two"
    said = ann("kernel", "share", "heat", "cooltrees", "--undo", "--yes")
    assert (said.code, "cooltrees has the kernel heat again as ann-" in said.out) == (0, True), said.err
    assert (versions(directory), versions(directory, "pylock.previous.toml")) == ("one", "two")
    assert "another state" not in ann("kernel", "show", "heat").out
    assert "shared another state" in bob("kernel", "show", "heat").out
    assert bob("kernel", "share", "heat", "cooltrees", "--undo", "--yes").code == 0
    assert versions(directory) == "two"
    taken = ann("kernel", "update", "heat", "--from", "cooltrees:heat", "--python", "/usr/bin/python3")
    assert taken.code == 0, taken.err
    assert "sesync-tree 2.0" in ann("kernel", "show", "heat").out
    assert "as its files say" in ann("kernel", "update", "heat").out
    assert not list(folder.glob(".sesync*"))


def test_there_is_no_step_back_from_the_first_state(sesync: Sesync, nfs: Path, site: object):
    said = sesync("kernel", "share", "heat", "cooltrees", "--undo")
    assert (said.code, "Error: cooltrees shares no kernel" in said.err) == (1, True)
    assert sesync("kernel", "create", "heat", "six").code == 0
    assert sesync("kernel", "share", "heat", "cooltrees").code == 0
    said = sesync("kernel", "share", "heat", "cooltrees", "--undo")
    assert (said.code, said.err.splitlines()[0]) == (1, "Error: cooltrees has had no other state of the kernel heat")
    shown = sesync("kernel", "show", "heat", "--json").json["shared"]
    assert [list(one) for one in shown] == [["project", "file", "by", "at", "newer", "command"]]
    assert shown[0]["newer"] is False and shown[0]["project"] == "cooltrees"
    (nfs / "cooltrees-data/.sesync/kernels/heat/pylock.previous.toml").write_text("no lock\n")
    assert sesync("kernel", "create", "other", "--from", "cooltrees").code == 0
    dry = sesync("kernel", "share", "heat", "cooltrees", "--undo", "-n").out
    assert dry.count("mv ") == 3 and sesync("kernel", "create", "third", "--from", "cooltrees:heat").code == 0


def test_two_who_share_at_once_leave_one_whole_state_and_the_other_beside(here: People, wheels: Path):
    directory = here.directory(0o2770)
    people = [as_(here.ann, wheels), as_(here.bob, wheels)]
    for number, who in enumerate(people, 1):
        made(who, f"sesync-tree=={number}.0")
    assert people[0]("kernel", "share", "heat", "cooltrees").code == 0
    for _ in range(3):
        both = [threading.Thread(target=who, args=("kernel", "share", "heat", "cooltrees", "-y")) for who in people]
        for one in both:
            one.start()
        for one in both:
            one.join()
        folder = directory / ".sesync/kernels/heat"
        assert sorted(one.name for one in folder.iterdir()) == ["pylock.previous.toml", "pylock.toml"]
    assert people[0]("kernel", "share", "heat", "cooltrees", "--undo", "-y").code == 0
