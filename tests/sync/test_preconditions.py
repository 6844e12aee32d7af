"""What has to be over first, and the odd states that a working copy can be in."""

import os
import shutil
import subprocess

import pytest

from tests.clone.conftest import git, publish
from tests.conftest import needed_root, wait_for
from tests.sync.conftest import WHO, cloned, write


def commit_here(shared, subject: str, name: str, content: str) -> None:
    write(shared.here / name, content)
    git("add", "--all", cwd=shared.here)
    git(*WHO, "commit", "-qm", subject, cwd=shared.here)


def refused(done, said: str, hint: str):
    assert (done.code, done.out) == (1, ""), done
    error, _, advice = done.err.partition("\nHint:  ")
    assert said in error, done.err
    assert hint in advice, done.err


def conflict(shared, *words: str) -> None:
    git("switch", "-qc", "other", cwd=shared.here)
    commit_here(shared, "Other", "heat.py", "other\n")
    git("switch", "-q", "main", cwd=shared.here)
    commit_here(shared, "Main", "heat.py", "main\n")
    subprocess.run(["git", *WHO, *words], cwd=shared.here, capture_output=True)


@pytest.mark.parametrize(
    "begin,word,finish",
    [
        (("merge", "other"), "merge", "commit'"),
        (("rebase", "other"), "rebase", "rebase --continue'"),
        (("cherry-pick", "other"), "cherry-pick", "cherry-pick --continue'"),
        (("revert", "HEAD~1"), "revert", "revert --continue'"),
    ],
)
def test_something_begun_has_to_be_finished_first(sesync, shared, begin, word, finish):
    conflict(shared, *begin)
    before = git("status", "--porcelain", cwd=shared.here)
    done = sesync("sync", "analysis", "-m", "x", "heat.py")
    refused(done, f"a {word} was begun in ~/analysis and is not finished", f"git -C {shared.here} {finish}")
    assert f"git -C {shared.here} {word} --abort'" in done.err
    assert git("status", "--porcelain", cwd=shared.here) == before


def test_files_with_two_versions_in_them_are_named(sesync, shared):
    conflict(shared, "checkout", "-q", "main")
    write(shared.here / "heat.py", "stashed\n")
    git("stash", cwd=shared.here)
    commit_here(shared, "Again", "heat.py", "again\n")
    subprocess.run(["git", "stash", "pop"], cwd=shared.here, capture_output=True)
    refused(sesync("sync", "analysis"), "have two versions in them: heat.py", "Between <<<<<<< and ======= is yours")


def test_an_earlier_state_says_how_to_come_back(sesync, shared):
    shared.colleague("More", {"heat.py": "more\n"})
    sesync("sync", "analysis")
    git("checkout", "-q", "HEAD~1", cwd=shared.here)
    done = sesync("sync", "analysis")
    refused(done, "shows an earlier state and is on no branch", f"git -C {shared.here} switch main'")


def test_commits_on_no_branch_are_to_be_kept(sesync, shared):
    git("checkout", "-q", "--detach", cwd=shared.here)
    commit_here(shared, "Lost?", "heat.py", "mine\n")
    refused(sesync("sync", "analysis"), "that no branch holds", f"git -C {shared.here} switch -c NAME'")


def test_a_new_branch_is_sent_only_when_agreed_to(sesync, terminal, shared):
    git("switch", "-qc", "heat", cwd=shared.here)
    commit_here(shared, "Mine", "heat.py", "mine\n")
    done = sesync("sync", "analysis")
    assert (done.code, "The server has no branch heat yet. Send yours as a new one?" in done.err) == (2, True)
    assert sesync("sync", "analysis", "-n").out == f"git -C {shared.here} push --set-upstream origin heat\n"
    assert git("branch", "--list", "heat", cwd=shared.bare) == ""
    person = terminal("sync", "analysis")
    person.wait_for("Send yours as a new one? [y/N]")
    person.type("y\r")
    assert person.ended() == 0
    assert shared.subjects("heat") == ["Mine", "x"]
    shared.colleague("Theirs", {"trees.csv": "theirs\n"}, branch="heat")
    assert "Ann Doe  Theirs" in sesync("sync", "analysis").out


def test_an_empty_server_gets_the_first_commit(sesync, shared, template):
    empty = publish(shared.bare.with_name("empty.git"), {})
    shutil.rmtree(shared.here)
    young = cloned(empty, template.format(repo="cooltrees/empty"), shared.here.parent)
    assert sesync("sync", "analysis").out == (
        "~/analysis and the server are empty: nobody has committed anything yet.\n"
    )
    write(young.here / "heat.py", "first\n")
    assert "Changed here, and not committed:\n  new  heat.py" in sesync("sync", "analysis").out
    done = sesync("sync", "analysis", "-m", "First", "heat.py")
    assert (done.code, done.err) == (0, "")
    assert git("log", "--format=%s", "--all", cwd=empty) == "First\n"


@pytest.mark.parametrize("branch", ["main", "master", "trunk"])
def test_a_young_clone_gets_the_first_commit_whatever_its_branch_is_called(sesync, shared, template, branch):
    empty = publish(shared.bare.with_name("empty.git"), {})
    shutil.rmtree(shared.here)
    young = cloned(empty, template.format(repo="cooltrees/empty"), shared.here.parent)
    git("switch", "-q", "--orphan", branch, cwd=young.there)
    write(young.there / "heat.py", "theirs\n")
    write(young.here / "mine.py", "mine\n")
    git("add", "--all", cwd=young.there)
    git(*WHO, "commit", "-qm", "First", cwd=young.there)
    git("push", "-q", "origin", branch, cwd=young.there)
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert (young.here / "heat.py").read_text() == "theirs\n"
    assert git("branch", "--show-current", cwd=young.here) == f"{branch}\n"
    assert (young.here / "mine.py").exists()


def test_a_shallow_clone_of_one_branch_exchanges_all_the_same(sesync, shared, home):
    for number in range(3):
        shared.colleague(f"No {number}", {"heat.py": f"{number}\n"})
    shutil.rmtree(shared.here)
    git("clone", "-q", "--depth", "1", f"file://{shared.bare}", shared.here)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 0
    assert shared.subjects()[:2] == ["Mine", "Theirs"]
    git("switch", "-qc", "side", cwd=shared.here)
    commit_here(shared, "Side", "heat.py", "side\n")
    assert sesync("sync", "analysis", "-y").code == 0
    shared.colleague("Side too", {"trees.csv": "side\n"}, branch="side")
    assert "Ann Doe  Side too" in sesync("sync", "analysis").out


def test_no_server_and_several_servers(sesync, shared):
    git("remote", "rename", "origin", "one", cwd=shared.here)
    git("switch", "-qc", "free", cwd=shared.here)
    assert sesync("sync", "analysis", "-n").code == 0
    git("remote", "add", "two", shared.bare, cwd=shared.here)
    refused(sesync("sync", "analysis"), "knows several servers (one, two)", "push -u SERVER free'")
    for name in ("one", "two"):
        git("remote", "remove", name, cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, "knows no server" in done.err, "https://gitlab.example.org/projects/new" in done.err) == (
        3,
        1,
        1,
    )


def test_the_lock_of_a_git_that_is_gone_is_removed_when_agreed_to(sesync, shared):
    lock = shared.here / ".git/index.lock"
    lock.touch()
    done = sesync("sync", "analysis")
    assert (done.code, "has left a lock in ~/analysis (index.lock)" in done.err, lock.exists()) == (2, True, True)
    assert sesync("sync", "analysis", "-n").out == f"rm {lock}\n"
    assert sesync("sync", "analysis", "-y").out == (
        "Removed what a killed git had left in ~/analysis. Now run it again.\n"
    )
    assert not lock.exists()
    assert sesync("sync", "analysis").code == 0


def test_the_lock_of_a_git_at_work_stays(sesync, background, shared, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsleep 1000\n")
    editor.chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    env = os.environ | {"GIT_EDITOR": str(editor)}
    other = background("commit", "-a", program=("git",), cwd=shared.here, env=env, start_new_session=True)
    lock = shared.here / ".git/index.lock"
    wait_for(lock.exists)
    refused(sesync("sync", "analysis"), f"(process {other.pid}: git commit -a)", "close the editor")
    assert lock.exists()
    os.killpg(other.pid, 9)


def test_a_submodule_that_moved_is_told_apart_from_changes_inside(sesync, shared, template, tmp_path):
    bare = publish(tmp_path / "repos/cooltrees/part.git", {"part.txt": "one\n"})
    there = shared.there
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", bare, "part", cwd=there)
    shared.colleague("Add a part", {})
    assert "Add a part" in sesync("sync", "analysis").out
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", cwd=shared.here)
    write(shared.here / "part/part.txt", "mine\n")
    assert "submodule with changes inside  part" in sesync("sync", "analysis").out
    done = sesync("sync", "-m", "x", "part", cwd=shared.here)
    refused(done, "part is a repository of its own (a submodule)", "'cd part'")
    git(*WHO, "commit", "-qam", "Inside", cwd=shared.here / "part")
    assert "  submodule  part" in sesync("sync", "analysis").out
    done = sesync("sync", "-m", "Move the part", "part", cwd=shared.here)
    refused(done, "a submodule has commits that its own server does not have yet", "sesync sync FOLDER")


def test_a_repository_inside_of_one_is_not_swallowed(sesync, shared):
    git("init", "-q", shared.here / "inner")
    write(shared.here / "inner/a.txt", "a")
    refused(sesync("sync", "-m", "x", "inner", cwd=shared.here), "inner is a repository of its own", "Move it out")


def test_a_folder_of_somebody_else_is_explained(sesync, shared):
    needed_root()
    for path in (shared.here, shared.here / ".git"):
        os.chown(path, 12345, 12345)
    done = sesync("sync", "analysis")
    refused(done, "belongs to somebody else (user 12345)", "git config --global --add safe.directory")


def test_a_worktree_is_a_working_copy(sesync, shared, home):
    git("worktree", "add", "-q", "-b", "side", home / "side", "origin/main", cwd=shared.here)
    write(home / "side/heat.py", "side\n")
    done = sesync("sync", "side", "-m", "Side", "heat.py", "-y")
    assert (done.code, done.err) == (0, "")
    assert shared.subjects("side" if "side" in git("branch", cwd=shared.bare) else "main")[0] == "Side"
