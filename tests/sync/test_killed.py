"""Killed at any moment, nothing of the user's is lost, and the next run finishes the work."""

import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from sesync_cli.leftovers import partial
from tests.clone.conftest import add_commit, git, leftovers, locking, publish
from tests.conftest import HANG, wait_for
from tests.sync.conftest import WHO, write

MANY = 200


def many(text: str) -> dict[str, str | bytes | None]:
    return {f"data/{number % 20}/{number}.txt": f"{text} {number}\n" * 20 for number in range(MANY)}


@pytest.fixture
def large(shared, sesync):
    """Many files on both sides, and a colleague's commit that changes, adds and removes."""
    shared.colleague("Many", many("old"))
    assert sesync("sync", "analysis").code == 0
    gone: dict[str, str | bytes | None] = {f"data/0/{number}.txt": None for number in range(0, MANY, 40)}
    shared.colleague("New", many("new") | gone | {f"more/{number}.txt": "more\n" for number in range(100)})
    return shared


def wait_for_the_work(here: Path, process) -> None:
    """Until git has begun to change this working copy."""
    while not (here / ".git/index.lock").exists() and process.poll() is None:
        time.sleep(0.001)


TURNS = 20  # in each of the ways; more, until a kill has met the work itself


def killed_again_and_again(background, sesync, shared, words, check) -> None:
    """Kill a run at random moments, half of them while git works; each time from the same state, and run it again."""
    start = shared.here.parent.with_name("start")
    shutil.copytree(shared.here, start, symlinks=True)
    bare = git("rev-parse", "main", cwd=shared.bare).strip()
    begun = time.monotonic()
    assert sesync(*words).code == 0
    lasts = time.monotonic() - begun
    undone = 0
    for turn in range(10 * TURNS):
        if turn >= TURNS and undone:
            break
        shutil.rmtree(shared.here)
        shutil.copytree(start, shared.here, symlinks=True)
        git("update-ref", "refs/heads/main", bare, cwd=shared.bare)
        process = background(*words)
        if turn % 2:
            time.sleep((0.15 + 0.85 * (turn % 20 + random.random()) / 20) * lasts)
        else:
            wait_for_the_work(shared.here, process)
            time.sleep(random.random() * 0.1)
        process.kill()
        process.wait()
        undone += bool(list((shared.here / ".git").rglob(".sesync-*")))
        check(None)
        check(sesync(*words))
        assert list((shared.here / ".git").rglob(".sesync-*")) == []
    git("fsck", "--no-dangling", cwd=shared.here)
    assert undone, "no kill met the work itself"


def own_files(here: Path) -> None:
    write(here / "heat.py", "mine\n")
    write(here / "untracked.txt", "untracked\n")
    write(here / "ignored.log", "ignored\n")
    write(here / "trees.csv", "not committed\n")
    write(here / ".git/info/exclude", "*.log\n")


def own_files_are_there(here: Path) -> None:
    for name, text in (
        ("heat.py", "mine\n"),
        ("untracked.txt", "untracked\n"),
        ("ignored.log", "ignored\n"),
        ("trees.csv", "not committed\n"),
    ):
        assert (here / name).read_text() == text


@pytest.mark.timeout(3600)
def test_killed_at_any_moment_the_next_run_works_and_nothing_is_lost(background, sesync, large):
    """Own changes beside, a file to commit, and theirs to get: all at once."""
    own_files(large.here)

    def check(done) -> None:
        own_files_are_there(large.here)
        if done:
            assert (done.code, done.err.replace("Warning: there was nothing to commit\n", "")) == (0, ""), done
            assert large.subjects()[:3] == ["Mine", "New", "Many"]
            assert git("status", "--porcelain", cwd=large.here) == " M trees.csv\n?? untracked.txt\n"
            assert len(list((large.here / "more").iterdir())) == 100

    killed_again_and_again(background, sesync, large, ("sync", "analysis", "-m", "Mine", "heat.py"), check)


@pytest.mark.timeout(3600)
def test_an_update_that_is_killed_at_any_moment_is_finished_by_the_next(background, sesync, large):
    own_files(large.here)

    def check(done) -> None:
        own_files_are_there(large.here)
        if done:
            assert (done.code, done.err) == (0, ""), done
            assert git("log", "-1", "--format=%s", cwd=large.here) == "New\n"
            assert git("status", "--porcelain", cwd=large.here) == " M heat.py\n M trees.csv\n?? untracked.txt\n"
            assert len(list((large.here / "more").iterdir())) == 100

    killed_again_and_again(background, sesync, large, ("clone", "cooltrees/analysis", "--update"), check)


@pytest.mark.timeout(3600)
def test_killed_while_a_rewritten_history_is_followed_it_is_followed_by_the_next(background, sesync, large):
    assert sesync("sync", "analysis").code == 0
    git("reset", "-q", "--hard", "HEAD~1", cwd=large.there)
    write(large.there / "data/0/0.txt", "other\n")
    git(*WHO, "commit", "-qam", "Without it", cwd=large.there)
    git("push", "-qf", "origin", "HEAD:main", cwd=large.there)
    own_files(large.here)

    def check(done) -> None:
        own_files_are_there(large.here)
        if done:
            assert (done.code, done.err) == (0, ""), done
            assert git("log", "-1", "--format=%s", cwd=large.here) == "Without it\n"
            assert git("status", "--porcelain", cwd=large.here) == " M heat.py\n M trees.csv\n?? untracked.txt\n"
            assert not (large.here / "more").exists()

    killed_again_and_again(background, sesync, large, ("sync", "analysis", "-y"), check)


@pytest.mark.timeout(3600)
def test_killed_while_a_submodule_is_brought_along_it_is_there_after_the_next(background, sesync, shared, tmp_path):
    bare = publish(tmp_path / "repos/cooltrees/part.git", {name: text for name, text in many("old").items() if text})
    allow = ("-c", "protocol.file.allow=always")
    git(*allow, "submodule", "--quiet", "add", f"file://{bare}", "sm", cwd=shared.there)
    shared.colleague("Add a part", {})
    assert sesync("sync", "analysis").code == 0
    git(*allow, "submodule", "--quiet", "update", "--init", cwd=shared.here)
    add_commit(bare, {name: text for name, text in many("new").items() if text})
    git("fetch", "-q", "origin", cwd=shared.there / "sm")
    git("checkout", "-q", "origin/main", cwd=shared.there / "sm")
    shared.colleague("Bump", {})
    own_files(shared.here)
    write(shared.here / "sm/own.txt", "mine\n")

    def check(done) -> None:
        own_files_are_there(shared.here)
        assert (shared.here / "sm/own.txt").read_text() == "mine\n"
        if done:
            assert (done.code, done.err) == (0, ""), done
            assert git("status", "--porcelain", cwd=shared.here / "sm") == "?? own.txt\n"
            assert (shared.here / "sm/data/0/0.txt").read_text().startswith("new 0\n")

    killed_again_and_again(background, sesync, shared, ("sync", "analysis"), check)


def journal_of(shared, sesync, background) -> Path:
    """Where a run notes what it does here: found by killing one that waits in a hook, so with git's lock in place."""
    waits = shared.here / ".git/waits"
    write(shared.here / ".git/hooks/pre-commit", "#!/bin/sh\ntouch .git/waits\nsleep 30\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    write(shared.here / "probe.txt", "probe\n")
    process = background("sync", "analysis", "-m", "x", "probe.txt")
    wait_for(waits.exists)
    process.kill()
    process.wait()
    waits.unlink()
    (shared.here / ".git/hooks/pre-commit").unlink()
    return shared.here / ".git" / leftovers(shared.here / ".git")[0]


def test_killed_in_a_commit_the_file_is_as_it_was_and_the_lock_goes(sesync, background, shared):
    page = journal_of(shared, sesync, background)
    assert (shared.here / ".git/index.lock").exists()
    assert (shared.here / "probe.txt").read_text() == "probe\n"
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert "  new  probe.txt\n" in done.out
    assert not page.exists() and not (shared.here / ".git/index.lock").exists()
    assert git("status", "--porcelain", cwd=shared.here) == "?? probe.txt\n"


def test_half_written_files_go_back_and_what_a_person_wrote_since_stays(sesync, background, shared):
    shared.colleague("Old", {"a.txt": "old a\n", "b.txt": "old b\n", "c.txt": "old c\n", "d.txt": "old d\n"})
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    shared.colleague("New", {"a.txt": "new a\n", "b.txt": "new b\n", "c.txt": "new c\n", "d.txt": None, "e/f": "new\n"})
    killed_in_the_middle(shared, page)
    write(shared.here / "a.txt", "new")  # half written
    (shared.here / "b.txt").unlink()  # not yet written again
    write(shared.here / "c.txt", "a person's\n")
    (shared.here / "d.txt").unlink()
    write(shared.here / "e/f", "n")
    write(shared.here / "trees.csv", "a person's\n")
    (shared.here / ".git/index.lock").touch()
    done = sesync("sync", "analysis")
    assert (done.code, "c.txt: changed by you, and meanwhile also by Ann Doe" in done.err) == (1, True)
    assert git("status", "--porcelain", cwd=shared.here) == " M c.txt\n M trees.csv\n"
    assert (shared.here / "c.txt").read_text() == "a person's\n"
    (shared.here / "c.txt").rename(shared.here / "my-c.txt")
    git("checkout", "-q", "c.txt", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "a.txt").read_text() == "new a\n"
    assert (shared.here / "trees.csv").read_text() == "a person's\n"


def test_one_that_git_was_told_to_skip_keeps_no_other_from_going_back(sesync, background, shared):
    shared.colleague("Old", {"a.txt": "old a\n", "b.txt": "old b\n"})
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    git("update-index", "--skip-worktree", "b.txt", cwd=shared.here)
    shared.colleague("New", {"a.txt": "new a\n", "b.txt": "new b\n"})
    killed_in_the_middle(shared, page)
    git("config", "core.trustctime", "false", cwd=shared.here)
    for name in ("a.txt", "b.txt"):
        before = (shared.here / name).stat()
        write(shared.here / name, f"new {name[0]}\n")
        # as if within the same second, by which git alone would see no change
        os.utime(shared.here / name, ns=(before.st_atime_ns, before.st_mtime_ns))
    done = sesync("sync", "analysis")
    assert "changed by you" not in done.err, done
    assert "a.txt" not in git("status", "--porcelain", cwd=shared.here)


def killed_in_the_middle(shared, page: Path, *, host: str = "") -> None:
    """What a run leaves that is killed while it brings the files to the server's commit."""
    git("fetch", "-q", shared.bare, "+refs/heads/*:refs/remotes/origin/*", cwd=shared.here)
    head, to = git("rev-parse", "HEAD", "origin/main", cwd=shared.here).split()
    write(
        page,
        json.dumps({"head": head, "to": to, "paths": [], "new": [], "host": host or os.uname().nodename, "process": 0}),
    )
    (shared.here / ".git/index.lock").touch()


def test_a_folder_that_was_coming_in_a_files_place_goes_back(sesync, background, shared):
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    shared.colleague("Folder", {"heat.py": None})
    shared.colleague("Folder", {"heat.py/a": "a\n", "heat.py/b": "b\n"})
    killed_in_the_middle(shared, page)
    (shared.here / "heat.py").unlink()
    write(shared.here / "heat.py/a", "a\n")
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, ""), done
    assert (shared.here / "heat.py/b").read_text() == "b\n"
    assert git("status", "--porcelain", cwd=shared.here) == ""


def test_a_link_that_was_coming_in_a_folders_place_goes_back(sesync, background, shared, tmp_path):
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    (tmp_path / "shared").mkdir()
    write(tmp_path / "shared/one.md", "everybody's\n")
    shutil.rmtree(shared.there / "notes")
    (shared.there / "notes").symlink_to(tmp_path / "shared")
    shared.colleague("Link", {"trees.csv": "theirs\n"})
    killed_in_the_middle(shared, page)
    shutil.rmtree(shared.here / "notes")
    (shared.here / "notes").symlink_to(tmp_path / "shared")
    assert sesync("sync", "analysis").code == 0
    assert (tmp_path / "shared/one.md").read_text() == "everybody's\n"
    assert git("status", "--porcelain", cwd=shared.here) == ""


def test_what_a_person_has_put_in_a_folders_place_since_then_stays(sesync, background, shared):
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    shared.colleague("Gone", {"notes/one.md": None})
    killed_in_the_middle(shared, page)
    shutil.rmtree(shared.here / "notes")
    write(shared.here / "notes", "a person's\n")
    sesync("sync", "analysis")
    assert (shared.here / "notes").read_text() == "a person's\n"


@pytest.mark.parametrize("by", ["link", "folder for locks"])
def test_it_is_found_by_whatever_way_the_next_run_comes(sesync, background, shared, home, tmp_path, by):
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    shared.colleague("Theirs", {"heat.py": "theirs\n", "trees.csv": "theirs\n"})
    killed_in_the_middle(shared, page)
    write(shared.here / "heat.py", "theirs\n")
    (home / "link").symlink_to("analysis")
    (tmp_path / "job").mkdir()
    env = os.environ | ({"TMPDIR": str(tmp_path / "job")} if by != "link" else {})
    done = sesync("sync", "link" if by == "link" else "analysis", env=env)
    assert (done.code, done.err) == (0, ""), done
    assert git("status", "--porcelain", cwd=shared.here) == ""


def test_what_a_run_on_another_machine_has_left_is_asked_about(sesync, background, shared):
    page = journal_of(shared, sesync, background)
    (shared.here / "probe.txt").unlink()
    assert sesync("sync", "analysis").code == 0
    shared.colleague("Theirs", {"heat.py": "theirs\n", "trees.csv": "theirs\n"})
    killed_in_the_middle(shared, page, host="sesync02")
    write(shared.here / "heat.py", "theirs\n")
    done = sesync("sync", "analysis")
    assert (
        done.code,
        "A sesync on sesync02 is at work in ~/analysis, or was killed there. Is it over?" in done.err,
    ) == (
        2,
        True,
    ), done
    assert sesync("clone", "cooltrees/analysis", "--update").code == 1
    assert sesync("sync", "analysis", "-y").out == "Took back what was half done in ~/analysis. Now run it again.\n"
    assert git("status", "--porcelain", cwd=shared.here) == ""
    assert sesync("sync", "analysis").code == 0
    yesterday = time.time() - 90_000
    shared.colleague("More", {"heat.py": "more\n"})
    killed_in_the_middle(shared, page, host="sesync02")
    os.utime(page, (yesterday, yesterday))
    assert sesync("sync", "analysis").code == 0


def test_a_run_that_is_still_at_work_is_left_to_it(sesync, background, shared, tmp_path):
    """Its lock is not seen from where other folders are for locks; its number is."""
    write(shared.here / ".git/hooks/pre-commit", "#!/bin/sh\ntouch .git/waits\nsleep 60\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    write(shared.here / "new.txt", "new\n")
    process = background("sync", "analysis", "-m", "x", "new.txt")
    wait_for((shared.here / ".git/waits").exists)
    (tmp_path / "job").mkdir()
    done = sesync("sync", "analysis", env=os.environ | {"TMPDIR": str(tmp_path / "job")})
    assert (done.code, f"another sesync is at work in ~/analysis (process {process.pid})" in done.err) == (1, True), (
        done
    )


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_files_are_written_they_go_back(background, sesync, large, word):
    before = git("rev-parse", "HEAD", cwd=large.here)
    write(large.here / "trees.csv", "not committed\n")
    for _ in range(2):
        process = background("sync", "analysis")
        wait_for_the_work(large.here, process)
        process.send_signal(word)
        _, err = process.communicate(timeout=HANG)
        if process.returncode == 0:
            break  # it was quicker
        assert (process.returncode, err.strip()) == (130, "Stopped; what was begun is undone.")
        assert git("rev-parse", "HEAD", cwd=large.here) == before
        assert git("status", "--porcelain", cwd=large.here) == " M trees.csv\n"
        assert leftovers(large.here / ".git") == []
        assert not (large.here / ".git/index.lock").exists()
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")
    assert git("status", "--porcelain", cwd=large.here) == " M trees.csv\n"
    assert os.path.exists(large.here / "more/1.txt")


IN_THE_INSTANT = pytest.mark.parametrize(
    ("ref", "lock"), [("refs/heads/main", "index.lock"), ("refs/remotes/", "packed-refs.lock")]
)


@IN_THE_INSTANT
@pytest.mark.parametrize(
    "words", [("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")], ids=["sync", "update"]
)
def test_a_lock_of_the_instant_of_the_interrupt_is_not_left(background, sesync, large, ref, lock, words):
    before = git("rev-parse", "HEAD", cwd=large.here)
    hook = locking(large.here, ref, lock, "sleep 600")
    process = background(*words)
    wait_for((large.here / ".git/waits").exists)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HANG)
    hook.unlink()
    assert (process.returncode, "Stopped" in err) == (130, True), err
    assert not (large.here / ".git" / lock).exists()
    assert git("rev-parse", "HEAD", cwd=large.here) == before
    assert git("status", "--porcelain", cwd=large.here) == ""
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")


@IN_THE_INSTANT
def test_a_lock_of_a_git_that_was_killed_is_not_left(sesync, large, ref, lock):
    """As by a machine that has no memory left."""
    before = git("rev-parse", "HEAD", cwd=large.here)
    hook = locking(large.here, ref, lock, "kill -9 $PPID")
    assert sesync("sync", "analysis").code == 1
    hook.unlink()
    assert not (large.here / ".git" / lock).exists()
    assert git("rev-parse", "HEAD", cwd=large.here) == before
    assert git("status", "--porcelain", cwd=large.here) == ""
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")


@IN_THE_INSTANT
def test_a_lock_stays_where_git_has_failed_by_itself(sesync, large, ref, lock):
    """It may be that of a git on another machine."""
    hook = locking(large.here, ref, lock, "exit 1")
    assert sesync("sync", "analysis").code == 1
    hook.unlink()
    assert (large.here / ".git" / lock).exists()
    assert f"has left a lock in ~/analysis ({lock})" in sesync("sync", "analysis").err


@pytest.mark.parametrize("page", [".sesync-journal", "sesync-seen"])
@pytest.mark.parametrize("what", ["a folder", "noise", "other facts", "nothing"])
def test_a_damaged_page_of_ours_stops_nobody(sesync, shared, page, what):
    at = shared.here / ".git" / page
    if what == "a folder":
        at.mkdir()
    elif what == "noise":
        at.write_bytes(bytes(range(256)))
    else:
        at.write_text('{"head": "", "to": "", "paths": 3, "new": null}' if what == "other facts" else "")
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, done.err) == (0, ""), done
    assert shared.subjects() == ["Mine", "x"]


def test_a_number_that_another_program_has_got_since_is_no_run_of_ours(sesync, background, shared):
    other = background("1000", program=("sleep",))
    facts = {"head": "", "to": "", "paths": [], "new": [], "host": os.uname().nodename, "process": other.pid}
    write(shared.here / ".git/.sesync-journal", json.dumps(facts))
    assert sesync("sync", "analysis").code == 0


@pytest.mark.parametrize("name", ["sesync-seen", ".sesync-journal"])
def test_a_page_that_was_half_written_goes_with_the_next_run(sesync, shared, name):
    left = partial(shared.here / ".git" / name, owner=shared.here.resolve())
    write(left, "half")
    assert sesync("sync", "analysis").code == 0
    assert not left.exists()
