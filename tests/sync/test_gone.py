"""Branches that were removed, renamed or replaced at the server: it says so, and makes none of them again unasked."""

import subprocess
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import WHO, Shared, write

GONE = "the branch {} that you are on is no longer at the server: somebody has removed or renamed it"


def on_branch(shared: Shared, sesync, name: str = "feature") -> None:
    """A branch of the person's with a commit, at the server too."""
    git("switch", "--quiet", "-c", name, cwd=shared.here)
    write(shared.here / "feature.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "feature.py", "-y").code == 0
    assert sesync("sync", "analysis").code == 0


def by_hint(done, cwd: Path) -> None:
    """Type the command that a hint begins with."""
    command = done.err.partition("Hint:  ")[2].partition("'")[2].partition("' ")[0]
    subprocess.run(["sh", "-c", command], check=True, cwd=cwd, capture_output=True)


@pytest.mark.parametrize("words", [(), ("-m", "More", "heat.py"), ("--merge",)])
def test_a_branch_that_was_merged_and_removed_leads_to_where_it_is_now(sesync, shared, home, words):
    on_branch(shared, sesync)
    git("fetch", "--quiet", cwd=shared.there)
    git("merge", "--quiet", "--ff-only", "origin/feature", cwd=shared.there)
    git("push", "--quiet", "origin", "HEAD:main", ":feature", cwd=shared.there)
    write(shared.here / "heat.py", "more\n")
    done = sesync("sync", "analysis", *words)
    assert (done.code, done.out) == (1, "")
    assert f"{GONE.format('feature')}. All that you have is in main there" in done.err
    assert git("branch", "--list", "feature", cwd=shared.bare) == ""
    by_hint(done, home)
    assert sesync("sync", "analysis", "-m", "More", "heat.py").code == 0
    assert shared.subjects() == ["More", "Mine", "x"]


def test_a_branch_that_was_removed_is_only_here_and_can_be_sent_again(sesync, shared):
    on_branch(shared, sesync)
    git("push", "--quiet", "origin", ":feature", cwd=shared.there)
    for words in (("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")):
        done = sesync(*words)
        said = f"{GONE.format('feature')}. 1 commit by J. Smith is in none of its branches"
        assert (done.code, said in done.err) == (1, True), done
    assert git("branch", "--list", "feature", cwd=shared.bare) == ""
    assert f"'git -C {shared.here} push -u origin feature' sends it to the server again." in done.err
    assert f"'git -C {shared.here} switch main' goes on with main" in done.err
    git("push", "--quiet", "-u", "origin", "feature", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0


@pytest.mark.parametrize("is_ahead", [False, True])
def test_a_branch_that_was_renamed_is_followed_by_the_printed_command(sesync, shared, home, is_ahead):
    assert sesync("sync", "analysis").code == 0
    git("branch", "-m", "main", "trunk", cwd=shared.bare)
    git("symbolic-ref", "HEAD", "refs/heads/trunk", cwd=shared.bare)
    if is_ahead:
        write(shared.here / "heat.py", "mine\n")
        git(*WHO, "commit", "-qam", "Mine", cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, "in trunk" in done.err) == (1, True), done
    by_hint(done, home)
    assert sesync("sync", "analysis").code == 0
    assert shared.subjects("trunk")[0] == ("Mine" if is_ahead else "x")
    assert git("branch", "--list", "main", cwd=shared.bare) == ""


def test_a_branch_that_was_replaced_by_one_below_its_name(sesync, shared, home):
    on_branch(shared, sesync)
    git("push", "--quiet", "origin", ":feature", cwd=shared.there)
    git("push", "--quiet", "origin", "HEAD:refs/heads/feature/x", cwd=shared.there)
    done = sesync("sync", "analysis")
    assert (done.code, "since feature/x leaves no room for this one" in done.err) == (1, True), done
    assert "branch -m NAME" in done.err
    git("switch", "--quiet", "main", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    assert "origin/feature/x" in git("branch", "-r", cwd=shared.here)


def test_one_that_replaces_those_below_its_name_comes_too(sesync, shared):
    git("push", "--quiet", "origin", "HEAD:refs/heads/old/a", cwd=shared.there)
    assert sesync("sync", "analysis").code == 0
    git("push", "--quiet", "origin", ":old/a", cwd=shared.there)
    git("push", "--quiet", "origin", "HEAD:refs/heads/old", cwd=shared.there)
    assert sesync("sync", "analysis").code == 0
    assert git("for-each-ref", "--format=%(refname)", "refs/remotes/origin/old", cwd=shared.here) == (
        "refs/remotes/origin/old\n"
    )


def test_what_is_the_persons_own_is_not_forgotten_with_a_branch(sesync, shared):
    """Where git is told to keep the server's branches or tags under names of the person's own."""
    git("config", "--add", "remote.origin.fetch", "+refs/tags/*:refs/tags/*", cwd=shared.here)
    git("tag", "mine", cwd=shared.here)
    git("config", "fetch.prune", "true", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    assert git("tag", cwd=shared.here) == "mine\n"


def test_a_new_branch_beside_is_still_asked_about(sesync, shared):
    git("switch", "--quiet", "-c", "fresh", cwd=shared.here)
    write(shared.here / "fresh.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "fresh.py")
    assert (done.code, "The server has no branch fresh yet. Send yours as a new one?" in done.err) == (2, True)


def test_a_branch_here_that_is_called_as_the_servers_is_no_matter(sesync, shared):
    git("branch", "origin/main", cwd=shared.here)
    git("branch", "remotes/origin/main", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    git(*WHO, "commit", "-qam", "Mine", cwd=shared.here)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    assert sesync("sync", "analysis", "--merge").code == 0
    assert sesync("sync", "analysis", "--merge").out == "~/analysis and the server have the same (branch main).\n"
    assert len(shared.subjects()) == 4


def test_what_only_the_server_had_is_kept_though_its_branch_goes(sesync, shared):
    """A colleague's branch that nobody has here, removed by mistake."""
    shared.colleague("Experiment", {"exp.py": "exp\n"}, "main")
    git("push", "--quiet", "origin", "HEAD:refs/heads/exp", "+HEAD~1:refs/heads/main", cwd=shared.there)
    commit = git("rev-parse", "HEAD", cwd=shared.there).strip()
    assert sesync("sync", "analysis").code == 0
    git("push", "--quiet", "origin", ":exp", cwd=shared.there)
    assert sesync("sync", "analysis").code == 0
    assert git("branch", "-r", "--list", "origin/exp", cwd=shared.here) == ""
    assert commit in git("for-each-ref", "refs/sesync", cwd=shared.here)


def test_another_servers_branches_below_the_same_name_stay(sesync, shared, tmp_path):
    git("clone", "--quiet", "--bare", shared.bare, fork := tmp_path / "fork.git")
    git("config", "remote.origin/fork.url", fork, cwd=shared.here)
    git("config", "remote.origin/fork.fetch", "+refs/heads/*:refs/remotes/origin/fork/*", cwd=shared.here)
    git("fetch", "--quiet", "origin/fork", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    assert "origin/fork/main" in git("branch", "-r", cwd=shared.here)


@pytest.mark.parametrize("merge", ["refs/merge-requests/5/head", "refs/heads/fresh"])
def test_what_was_never_a_branch_of_the_server_was_not_removed(sesync, shared, merge):
    assert sesync("sync", "analysis").code == 0
    git("switch", "--quiet", "-c", "fresh", cwd=shared.here)
    git("config", "branch.fresh.remote", "origin", cwd=shared.here)
    git("config", "branch.fresh.merge", merge, cwd=shared.here)
    done = sesync("sync", "analysis")
    assert done.code in (0, 2) and "removed or renamed" not in done.err, done


def test_others_whose_work_is_on_it_are_named(sesync, shared):
    shared.colleague("Theirs", {"dev.py": "theirs\n"}, "main")
    git("push", "--quiet", "origin", "HEAD:refs/heads/dev", "+HEAD~1:refs/heads/main", cwd=shared.there)
    git("fetch", "--quiet", cwd=shared.here)
    git("switch", "--quiet", "dev", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    git("push", "--quiet", "origin", ":dev", cwd=shared.there)
    done = sesync("sync", "analysis")
    assert (done.code, "1 commit by Ann Doe is in none of its branches" in done.err) == (1, True), done


def test_a_clone_of_one_branch_says_so_too(sesync, shared, home):
    on_branch(shared, sesync)
    git("clone", "--quiet", "--depth", "1", "--branch", "feature", f"file://{shared.bare}", home / "one")
    git("push", "--quiet", "origin", ":feature", cwd=shared.there)
    done = sesync("sync", "one")
    assert (done.code, "1 commit by J. Smith that was at the server once" in done.err) == (1, True), done
    assert git("branch", "--list", "feature", cwd=shared.bare) == ""
