"""Which branch is got and sent: the one that is meant, and never one of another name unasked."""

import pytest

from tests.clone.conftest import git, publish
from tests.sync.conftest import WHO, write

SENT_AS_NEW = "Your branch fix follows the server's main. Send it as a new branch fix, and follow that one from now on?"


def commit_here(shared, subject: str, name: str = "heat.py", content: str = "mine\n") -> None:
    write(shared.here / name, content)
    git("add", "--", name, cwd=shared.here)
    git(*WHO, "commit", "-qm", subject, "--", name, cwd=shared.here)


def branches(shared) -> list[str]:
    return git("for-each-ref", "--format=%(refname:short)", "refs/heads", cwd=shared.bare).split()


def setting(shared, name: str) -> str:
    return git("config", "--get", name, cwd=shared.here).strip()


@pytest.fixture
def fix(shared):
    """A branch `fix` that was begun from the server's main, with a commit."""
    git("switch", "-qc", "fix", "origin/main", cwd=shared.here)
    commit_here(shared, "Mine")
    return shared


def test_a_branch_that_follows_one_of_another_name_is_never_sent_there_unasked(sesync, fix):
    done = sesync("sync", "analysis")
    assert (done.code, SENT_AS_NEW in done.err) == (2, True), done
    assert fix.subjects() == ["x"] and branches(fix) == ["main"]


def test_agreed_to_it_becomes_a_branch_of_its_own_at_the_server_too(sesync, fix):
    assert sesync("sync", "analysis", "-n").out == f"git -C {fix.here} push --set-upstream origin fix\n"
    done = sesync("sync", "analysis", "-y")
    assert (done.code, done.out) == (0, "Sent 1 commit to branch fix of cooltrees/analysis.\n")
    assert fix.subjects() == ["x"] and fix.subjects("fix") == ["Mine", "x"]
    assert setting(fix, "branch.fix.merge") == "refs/heads/fix"
    fix.colleague("Theirs", {"trees.csv": "theirs\n"}, branch="fix")
    assert "Ann Doe  Theirs" in sesync("sync", "analysis").out


@pytest.mark.parametrize("begin", [("--track", "main"), ("--no-track", "origin/main")])
def test_one_that_follows_a_branch_here_or_none_goes_by_its_own_name(sesync, shared, begin):
    git("switch", "-qc", "fix", *begin, cwd=shared.here)
    commit_here(shared, "Mine")
    done = sesync("sync", "analysis")
    assert (done.code, "The server has no branch fix yet. Send yours as a new one?" in done.err) == (2, True), done
    assert sesync("sync", "analysis", "-y").code == 0
    assert shared.subjects() == ["x"] and shared.subjects("fix") == ["Mine", "x"]


def test_a_commit_that_is_named_goes_no_other_way(sesync, shared):
    git("switch", "-qc", "fix", "origin/main", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 2
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py", "-y").code == 0
    assert shared.subjects() == ["x"] and shared.subjects("fix") == ["Mine", "x"]


def test_without_own_commits_it_gets_what_the_followed_branch_has(sesync, shared):
    git("switch", "-qc", "fix", "origin/main", cwd=shared.here)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "Ann Doe  Theirs" in done.out) == (0, True)
    assert branches(shared) == ["main"]


def test_with_own_commits_what_the_followed_branch_has_waits_until_it_is_asked_for(sesync, fix):
    fix.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", "analysis", "-y")
    assert (done.code, done.out) == (
        0,
        "Sent 1 commit to branch fix of cooltrees/analysis.\n"
        "origin/main has 1 new commit that fix has not: 'sesync sync analysis --merge' joins the two.\n",
    )
    assert (fix.here / "trees.csv").read_text() == "a,b\n"


def test_a_branch_of_the_same_name_that_another_has_made_is_not_written_into(sesync, fix):
    git("push", "-q", "origin", "main:fix", cwd=fix.there)
    fix.colleague("Theirs", {"trees.csv": "theirs\n"}, branch="fix")
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "origin/fix has 1 commit that you have not, by Ann Doe" in done.err) == (1, True), done
    follow = f"git -C {fix.here} branch --set-upstream-to=origin/fix fix"
    assert f"'{follow}' has it follow that one" in done.err
    git(*follow.split()[1:])
    assert sesync("sync", "analysis", "--merge").code == 0
    assert set(fix.subjects("fix")) == {"Merge origin/fix", "Mine", "Theirs", "x"}


@pytest.mark.parametrize("told", ["current", "matching"])
def test_where_git_is_told_that_a_branch_goes_by_its_name_nothing_but_a_new_one_is_asked_about(sesync, fix, told):
    git("config", "push.default", told, cwd=fix.here)
    git("push", "-q", "origin", "main:fix", cwd=fix.there)
    git("fetch", "-q", fix.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=fix.here)
    assert sesync("sync", "analysis").code == 0
    assert fix.subjects() == ["x"] and fix.subjects("fix") == ["Mine", "x"]
    assert setting(fix, "branch.fix.merge") == "refs/heads/main"


def test_where_git_is_told_to_send_it_to_another_name_it_is_asked_about_each_time(sesync, fix):
    git("config", "push.default", "upstream", cwd=fix.here)
    done = sesync("sync", "analysis")
    assert (done.code, "By git's settings, your branch fix goes to the server's main." in done.err) == (2, True)
    assert fix.subjects() == ["x"]
    assert sesync("sync", "analysis", "-y").code == 0
    assert fix.subjects() == ["Mine", "x"] and branches(fix) == ["main"]


def test_names_that_settings_make_are_kept_to(sesync, fix):
    git("config", "remote.origin.push", "refs/heads/*:refs/heads/jsmith/*", cwd=fix.here)
    done = sesync("sync", "analysis")
    assert (done.code, "your branch fix goes to the server's jsmith/fix" in done.err) == (2, True)
    assert sesync("sync", "analysis", "-y").code == 0
    assert sorted(branches(fix)) == ["jsmith/fix", "main"] and fix.subjects() == ["x"]


def test_where_settings_send_no_branch_of_this_name_git_is_left_to_do_it(sesync, fix):
    git("config", "remote.origin.push", "HEAD:refs/for/main", cwd=fix.here)
    done = sesync("sync", "analysis", "-y")
    assert (done.code, f"'git -C {fix.here} push' sends it there" in done.err) == (1, True), done
    assert branches(fix) == ["main"]


@pytest.mark.parametrize("key", ["remote.pushDefault", "branch.main.pushRemote"])
def test_another_server_to_send_to_is_sent_to_and_the_followed_one_is_got_from(sesync, shared, template, key):
    fork = publish(shared.bare.with_name("fork.git"), {})
    git("push", "-q", fork, "main", cwd=shared.there)
    git("remote", "add", "fork", template.format(repo="cooltrees/fork"), cwd=shared.here)
    git("config", key, "fork", cwd=shared.here)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, done.err) == (0, ""), done
    assert shared.subjects() == ["Theirs", "x"]
    assert git("log", "--format=%s", "main", cwd=fork).split() == ["Mine", "Theirs", "x"]
    assert setting(shared, "branch.main.remote") == "origin"
    shared.colleague("More", {"trees.csv": "more\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "origin/main has 1 new commit that main has not" in done.out) == (0, True), done


def test_a_server_without_a_name_is_not_taken_for_another(sesync, shared):
    git("config", "branch.main.remote", str(shared.bare), cwd=shared.here)
    commit_here(shared, "Mine")
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "exchanges with an address that has no name" in done.err) == (1, True), done
    assert shared.subjects() == ["x"]


def test_a_branch_here_that_is_called_as_gits_own_name_of_the_servers_confuses_nothing(sesync, shared):
    git("branch", "origin/main", cwd=shared.here)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    commit_here(shared, "Mine")
    assert sesync("sync", "analysis", "--merge").code == 0
    assert set(shared.subjects()) == {"Merge remotes/origin/main", "Mine", "Theirs", "x"}
    assert sesync("sync", "analysis", "--merge").out.startswith("~/analysis and the server have the same")


def test_a_branch_that_was_begun_anew_is_not_left(sesync, shared):
    git("switch", "-q", "--orphan", "anew", cwd=shared.here)
    write(shared.here / "mine.txt", "mine\n")
    done = sesync("sync", "analysis")
    assert (done.code, "The branch anew of ~/analysis has no commit yet." in done.out) == (0, True), done
    assert sesync("clone", "cooltrees/analysis", "--update").code == 1
    assert git("branch", "--show-current", cwd=shared.here) == "anew\n"
    done = sesync("sync", "analysis", "-m", "Mine", "mine.txt")
    assert (done.code, "The server has no branch anew yet." in done.err) == (2, True), done
    assert sesync("sync", "analysis", "-m", "Mine", "mine.txt", "-y").code == 0
    assert shared.subjects() == ["x"] and shared.subjects("anew") == ["Mine"]


@pytest.mark.parametrize("more", ["+refs/tags/*:refs/tags/*", "+refs/heads/ann/*:refs/remotes/origin/ann/*"])
def test_a_branch_that_git_is_not_told_to_fetch_is_fetched(sesync, shared, more):
    git("config", "remote.origin.fetch", "+refs/heads/other:refs/remotes/origin/other", cwd=shared.here)
    git("config", "--add", "remote.origin.fetch", more, cwd=shared.here)
    git("push", "-q", "origin", "main:other", cwd=shared.there)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "Ann Doe  Theirs" in done.out) == (0, True), done
