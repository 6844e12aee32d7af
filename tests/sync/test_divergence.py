"""Where both have changed something: nothing is lost, nothing is forced, and a merge is made only when asked for."""

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import write


def head(shared) -> str:
    return git("rev-parse", "HEAD", cwd=shared.here)


def diverge(shared, mine: str, theirs: str) -> None:
    shared.colleague("Theirs", {theirs: "theirs\n"})
    write(shared.here / mine, "mine\n")
    git("add", "--all", cwd=shared.here)
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "Mine", cwd=shared.here)


def test_different_ways_stop_it_and_say_whom_to_ask(sesync, shared):
    diverge(shared, "heat.py", "trees.csv")
    before = head(shared)
    done = sesync("sync", "analysis")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: ~/analysis and the server have gone different ways: you have 1 commit that the server has not, and it"
        " has 1 commit that you have not, by Ann Doe. Nothing was changed and nothing is lost\n"
        "Hint:  'sesync sync analysis --merge' joins the two, if not the same lines were changed; else it stops, and"
        " you talk to Ann Doe, or to cyberhelp@sesync.org ('sesync report' drafts the mail).\n"
    )
    assert head(shared) == before and shared.subjects() == ["Theirs", "x"]
    assert sesync("sync", "analysis", "--json").json["error"]["kind"] == "conflict"


def test_merge_joins_the_two_and_sends_both(sesync, shared):
    diverge(shared, "heat.py", "trees.csv")
    write(shared.here / "notes/one.md", "not committed\n")
    assert sesync("sync", "analysis", "--merge", "-n").out == (
        f"git -C {shared.here} merge --no-edit origin/main\ngit -C {shared.here} push --set-upstream origin main\n"
    )
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "Got 1 new commit into ~/analysis:\n  Ann Doe  Theirs\nJoined them with yours.\n"
        "Sent 2 commits to branch main of cooltrees/analysis.\n"
    )
    assert (shared.at_server("heat.py"), shared.at_server("trees.csv")) == ("mine\n", "theirs\n")
    assert (shared.here / "trees.csv").read_text() == "theirs\n"
    assert (shared.here / "notes/one.md").read_text() == "not committed\n"


def test_the_same_lines_are_left_to_a_person(sesync, shared):
    diverge(shared, "heat.py", "heat.py")
    before = head(shared)
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, "changed the same lines of heat.py: a person has to decide" in done.err) == (1, True)
    assert head(shared) == before and git("status", "--porcelain", cwd=shared.here) == ""
    assert (shared.here / "heat.py").read_text() == "mine\n"
    assert shared.subjects() == ["Theirs", "x"]


def ignored(shared):
    write(shared.here / ".git/info/exclude", "new.txt\n")
    write(shared.here / "new.txt", "mine\n")
    return "new.txt"


def untracked(shared):
    write(shared.here / "new.txt", "mine\n")
    return "new.txt"


def tracked(shared):
    write(shared.here / "heat.py", "mine\n")
    return "heat.py"


def staged(shared):
    tracked(shared)
    git("add", "heat.py", cwd=shared.here)
    return "heat.py"


def marked(shared):
    tracked(shared)
    git("update-index", "--assume-unchanged", "heat.py", cwd=shared.here)
    return "heat.py"


def skipped(shared):
    tracked(shared)
    git("update-index", "--skip-worktree", "heat.py", cwd=shared.here)
    return "heat.py"


def folder(shared):
    write(shared.here / "new.txt/inside", "mine\n")
    return "new.txt/inside"


def link(shared):
    (shared.here / "new.txt").symlink_to("/nonexistent")
    return "new.txt"


@pytest.mark.parametrize("change", [ignored, untracked, tracked, staged, marked, skipped, folder, link])
def test_what_is_in_the_way_stays_and_is_named_with_who_changed_it(sesync, shared, change):
    shared.colleague("Theirs", {"heat.py": "theirs\n", "new.txt": "theirs\n", "trees.csv": "theirs\n"})
    path = shared.here / change(shared)
    done = sesync("sync", "analysis")
    assert (done.code, done.out) == (1, "")
    name = str(path.relative_to(shared.here)).partition("/")[0]
    assert done.err.startswith(f"Error: {name}: changed by you, and meanwhile also by Ann Doe; nothing was changed")
    assert path.is_symlink() or path.read_text() == "mine\n"
    assert (shared.here / "trees.csv").read_text() == "a,b\n"


def test_a_removal_here_of_what_changed_there_is_in_the_way_too(sesync, shared):
    shared.colleague("Theirs", {"heat.py": "theirs\n"})
    write(shared.here / "heat.py", None)
    done = sesync("sync", "analysis")
    assert (done.code, "heat.py: changed by you" in done.err, (shared.here / "heat.py").exists()) == (1, True, False)


def test_own_changes_elsewhere_in_the_same_file_are_committed_and_joined_when_asked_for(sesync, shared):
    lines = [f"{number}\n" for number in range(20)]
    shared.colleague("Lines", {"heat.py": "".join(lines)})
    sesync("sync", "analysis")
    shared.colleague("Theirs", {"heat.py": "".join(["theirs\n", *lines[1:]])})
    write(shared.here / "heat.py", "".join([*lines[:-1], "mine\n"]))
    refused = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (refused.code, "Add '--merge' to commit yours and join the two" in refused.err) == (1, True)
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", "--merge")
    assert (done.code, done.err) == (0, "")
    assert shared.at_server("heat.py") == "".join(["theirs\n", *lines[1:-1], "mine\n"])


def test_a_file_that_becomes_a_folder_and_back(sesync, shared):
    shared.colleague("Folder", {"heat.py": None})
    shared.colleague("Folder", {"heat.py/deep.txt": "deep\n"})
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "heat.py/deep.txt").read_text() == "deep\n"
    shared.colleague("File", {"heat.py/deep.txt": None})
    (shared.there / "heat.py").is_dir() and (shared.there / "heat.py").rmdir()
    shared.colleague("File", {"heat.py": "file\n"})
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "heat.py").read_text() == "file\n"


def test_settings_that_put_changes_aside_or_merge_by_themselves_change_nothing(sesync, shared, home):
    config = home / ".gitconfig"
    config.write_text(config.read_text() + "[merge]\n\tautoStash = true\n\tff = false\n[pull]\n\trebase = true\n")
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis").code == 0
    assert git("stash", "list", cwd=shared.here) == ""
    assert git("log", "--merges", cwd=shared.here) == ""


def test_two_repositories_with_nothing_in_common_are_not_joined(sesync, shared):
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    git("checkout", "-q", "--orphan", "new", cwd=shared.here)
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "Mine", cwd=shared.here)
    git("branch", "-qM", "main", cwd=shared.here)
    done = sesync("sync", "analysis", "--merge")
    assert (done.code, "have nothing in common" in done.err) == (1, True)
