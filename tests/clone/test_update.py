"""`clone --update` goes sync's way: nothing that is here is overwritten, whatever git's settings would do."""

import pytest

from tests.clone.conftest import git
from tests.conftest import wait_for
from tests.sync.conftest import person, shared, template, write  # noqa: F401

UPDATE = ("clone", "cooltrees/analysis", "--update")


@pytest.mark.parametrize("how", [".gitignore", ".git/info/exclude", "core.excludesFile"])
def test_an_ignored_file_stays_where_a_colleague_adds_one_of_its_name(sesync, shared, home, how):  # noqa: F811
    rules = home / "ignore" if how == "core.excludesFile" else shared.here / how
    write(rules, "*.log\n")
    git("config", "core.excludesFile", home / "ignore", cwd=shared.here)
    write(shared.here / "results.log", "three days of computing\n")
    shared.colleague("Results", {"results.log": "hers\n", "trees.csv": "hers\n"})
    done = sesync(*UPDATE)
    assert (done.code, "results.log: changed by you, and meanwhile also by Ann Doe" in done.err) == (1, True), done
    assert (shared.here / "results.log").read_text() == "three days of computing\n"
    assert (shared.here / "trees.csv").read_text() == "a,b\n"


@pytest.mark.parametrize("setting", ["merge.autoStash", "rebase.autoStash", "pull.rebase"])
def test_settings_that_put_changes_aside_leave_no_marks_in_them(sesync, shared, setting):  # noqa: F811
    git("config", setting, "true", cwd=shared.here)
    shared.colleague("Theirs", {"heat.py": "hers\n"})
    write(shared.here / "heat.py", "mine\n")
    done = sesync(*UPDATE)
    assert (done.code, "heat.py: changed by you" in done.err) == (1, True), done
    assert (shared.here / "heat.py").read_text() == "mine\n"
    assert git("stash", "list", cwd=shared.here) == ""


def test_something_begun_and_a_lock_are_told_as_sync_tells_them(sesync, shared):  # noqa: F811
    shared.colleague("Theirs", {"heat.py": "hers\n"})
    write(shared.here / ".git/index.lock", "")
    done = sesync(*UPDATE)
    assert (done.code, "has left a lock in ~/analysis (index.lock)" in done.err) == (1, True), done
    assert "Hint:  'sesync sync analysis' removes what was left when you agree." in done.err
    (shared.here / ".git/index.lock").unlink()
    write(shared.here / ".git/MERGE_HEAD", git("rev-parse", "HEAD", cwd=shared.here))
    assert "a merge was begun in ~/analysis" in sesync(*UPDATE).err


def test_what_a_killed_sync_left_half_done_is_taken_back(sesync, background, shared):  # noqa: F811
    write(shared.here / ".git/hooks/pre-commit", "#!/bin/sh\ntouch .git/waits\nsleep 60\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    write(shared.here / "new.txt", "new\n")
    process = background("sync", "analysis", "-m", "x", "new.txt")
    wait_for((shared.here / ".git/waits").exists)
    process.kill()
    process.wait()
    (shared.here / ".git/hooks/pre-commit").unlink()
    shared.colleague("Theirs", {"heat.py": "hers\n"})
    done = sesync(*UPDATE)
    assert (done.code, done.out) == (0, "~/analysis is up to date: 1 new commit.\n"), done
    assert git("status", "--porcelain", cwd=shared.here) == "?? new.txt\n"


def test_a_branch_that_follows_another_server_is_left_to_sync(sesync, shared, template):  # noqa: F811
    git("remote", "add", "ann", template.format(repo="adoe/analysis"), cwd=shared.here)
    git("config", "branch.main.remote", "ann", cwd=shared.here)
    done = sesync(*UPDATE)
    assert (done.code, "follows another server (ann); nothing was changed" in done.err) == (1, True), done


def test_own_commits_alone_are_no_obstacle_and_are_not_sent(sesync, shared):  # noqa: F811
    write(shared.here / "heat.py", "mine\n")
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "Mine", cwd=shared.here)
    assert sesync(*UPDATE).out == "~/analysis is up to date: 0 new commits.\n"
    assert shared.subjects() == ["x"]
