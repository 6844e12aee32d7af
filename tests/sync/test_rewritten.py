"""Where somebody has taken commits away at the server: they are not the user's, and do not come back."""

import os
import shutil

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import WHO, write


def take_away(shared, *, keep: str = "HEAD~1", files: dict[str, str] | None = None) -> None:
    """The colleague goes back to `keep`, commits these files instead, and pushes by force."""
    git("fetch", "-q", "origin", cwd=shared.there)
    git("reset", "-q", "--hard", "origin/main", cwd=shared.there)
    git("reset", "-q", "--hard", keep, cwd=shared.there)
    for name, content in (files or {}).items():
        write(shared.there / name, content)
        git("add", "--", name, cwd=shared.there)
        git(*WHO, "commit", "-qm", "Without it", cwd=shared.there)
    git("push", "-qf", "origin", "HEAD:main", cwd=shared.there)


def commit_here(shared, subject: str, name: str = "heat.py") -> None:
    write(shared.here / name, "mine\n")
    git("add", "--", name, cwd=shared.here)
    git(*WHO, "commit", "-qm", subject, cwd=shared.here)


@pytest.fixture
def leaked(shared, sesync):
    """A password that the colleague has sent, that was got here, and that the colleague has taken away again."""
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    assert sesync("sync", "analysis").code == 0
    take_away(shared, files={"settings.ini": "password =\n"})
    return shared


@pytest.mark.parametrize("words", [(), ("--merge",)])
def test_what_was_taken_away_is_not_sent_back(sesync, leaked, words):
    done = sesync("sync", "analysis", *words)
    assert done.code == 2
    assert "The history of main was rewritten at the server. 1 commit that you have is no longer there:" in done.err
    assert "Ann Doe  Settings" in done.err and "that the server has not" not in done.err
    assert leaked.subjects() == ["Without it", "x"]
    assert (leaked.here / "settings.ini").read_text() == "password = hunter2\n"


@pytest.mark.parametrize("words", [(), ("--merge",)])
def test_agreed_to_the_files_and_the_branch_follow_the_server(sesync, leaked, words):
    write(leaked.here / "trees.csv", "not committed\n")
    write(leaked.here / "new.txt", "new\n")
    before = git("rev-parse", "--short=10", "HEAD", cwd=leaked.here).strip()
    assert sesync("sync", "analysis", "-n", *words).out == f"git -C {leaked.here} reset --keep origin/main\n"
    done = sesync("sync", "analysis", "-y", *words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Followed the server, where 1 commit is no longer:\n  Ann Doe  Settings\n")
    assert f"'git -C {leaked.here} branch NAME {before}' brings back how it was here" in done.out
    assert (leaked.here / "settings.ini").read_text() == "password =\n"
    assert git("status", "--porcelain", cwd=leaked.here) == " M trees.csv\n?? new.txt\n"
    assert (leaked.here / "trees.csv").read_text() == "not committed\n"
    assert leaked.subjects() == ["Without it", "x"]
    assert sesync("sync", "analysis", "-m", "Trees", "trees.csv").code == 0
    assert leaked.subjects() == ["Trees", "Without it", "x"]


def test_it_does_not_matter_who_has_fetched(sesync, leaked):
    """JupyterLab's git panel fetches every few minutes."""
    git("fetch", "-q", leaked.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=leaked.here)
    assert "was rewritten at the server" in sesync("sync", "analysis", "--merge").err
    assert leaked.subjects() == ["Without it", "x"]


def test_in_a_fresh_clone_that_was_never_fetched_into_it_is_seen_too(sesync, shared, home):
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    shutil.rmtree(shared.here)
    url = git("remote", "get-url", "origin", cwd=shared.there).strip()
    git("clone", "-q", f"file://{url}", shared.here)
    take_away(shared, files={"settings.ini": "password =\n"})
    git("fetch", "-q", "origin", cwd=shared.here)
    assert "was rewritten at the server" in sesync("sync", "analysis", "--merge").err


def test_in_a_shallow_clone_too(sesync, shared):
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    shutil.rmtree(shared.here)
    git("clone", "-q", "--depth", "1", f"file://{shared.bare}", shared.here)
    take_away(shared, files={"settings.ini": "password =\n"})
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, "was rewritten at the server" in done.err) == (2, True), done
    assert sesync("sync", "analysis", "-y").code == 0
    assert (shared.here / "settings.ini").read_text() == "password =\n"
    assert shared.subjects() == ["Without it", "x"]


def test_a_branch_that_only_went_back_is_followed_and_not_filled_up_again(sesync, shared):
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    assert sesync("sync", "analysis").code == 0
    take_away(shared)
    done = sesync("sync", "analysis")
    assert (done.code, "is no longer there:\n  Ann Doe  Settings" in done.err) == (2, True), done
    assert shared.subjects() == ["x"]
    assert sesync("sync", "analysis", "-y").code == 0
    assert shared.subjects() == ["x"] and not (shared.here / "settings.ini").exists()


def test_ones_own_commit_that_was_sent_and_taken_away_is_not_sent_again_either(sesync, shared):
    write(shared.here / "heat.py", "token = 1\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 0
    take_away(shared)
    assert "J. Smith  Mine" in sesync("sync", "analysis", "--merge").err
    assert shared.subjects() == ["x"]


def test_own_commits_on_top_are_kept_and_go_on_top_of_what_is_there_now(sesync, leaked, person):
    commit_here(leaked, "Mine")
    write(leaked.here / "trees.csv", "not committed\n")
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, "1 commit by Ann Doe that you have is no longer there" in done.err) == (1, True), done
    assert "and you have 1 commit of your own on top. Nothing was changed" in done.err
    assert leaked.subjects() == ["Without it", "x"]
    command = done.err.partition("why. '")[2].partition("'")[0]
    assert command.startswith(f"git -C {leaked.here} rebase --autostash --onto origin/main ")
    git(*WHO, *map(os.path.expanduser, command.split()[1:]))
    assert (leaked.here / "trees.csv").read_text() == "not committed\n"
    assert sesync("sync", "analysis").code == 0
    assert leaked.subjects() == ["Mine", "Without it", "x"]


def test_changes_of_ones_own_that_are_in_the_way_stay(sesync, leaked):
    write(leaked.here / "settings.ini", "mine\n")
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "settings.ini: changed by you, and meanwhile also by" in done.err) == (1, True), done
    assert (leaked.here / "settings.ini").read_text() == "mine\n"


def test_what_is_named_is_committed_on_top_of_what_is_there_now(sesync, leaked):
    write(leaked.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py", "-y").code == 0
    assert leaked.subjects() == ["Mine", "Without it", "x"]


def test_an_update_says_so_and_changes_nothing(sesync, leaked):
    before = git("rev-parse", "HEAD", cwd=leaked.here)
    done = sesync("clone", "cooltrees/analysis", "--update")
    assert (done.code, "the history of main was rewritten at the server" in done.err) == (1, True), done
    assert "'sesync sync analysis' shows them" in done.err
    assert git("rev-parse", "HEAD", cwd=leaked.here) == before


def test_a_rewritten_history_under_a_branch_that_is_behind_is_simply_got(sesync, shared):
    shared.colleague("One", {"a.txt": "one\n"})
    git("fetch", "-q", shared.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=shared.here)
    take_away(shared, files={"a.txt": "other\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "Ann Doe  Without it" in done.out) == (0, True), done


def test_an_ordinary_commit_of_ones_own_is_still_ones_own(sesync, shared):
    commit_here(shared, "Mine")
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "you have 1 commit that the server has not" in done.err) == (1, True)
    assert sesync("sync", "analysis", "--merge").code == 0
    shared.colleague("More", {"notes/one.md": "more\n"})
    commit_here(shared, "Again", "other.py")
    assert sesync("sync", "analysis", "--merge").code == 0
    assert set(shared.subjects()) == {"Merge origin/main", "Again", "More", "Mine", "Theirs", "x"}


@pytest.mark.parametrize("log", ["off", "forgotten"])
def test_what_git_does_not_remember_is_remembered(sesync, shared, log):
    """Others have fetched what was rewritten, and git keeps no log of it, or has thrown it away after a month."""
    if log == "off":
        git("config", "core.logAllRefUpdates", "false", cwd=shared.here)
        shutil.rmtree(shared.here / ".git/logs")
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    assert sesync("sync", "analysis").code == 0
    take_away(shared, files={"settings.ini": "password =\n"})
    git("fetch", "-q", shared.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=shared.here)
    shutil.rmtree(shared.here / ".git/logs", ignore_errors=True)
    assert "was rewritten at the server" in sesync("sync", "analysis", "--merge").err
    assert shared.subjects() == ["Without it", "x"]


def test_what_was_taken_away_does_not_go_back_as_a_new_branch(sesync, leaked):
    git("switch", "-q", "--no-track", "-c", "mine", cwd=leaked.here)
    commit_here(leaked, "Mine")
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "1 commit by Ann Doe that was at the server once" in done.err) == (1, True), done
    assert git("for-each-ref", "--format=%(refname:short)", "refs/heads", cwd=leaked.bare).split() == ["main"]


def test_a_branch_that_was_joined_into_another_is_still_ones_own(sesync, shared):
    """What is at the server in another branch was not taken away."""
    git("switch", "-qc", "fix", "--no-track", cwd=shared.here)
    commit_here(shared, "Fix")
    assert sesync("sync", "analysis", "-y").code == 0
    git("switch", "-q", "main", cwd=shared.here)
    git(*WHO, "merge", "-q", "--no-ff", "-m", "Join fix", "fix", cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, done.out) == (0, "Sent 2 commits to branch main of cooltrees/analysis.\n"), done


def test_what_was_taken_away_does_not_go_along_with_another_branch(sesync, shared):
    git("push", "-q", "origin", "main:fix", cwd=shared.there)
    shared.colleague("Settings", {"settings.ini": "password = hunter2\n"})
    assert sesync("sync", "analysis").code == 0
    git("switch", "-q", "fix", cwd=shared.here)
    git(*WHO, "merge", "-q", "main", cwd=shared.here)
    commit_here(shared, "Mine")
    take_away(shared)
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "1 commit by Ann Doe that was at the server once" in done.err) == (1, True), done
    assert shared.subjects("fix") == ["x"]


def test_a_history_that_is_not_all_here_is_not_called_rewritten(sesync, shared):
    for number in range(3):
        shared.colleague(f"No {number}", {"heat.py": f"{number}\n"})
    shutil.rmtree(shared.here)
    git("clone", "-q", "--depth", "1", f"file://{shared.bare}", shared.here)
    for number in range(3, 6):
        shared.colleague(f"No {number}", {"heat.py": f"{number}\n"})
    git("fetch", "-q", "--depth", "1", cwd=shared.here)
    done = sesync("sync", "analysis", "-y")
    assert (done.code, "only the latest commits of origin/main are here" in done.err) == (1, True), done
    command = done.err.partition("Hint:  '")[2].partition("'")[0]
    git(*map(os.path.expanduser, command.split()[1:]))
    done = sesync("sync", "analysis")
    assert (done.code, "Ann Doe  No 5" in done.out, "Ann Doe  No 3" in done.out) == (0, True, True), done
