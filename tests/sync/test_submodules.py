"""Submodules: brought along when they are only behind, and never moved back unasked."""

import os
import shutil
import subprocess

import pytest

from tests.clone.conftest import add_commit, git, publish
from tests.sync.conftest import WHO, Shared, write

ALLOW = ("-c", "protocol.file.allow=always")


@pytest.fixture
def part(shared, template, tmp_path, sesync) -> Shared:
    """The repository of a submodule `sm`, which both have, at its first commit."""
    bare = publish(tmp_path / "repos/cooltrees/part.git", {"part.txt": "one\n", ".gitignore": "*.log\n"})
    git(*ALLOW, "submodule", "--quiet", "add", f"file://{bare}", "sm", cwd=shared.there)
    shared.colleague("Add a part", {})
    assert sesync("sync", "analysis").code == 0
    git(*ALLOW, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    return Shared(bare, shared.here / "sm", shared.there / "sm")


def bump(shared, part, content: str = "two\n") -> str:
    """The colleague has a new commit of the submodule and has it belong here."""
    add_commit(part.bare, {"part.txt": content})
    git("fetch", "-q", "origin", cwd=part.there)
    git("checkout", "-q", "origin/main", cwd=part.there)
    shared.colleague("Bump", {})
    return git("rev-parse", "HEAD", cwd=part.there).strip()


def at(part) -> str:
    return git("rev-parse", "HEAD", cwd=part.here).strip()


def belongs(shared) -> str:
    return git("rev-parse", "main:sm", cwd=shared.bare).strip()


@pytest.mark.parametrize("words", [("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")])
def test_a_clean_one_is_brought_along(sesync, shared, part, words):
    new = bump(shared, part)
    done = sesync(*words)
    assert (done.code, done.err, at(part)) == (0, "", new), done
    assert (part.here / "part.txt").read_text() == "two\n"
    assert "Changed here" not in done.out
    assert git("status", "--porcelain", cwd=shared.here) == ""


def test_one_that_was_left_behind_by_git_is_no_change_and_is_brought_along(sesync, shared, part):
    new = bump(shared, part)
    git("pull", "-q", "--no-recurse-submodules", shared.bare, "main", cwd=shared.here)
    assert git("status", "--porcelain", cwd=shared.here) == " M sm\n"
    assert sesync("sync", "analysis", "-n").out == f"git -C {shared.here} submodule update --recursive\n"
    done = sesync("sync", "analysis")
    assert (done.code, done.out, at(part)) == (0, "~/analysis and the server have the same (branch main).\n", new)


def test_the_colleague_may_also_go_back(sesync, shared, part):
    old = at(part)
    bump(shared, part)
    assert sesync("sync", "analysis").code == 0
    git("checkout", "-q", old, cwd=part.there)
    shared.colleague("Back", {})
    done = sesync("sync", "analysis")
    assert (done.code, at(part), "Changed here" in done.out) == (0, old, False), done


@pytest.mark.parametrize("word", [".", "sm"])
def test_nothing_moves_it_back_for_others_unasked(sesync, shared, part, word):
    new = bump(shared, part)
    git("pull", "-q", "--no-recurse-submodules", shared.bare, "main", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    old = at(part)
    done = sesync("sync", "-m", "Mine", "heat.py", word, cwd=shared.here, env=os.environ | {"PWD": str(shared.here)})
    if word == ".":
        assert (done.code, at(part)) == (0, new), done
    else:
        assert (done.code, "the submodule sm would lose what others have moved it to" in done.err) == (2, True), done
        assert shared.subjects()[0] == "Bump" and at(part) == old
    assert belongs(shared) == new


def test_what_was_staged_is_asked_about_too_and_may_be_wanted(sesync, shared, part):
    old = at(part)
    bump(shared, part)
    git("pull", "-q", "--no-recurse-submodules", shared.bare, "main", cwd=shared.here)
    git("add", "sm", cwd=shared.here)
    words = ("sync", "-m", "Back")
    assert (
        "sm would lose what others have"
        in sesync(*words, cwd=shared.here, env=os.environ | {"PWD": str(shared.here)}).err
    )
    assert sesync(*words, "-y", cwd=shared.here, env=os.environ | {"PWD": str(shared.here)}).code == 0
    assert belongs(shared) == old


def test_ones_own_move_forward_is_a_change(sesync, shared, part):
    git("switch", "-q", "main", cwd=part.here)
    write(part.here / "part.txt", "mine\n")
    done = sesync("sync", "sm", "-m", "Mine", "part.txt", cwd=shared.here, env=os.environ | {"PWD": str(shared.here)})
    assert (done.code, done.err) == (0, ""), done
    mine = at(part)
    assert "submodule  sm" in sesync("sync", "analysis").out and at(part) == mine
    done = sesync("sync", "-m", "Mine", "sm", cwd=shared.here, env=os.environ | {"PWD": str(shared.here)})
    assert (done.code, belongs(shared)) == (0, mine), done


def test_ones_own_move_and_the_colleagues_are_a_conflict_with_a_way_out(sesync, shared, part, home):
    write(part.here / "mine.txt", "mine\n")
    git("add", "mine.txt", cwd=part.here)
    git(*WHO, "commit", "-qm", "Mine", cwd=part.here)
    new = bump(shared, part)
    done = sesync("sync", "analysis")
    assert (done.code, "sm: changed by you, and meanwhile also by Ann Doe" in done.err) == (1, True), done
    command = done.err.rpartition("Or '")[2].partition("'")[0]
    subprocess.run(["sh", "-c", command], check=True, cwd=home, env=os.environ | {"GIT_ALLOW_PROTOCOL": "file"})
    assert sesync("sync", "analysis").code == 0
    assert at(part) == new


@pytest.mark.parametrize("name", ["part.txt", "results.log"])
def test_what_is_changed_or_ignored_inside_stays(sesync, shared, part, name):
    old = at(part)
    add_commit(part.bare, {"part.txt": "two\n"})
    git("fetch", "-q", cwd=part.there)
    git("checkout", "-q", "origin/main", cwd=part.there)
    write(part.there / "results.log", "theirs\n")
    git("add", "-f", "results.log", cwd=part.there)
    git(*WHO, "commit", "-qm", "Results", cwd=part.there)
    git("push", "-q", "origin", "HEAD:main", cwd=part.there)
    shared.colleague("Bump", {})
    write(part.here / name, "three days of computing\n")
    done = sesync("sync", "analysis")
    assert (done.code, at(part)) == (0, old), done
    assert (part.here / name).read_text() == "three days of computing\n"
    assert ("submodule with changes inside  sm" in done.out) == (name == "part.txt")
    assert ("files of yours would be overwritten: results.log" in done.err) == (name == "results.log")
    assert belongs(shared) != old


def test_a_branch_that_is_checked_out_inside_goes_forward(sesync, shared, part):
    git("switch", "-q", "main", cwd=part.here)
    new = bump(shared, part)
    assert sesync("sync", "analysis").code == 0
    assert (at(part), git("branch", "--show-current", cwd=part.here)) == (new, "main\n")


def test_parts_of_parts_come_along(sesync, shared, part, template, tmp_path):
    inner = publish(tmp_path / "repos/cooltrees/inner.git", {"inner.txt": "one\n"})
    git(*ALLOW, "submodule", "--quiet", "add", f"file://{inner}", "inner", cwd=part.there)
    git(*WHO, "commit", "-qm", "Inner", cwd=part.there)
    git("push", "-q", "origin", "HEAD:main", cwd=part.there)
    shared.colleague("Bump", {})
    assert sesync("sync", "analysis").code == 0
    git(*ALLOW, "submodule", "--quiet", "update", "--init", "--recursive", cwd=shared.here)
    add_commit(inner, {"inner.txt": "two\n"})
    git("pull", "-q", "origin", "main", cwd=part.there / "inner")
    git(*WHO, "commit", "-qam", "Bump the inner one", cwd=part.there)
    git("push", "-q", "origin", "HEAD:main", cwd=part.there)
    shared.colleague("Bump again", {})
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert (part.here / "inner/inner.txt").read_text() == "two\n"


def test_where_its_server_is_gone_the_rest_is_got_and_it_is_named(sesync, shared, part):
    bump(shared, part)
    part.bare.rename(part.bare.with_name("gone.git"))
    shared.colleague("More", {"heat.py": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, (shared.here / "heat.py").read_text()) == (0, "theirs\n"), done
    assert "Warning: the submodule sm is still at an earlier state:" in done.err
    write(shared.here / "trees.csv", "mine\n")
    done = sesync("sync", "analysis", "-m", "x", ".")
    assert (done.code, shared.subjects()[0]) == (1, "More"), done


def test_a_commit_that_was_never_sent_is_told_apart_from_one_that_is_behind(sesync, shared, part):
    git("checkout", "-q", "--detach", cwd=part.there)
    write(part.there / "part.txt", "kept to oneself\n")
    git(*WHO, "commit", "-qam", "Never sent", cwd=part.there)
    shared.colleague("Bump", {})
    done = sesync("sync", "analysis")
    assert (done.code, "does not have the commit of it that belongs here" in done.err) == (0, True), done


def test_a_detached_one_with_branches_of_its_own_is_brought_along(sesync, shared, part):
    for name in ("one", "two"):
        git("branch", name, cwd=part.here)
    new = bump(shared, part)
    done = sesync("sync", "analysis")
    assert (done.code, done.err, at(part)) == (0, "", new), done


def test_one_in_which_something_is_begun_stays(sesync, shared, part):
    old = at(part)
    git("bisect", "start", cwd=part.here)
    bump(shared, part)
    done = sesync("sync", "analysis")
    assert (done.code, at(part), "(bisect) is under way in ~/analysis/sm" in done.err) == (0, old, True), done


def test_in_a_shallow_clone_too_it_is_not_moved_back(sesync, shared, part):
    shutil.rmtree(shared.here)
    git("clone", "-q", "--depth", "1", f"file://{shared.bare}", shared.here)
    git(*ALLOW, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    bump(shared, part)
    new = bump(shared, part, "three\n")
    git("fetch", "-q", "--depth", "1", "--no-recurse-submodules", cwd=shared.here)
    git("reset", "-q", "--hard", "origin/main", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", ".").code == 0
    assert (belongs(shared), at(part)) == (new, new)


def test_where_it_was_never_got_all_else_can_be_committed(sesync, shared, part):
    shutil.rmtree(shared.here)
    git("clone", "-q", f"file://{shared.bare}", shared.here)
    old = belongs(shared)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (done.code, belongs(shared)) == (0, old), done


def test_one_whose_own_repository_is_gone_is_gits_error_and_no_mistake_of_ours(sesync, shared, part):
    shutil.rmtree(shared.here / ".git/modules/sm")
    done = sesync("sync", "analysis")
    assert (done.code, done.out) == (1, "")
    assert "git cannot read" in done.err and "mistake" not in done.err
