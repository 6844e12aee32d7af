"""Odd things that are where something new has to come: each stays, and is named."""

import os
import subprocess

import pytest

from tests.clone.conftest import add_commit, git, publish
from tests.sync.conftest import WHO, write

ALLOW = ("-c", "protocol.file.allow=always")


def folder_becomes_file(shared, name: str) -> None:
    """The colleague has a file where there was a folder."""
    git("pull", "-q", "origin", "main", cwd=shared.there)
    git("rm", "-rq", "--cached", name, cwd=shared.there)
    subprocess.run(["rm", "-rf", shared.there / name], check=True)
    shared.colleague("A file", {name: "theirs\n"})


def stays(done, name: str, by: str = "Ann Doe") -> None:
    assert (done.code, done.out) == (1, ""), done
    assert f"Error: {name}: changed by you, and meanwhile also by {by}" in done.err


def by_hint(done, home) -> None:
    """Do what the hint says keeps one's own beside."""
    command = done.err.partition("' keeps yours beside")[0].rpartition("'mv ")[2]
    subprocess.run(["sh", "-c", f"mv {command}"], check=True, cwd=home)


@pytest.mark.parametrize("inside", ["", "deep"])
def test_a_folder_with_a_repository_is_not_replaced_by_a_file(sesync, shared, home, inside):
    shared.colleague("A folder", {"data/x.txt": "x\n"})
    assert sesync("sync", "analysis").code == 0
    inner = shared.here / "data" / inside / "own"
    git("init", "-q", inner)
    write(inner / "results.txt", "mine\n")
    folder_becomes_file(shared, "data")
    done = sesync("sync", "analysis")
    stays(done, "data")
    assert (inner / "results.txt").read_text() == "mine\n"
    by_hint(done, home)
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "data").read_text() == "theirs\n"
    assert (shared.here / "data-mine" / inside / "own/results.txt").read_text() == "mine\n"


def test_a_submodule_is_not_replaced_by_a_file(sesync, shared, home, template, tmp_path):
    bare = publish(tmp_path / "repos/cooltrees/part.git", {"part.txt": "one\n"})
    git(*ALLOW, "submodule", "--quiet", "add", f"file://{bare}", "sm", cwd=shared.there)
    shared.colleague("Add a part", {})
    assert sesync("sync", "analysis").code == 0
    git(*ALLOW, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    write(shared.here / "sm/own.txt", "mine\n")
    folder_becomes_file(shared, "sm")
    done = sesync("sync", "analysis")
    assert done.code == 1 and (shared.here / "sm/own.txt").read_text() == "mine\n", done
    by_hint(done, home)
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "sm").read_text() == "theirs\n"
    assert (shared.here / "sm-mine/own.txt").read_text() == "mine\n"


@pytest.mark.parametrize("rules", ["", "out\n"])
@pytest.mark.parametrize("link", [False, True])
def test_a_file_or_a_link_in_a_folders_place_is_named(sesync, shared, home, tmp_path, rules, link):
    write(shared.here / ".git/info/exclude", rules)
    (tmp_path / "shared").mkdir()
    write(tmp_path / "shared/a.txt", "everybody's\n")
    (shared.here / "out").symlink_to(tmp_path / "shared") if link else write(shared.here / "out", "mine\n")
    shared.colleague("A folder", {"out/a.txt": "theirs\n", "out/b.txt": "theirs\n"})
    done = sesync("sync", "analysis")
    stays(done, "out")
    assert (shared.here / "out").is_symlink() if link else (shared.here / "out").read_text() == "mine\n"
    by_hint(done, home)
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "out/a.txt").read_text() == "theirs\n"
    assert (tmp_path / "shared/a.txt").read_text() == "everybody's\n"
    assert os.path.lexists(shared.here / "out-mine")


def test_a_link_of_the_repository_that_becomes_a_folder_is_no_obstacle(sesync, shared, tmp_path):
    (tmp_path / "shared").mkdir()
    write(tmp_path / "shared/a.txt", "everybody's\n")
    (shared.there / "data").symlink_to(tmp_path / "shared")
    shared.colleague("A link", {})
    assert sesync("sync", "analysis").code == 0
    (shared.there / "data").unlink()
    shared.colleague("A folder", {"data/a.txt": "theirs\n"})
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "data/a.txt").read_text() == "theirs\n"
    assert (tmp_path / "shared/a.txt").read_text() == "everybody's\n"


def test_a_file_in_the_place_of_a_folder_that_git_does_not_look_at_stays(sesync, shared, home):
    git("update-index", "--assume-unchanged", "notes/one.md", cwd=shared.here)
    (shared.here / "notes/one.md").unlink()
    (shared.here / "notes").rmdir()
    write(shared.here / "notes", "mine\n")
    shared.colleague("Theirs", {"notes/one.md": "theirs\n"})
    done = sesync("sync", "analysis")
    assert done.code == 1 and (shared.here / "notes").read_text() == "mine\n", done
    by_hint(done, home)
    assert (shared.here / "notes-mine").read_text() == "mine\n"
    assert sesync("sync", "analysis").code == 0


@pytest.mark.parametrize("word", ["data", "."])
def test_a_repository_deep_in_a_folder_is_left_out(sesync, shared, word):
    write(shared.here / "data/x.txt", "x\n")
    git("init", "-q", shared.here / "data/deep/own")
    write(shared.here / "data/deep/own/a.txt", "a\n")
    git("add", "a.txt", cwd=shared.here / "data/deep/own")
    git(*WHO, "commit", "-qm", "Own", cwd=shared.here / "data/deep/own")
    done = sesync("sync", "analysis", "-m", "Data", word)
    assert done.err == (
        "Warning: data/deep/own is a repository of its own: what is in it stays as it is, and is committed there\n"
    )
    assert done.out.startswith("Committed data/x.txt: Data\nSent 1 commit"), done
    assert git("ls-tree", "-r", "--name-only", "main", "data", cwd=shared.bare) == "data/x.txt\n"
    refused = sesync("sync", "analysis", "-m", "Data", "data/deep/own")
    assert (refused.code, "data/deep/own is a repository of its own, or in one" in refused.err) == (1, True)


def test_what_a_renaming_brings_under_another_name_overwrites_nothing_hidden(sesync, shared):
    """A filter hides a line of a file that was renamed here, and that the colleague has changed under its old name."""
    lines = [f"{number}\n" for number in range(20)]
    shared.colleague("Rules", {".gitattributes": "*.nb filter=strip\n", "old.nb": "".join(lines)})
    assert sesync("sync", "analysis").code == 0
    git("config", "filter.strip.clean", "grep -v OUTPUT; true", cwd=shared.here)
    git("mv", "old.nb", "new.nb", cwd=shared.here)
    git(*WHO, "commit", "-qm", "Rename", cwd=shared.here)
    write(shared.here / "new.nb", "".join([*lines, "OUTPUT precious\n"]))
    git("add", "new.nb", cwd=shared.here)
    shared.colleague("Theirs", {"old.nb": "".join(["theirs\n", *lines[1:]])})
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, "would overwrite what you have in new.nb" in done.err) == (1, True), done
    assert "OUTPUT precious" in (shared.here / "new.nb").read_text()


@pytest.mark.parametrize("gone", ["removed", "removed and staged"])
def test_a_removed_file_is_not_taken_for_a_clone_of_its_name_in_home(sesync, shared, template, home, gone):
    bare = publish(shared.bare.with_name("other.git"), {"a.txt": "a\n"})
    git("clone", "-q", bare, home / "other")
    write(home / "other/a.txt", "staged\n")
    git("add", "a.txt", cwd=home / "other")
    shared.colleague("Other", {"other": "x\n"})
    assert sesync("sync", "analysis").code == 0
    git("rm", "-q", "other", cwd=shared.here) if "staged" in gone else (shared.here / "other").unlink()
    env = os.environ | {"PWD": str(shared.here)}
    assert sesync("sync", "-m", "Remove other", "other", cwd=shared.here, env=env).code == 0
    assert shared.subjects()[0] == "Remove other"
    assert git("log", "--format=%s", "main", cwd=bare) == "x\n"


def test_at_the_top_a_dot_means_all_files(sesync, shared):
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / "new.txt", "new\n")
    env = os.environ | {"PWD": str(shared.here)}
    done = sesync("sync", "-m", "All", ".", cwd=shared.here, env=env)
    assert (done.code, done.err) == (0, ""), done
    assert shared.subjects() == ["All", "x"] and shared.at_server("new.txt") == "new\n"


def test_a_submodule_that_settings_hide_is_brought_along_all_the_same(sesync, shared, template, tmp_path):
    bare = publish(tmp_path / "repos/cooltrees/part.git", {"part.txt": "one\n"})
    git(*ALLOW, "submodule", "--quiet", "add", f"file://{bare}", "sm", cwd=shared.there)
    git("config", "-f", ".gitmodules", "submodule.sm.ignore", "all", cwd=shared.there)
    shared.colleague("Add a part", {})
    assert sesync("sync", "analysis").code == 0
    git(*ALLOW, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    add_commit(bare, {"part.txt": "two\n"})
    git("pull", "-q", "origin", "main", cwd=shared.there / "sm")
    git("add", "-f", "sm", cwd=shared.there)
    shared.colleague("Bump", {})
    new = git("rev-parse", "HEAD", cwd=shared.there / "sm")
    assert sesync("sync", "analysis").code == 0
    assert git("rev-parse", "HEAD", cwd=shared.here / "sm") == new
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", ".").code == 0
    assert git("rev-parse", "main:sm", cwd=shared.bare) == new


def test_what_has_become_a_folder_or_a_file_is_committed(sesync, shared):
    (shared.here / "heat.py").unlink()
    write(shared.here / "heat.py/deep.txt", "deep\n")
    (shared.here / "notes/one.md").unlink()
    (shared.here / "notes").rmdir()
    write(shared.here / "notes", "a file\n")
    done = sesync("sync", "analysis", "-m", "Turned", ".")
    assert (done.code, done.err) == (0, ""), done
    assert git("ls-tree", "-r", "--name-only", "main", cwd=shared.bare).split() == [
        "heat.py/deep.txt",
        "notes",
        "trees.csv",
    ]
    assert git("status", "--porcelain", cwd=shared.here) == ""


def test_odd_names_are_committed_as_they_are(sesync, shared):
    names = [
        b"a\nb",
        b":colon",
        b"*star",
        b"q'uo\"te",
        b"-dash",
        b"\xff\xfe",
        b"[x]",
        b" lead",
        b"!bang",
        b"back\\slash",
    ]
    for name in names:
        (shared.here / os.fsdecode(name)).write_text("x")
    done = sesync("sync", "analysis", "-m", "Odd", ".")
    assert (done.code, done.err) == (0, ""), done
    said = subprocess.run(["git", "ls-tree", "-z", "--name-only", "main"], cwd=shared.bare, capture_output=True).stdout
    assert set(names) < set(said.split(b"\0"))


@pytest.mark.parametrize("ignored", ["", "heat.py\n"])
@pytest.mark.parametrize("name", ["heat.py", "."])
def test_a_file_that_git_was_told_to_forget_is_not_taken_in_again(sesync, shared, ignored, name):
    write(shared.here / ".git/info/exclude", ignored)
    git("rm", "-q", "--cached", "heat.py", cwd=shared.here)
    before = git("status", "--porcelain", cwd=shared.here)
    done = sesync("sync", "analysis", "-m", "Forget", name)
    assert (done.code, "git was told to forget heat.py" in done.err) == (1, True), done
    assert git("status", "--porcelain", cwd=shared.here) == before
    assert sesync("sync", "analysis", "-m", "Forget").code == 0
    assert git("ls-tree", "--name-only", "main", cwd=shared.bare).split() == ["notes", "trees.csv"]
    assert (shared.here / "heat.py").exists()
