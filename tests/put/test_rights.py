"""sesync put between real accounts: who can read and write what was put, and who cannot."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import needed
from tests.services.accounts import Account, People

UMASKS = pytest.mark.parametrize("umask", [0o022, 0o077], ids=["022", "077"])


def write(who: Account, name: str, mode: int, text: str = "species,height\noak,12\n") -> Path:
    path = who.home / name
    who.run("mkdir", "-p", path.parent)
    assert who.run("sh", "-c", 'printf %s "$1" > "$2"', "sh", text, path).code == 0
    assert who.run("chmod", f"{mode:o}", path).code == 0
    return path


def reads(who: Account, path: Path) -> bool:
    return who.run("cat", path).code == 0


def appends(who: Account, path: Path) -> bool:
    return who.run("sh", "-c", 'echo more >> "$1"', "sh", path).code == 0


@UMASKS
@pytest.mark.parametrize("mode", [0o770, 0o2770], ids=["plain", "setgid"])
def test_the_group_of_the_directory_and_nobody_else_gets_what_is_put(here: People, mode: int, umask: int):
    data = here.directory(mode)
    write(here.ann, "raw/plots/trees.csv", 0o600)
    done = here.ann.sesync("put", "raw", "cooltrees:2021/field", umask=umask)
    assert (done.code, done.err) == (0, "")
    path = data / "2021/field/raw/plots/trees.csv"
    for one in (path, *list(path.parents)[:4]):
        assert one.stat().st_gid == here.project
        assert one.is_file() or one.stat().st_mode & 0o2070 == 0o2070
    assert (reads(here.bob, path), appends(here.bob, path)) == (True, True)
    assert (reads(here.carl, path), appends(here.carl, path)) == (False, False)
    assert here.bob.sesync("put", write(here.bob, "more.csv", 0o600), "cooltrees:2021/field/raw", umask=umask).code == 0
    assert reads(here.ann, data / "2021/field/raw/more.csv")


@UMASKS
def test_who_is_not_in_the_group_opens_nothing_to_their_own(here: People, umask: int):
    data = here.directory(0o777)
    write(here.carl, "raw/plots/notes.csv", 0o600)
    done = here.carl.sesync("put", "raw", "cooltrees:x", umask=umask)
    path = data / "x/raw/plots/notes.csv"
    assert done.code == 0
    assert "Warning: your group may not be able to read what you put: you are not in the group" in done.err
    assert (path.stat().st_mode & 0o777, reads(here.ann, path), appends(here.ann, path)) == (0o600, False, False)
    assert (data / "x").stat().st_mode & 0o777 == 0o777  # as the directory: all people may write there
    for name, mode in (("a.csv", 0o640), ("b.sh", 0o700)):
        done = here.carl.sesync("put", write(here.carl, name, mode), f"cooltrees:{name}", "--json", umask=umask)
        assert (done.code, (data / name / name).stat().st_mode & 0o777) == (0, mode)
        assert len(done.json["warnings"]) == 1


@UMASKS
@pytest.mark.parametrize("mode", [0o444, 0o400, 0o555])
def test_what_is_protected_from_writing_stays_so(here: People, mode: int, umask: int):
    data = here.directory(0o2770)
    write(here.ann, "raw/trees.csv", mode)
    here.ann.run("chmod", "555", here.ann.home / "raw")
    assert here.ann.sesync("put", "raw", "cooltrees", umask=umask).code == 0
    path = data / "raw/trees.csv"
    assert path.stat().st_mode & 0o222 == 0
    assert (reads(here.bob, path), appends(here.bob, path)) == (True, False)
    assert here.bob.run("touch", data / "raw/new").code != 0


@UMASKS
def test_checksums_are_for_the_group(here: People, umask: int):
    data = here.directory(0o770)
    done = here.ann.sesync("put", write(here.ann, "a.csv", 0o600), "cooltrees", "--manifest", umask=umask)
    assert (done.code, reads(here.bob, data / "SHA256SUMS"), reads(here.carl, data / "SHA256SUMS")) == (0, True, False)
    assert here.bob.sesync("put", "--check", "cooltrees", umask=umask).code == 0
    more = here.bob.sesync("put", write(here.bob, "b.csv", 0o600), "cooltrees", "--manifest", umask=umask)
    assert (more.code, here.ann.sesync("put", "--check", "cooltrees").code) == (0, 0)


@UMASKS
def test_secrets_are_not_opened_to_the_group(here: People, umask: int):
    data = here.directory(0o2770)
    write(here.ann, "raw/.ssh/id_ed25519", 0o600, "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5v\n")
    write(here.ann, "raw/.my.cnf", 0o600, "[client]\npassword='Zq8kW2vN5xT7bR4m'\n")
    write(here.ann, "raw/.netrc", 0o600, "machine x.example.org login jo password Zq8kW2vN5xT7bR4m\n")
    write(here.ann, "raw/trees.csv", 0o600)
    done = here.ann.sesync("put", "raw", "cooltrees", umask=umask)
    assert done.code == 0
    for name in (".ssh/id_ed25519", ".my.cnf", ".netrc"):
        assert f"{here.ann.home}/raw/{name}" in done.err
    assert [path for path in data.rglob("*") if path.is_file()] == [data / "raw/trees.csv"]
    assert reads(here.bob, data / "raw/trees.csv")


@UMASKS
def test_a_list_of_rights_that_the_folder_hands_down_is_followed(here: People, umask: int):
    data = here.directory(0o770)
    os.chown(data, -1, 0)
    for more in ([], ["-d"]):
        subprocess.run([needed("setfacl"), *more, "-m", f"g:{here.project}:rwx", data], check=True)
    write(here.ann, "raw/plots/trees.csv", 0o600)
    done = here.ann.sesync("put", "raw", "cooltrees:x", umask=umask)
    path = data / "x/raw/plots/trees.csv"
    assert (done.code, done.err) == (0, "")
    assert (reads(here.bob, path), appends(here.bob, path)) == (True, True)
    assert (reads(here.carl, path), here.bob.run("touch", path.with_name("new.csv")).code) == (False, 0)


@UMASKS
def test_a_list_of_rights_that_is_not_handed_down_opens_nothing(here: People, umask: int):
    data = here.directory(0o710)
    os.chown(data, here.ann.number, here.ann.groups[0])
    subprocess.run([needed("setfacl"), "-m", f"g:{here.project}:rwx", data], check=True)
    write(here.ann, "raw/trees.csv", 0o600)
    assert here.ann.sesync("put", "raw", "cooltrees", umask=umask).code == 0
    path = data / "raw/trees.csv"
    assert (reads(here.carl, path), appends(here.carl, path), path.stat().st_mode & 0o060) == (False, False, 0)


@UMASKS
def test_what_one_group_had_is_not_given_to_another(here: People, umask: int):
    data = here.directory(0o777)
    os.chown(data, -1, 0)
    path = write(here.ann, "raw/plots/trees.csv", 0o660)
    for one in (path, path.parent, path.parent.parent):
        here.ann.run("chmod", "g+rwx,o=", one)
        here.ann.run("chgrp", str(here.project), one)
    assert here.ann.sesync("put", "raw", "cooltrees", umask=umask).code == 0
    there = data / "raw/plots/trees.csv"
    assert (there.stat().st_mode & 0o070, there.parent.stat().st_mode & 0o070) == (0, 0)
    assert (reads(here.carl, there), appends(here.carl, there)) == (False, False)


def test_the_group_that_may_only_read_does_only_read(here: People):
    data = here.directory(0o2750)
    os.chown(data, here.ann.number, -1)
    data.chmod(0o2750)
    assert here.ann.sesync("put", write(here.ann, "trees.csv", 0o660), "cooltrees").code == 0
    path = data / "trees.csv"
    assert (reads(here.bob, path), appends(here.bob, path), path.stat().st_mode & 0o777) == (True, False, 0o640)


def test_what_somebody_else_may_write_is_not_moved(here: People):
    data = here.directory(0o2770)
    path = write(here.bob, "log.csv", 0o664)
    (here.ann.home / "shared").mkdir()
    os.chown(here.ann.home / "shared", here.ann.number, here.ann.groups[0])
    mine = here.ann.home / "shared/log.csv"
    path.rename(mine)
    done = here.ann.sesync("put", "shared", "cooltrees", "--move")
    assert done.code == 1
    assert f"{mine} belongs to somebody else, whose programs one cannot see\n" in done.err
    assert "Leave out '--move' to copy it." in done.err
    assert (mine.exists(), (data / "shared/log.csv").exists()) == (True, True)
