"""What is committed is what was named: a folder as a whole, what a check adds, what is no content of a file."""

import os

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import WHO, write
from tests.sync.test_server import hook as at_server


@pytest.mark.parametrize("folder", ["analysis", "link", "analysis/notes"])
@pytest.mark.parametrize("word", [".", "./", "notes/.."])
def test_a_dot_is_all_there_is_in_the_folder(sesync, shared, home, folder, word):
    (home / "link").symlink_to("analysis")
    word = ".." if (folder, word) == ("analysis/notes", "notes/..") else word
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / "notes/one.md", "mine\n")
    write(shared.here / "trees.csv", "mine\n")
    git("add", "trees.csv", cwd=shared.here)  # what is staged is no reason to leave out the rest
    done = sesync("sync", "-m", "Mine", word, cwd=home / folder)
    assert done.code == 0, done
    committed = git("show", "--format=", "--name-only", "main", cwd=shared.bare).split()
    assert committed == (
        ["notes/one.md"] if folder.endswith("notes") and word != ".." else ["heat.py", "notes/one.md", "trees.csv"]
    )


def test_repositories_in_it_are_left_out_and_none_is_proposed(sesync, shared):
    for name in ("own", "deep/down/own"):
        git("init", "-q", shared.here / name)
        write(shared.here / name / "a.txt", "a\n")
        git("add", "a.txt", cwd=shared.here / name)
        git(*WHO, "commit", "-qm", "Own", cwd=shared.here / name)
    write(shared.here / "new.py", "new\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (done.code, "Committed new.py: Mine" in done.out) == (0, True), done
    assert "own is a repository of its own" in done.err and "deep/down/own is a repository of its own" in done.err
    assert "This commits and sends one" not in done.out
    nothing = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (nothing.code, "there was nothing to commit" in nothing.err) == (0, True)


def test_a_submodule_with_changes_inside_does_not_make_a_dot_unusable(sesync, shared, tmp_path):
    git("init", "-q", tmp_path / "part")
    write(tmp_path / "part/a.txt", "a\n")
    git("add", "a.txt", cwd=tmp_path / "part")
    git(*WHO, "commit", "-qm", "Part", cwd=tmp_path / "part")
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", tmp_path / "part", "part", cwd=shared.here)
    git(*WHO, "commit", "-qm", "With a part", cwd=shared.here)
    assert sesync("sync", "analysis").code == 0
    write(shared.here / "part/a.txt", "changed\n")
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (done.code, "Committed heat.py: Mine" in done.out) == (0, True), done
    assert "part is a repository of its own: what is in it stays as it is" in done.err


@pytest.mark.parametrize("is_staged", [False, True])
def test_what_a_check_adds_is_told_and_nothing_staged_is_lost(sesync, shared, is_staged):
    script = "echo made > made.txt; echo '# formatted' >> heat.py; git add made.txt heat.py"
    write(shared.here / ".git/hooks/pre-commit", f"#!/bin/sh\n{script}\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    if is_staged:
        write(shared.here / "trees.csv", "staged\n")
        git("add", "trees.csv", cwd=shared.here)
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert "Committed heat.py and made.txt: Mine\n" in done.out
    assert git("status", "--porcelain", cwd=shared.here) == ("M  trees.csv\n" if is_staged else "")
    assert shared.at_server("heat.py") == "mine\n# formatted\n"


def test_what_a_check_adds_to_the_first_commit_is_not_taken_out_by_the_next(sesync, template, tmp_path, person):
    bare = tmp_path / "repos/cooltrees/empty.git"
    git("init", "--quiet", "--bare", bare)
    git("clone", "--quiet", bare, here := person / "empty")
    write(here / ".git/hooks/pre-commit", "#!/bin/sh\necho made > made.txt; git add made.txt\n")
    (here / ".git/hooks/pre-commit").chmod(0o755)
    for name in ("heat.py", "staged.py"):
        write(here / name, "mine\n")
    git("add", "staged.py", cwd=here)
    assert sesync("sync", "empty", "-y", "-m", "First", "heat.py").code == 0
    assert git("status", "--porcelain", cwd=here) == "A  staged.py\n"
    assert sesync("sync", "empty", "-m", "Second").code == 0
    assert git("ls-tree", "--name-only", "main", cwd=bare).split() == ["heat.py", "made.txt", "staged.py"]


@pytest.mark.parametrize("words", [("analysis", "-m", "x", ""), ("", "-m", "x"), ("-m", "x", "")])
def test_an_empty_name_is_not_all(sesync, shared, words):
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", *words, cwd=shared.here)
    assert (done.code, "an empty name names nothing" in done.err) == (2, True)
    assert shared.subjects() == ["x"]


def test_rights_alone_are_told_apart_and_not_committed_unasked(sesync, shared):
    for name in ("heat.py", "trees.csv"):
        (shared.here / name).chmod(0o755)
    said = sesync("sync", "analysis").out
    assert "only its rights  heat.py" in said and "This commits and sends one" not in said
    assert "This commits and sends those of one: sesync sync analysis -m TEXT heat.py" in said
    assert f"'git -C {shared.here} config core.fileMode false' has git leave rights alone" in said
    asked = sesync("sync", "analysis", "-m", "All", ".")
    assert (asked.code, "only the rights changed of heat.py and trees.csv" in asked.err) == (2, True)
    named = sesync("sync", "analysis", "-m", "A program", "heat.py")
    assert (named.code, "Committed heat.py: A program" in named.out) == (0, True), "who names it means it"


def test_rights_alone_do_not_stop_what_is_new_once_git_leaves_them_alone(sesync, shared):
    (shared.here / "trees.csv").chmod(0o755)
    (shared.here / "heat.py").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    (shared.here / "heat.py").chmod(0o755)
    shared.colleague("Theirs", {"trees.csv": "theirs\n"})
    done = sesync("sync", "analysis")
    assert (done.code, "trees.csv: of yours only the rights have changed, and Ann Doe changed" in done.err) == (1, True)
    assert "sync --merge" not in done.err
    git("config", "core.fileMode", "false", cwd=shared.here)
    again = sesync("sync", "analysis")
    assert (again.code, "changed  heat.py" in again.out) == (0, True)
    assert (shared.here / "trees.csv").read_text() == "theirs\n"


def test_links_are_told_of_which_only_the_link_goes(sesync, shared):
    os.symlink("/nfs/cooltrees-data/big.tif", shared.here / "big.tif")
    os.symlink("../outside.csv", shared.here / "outside.csv")
    os.symlink("heat.py", shared.here / "inside.py")
    os.symlink("../.git/annex/objects/aB/cD/SHA256E-s3--1.tif/SHA256E-s3--1.tif", shared.here / "notes/map.tif")
    done = sesync("sync", "analysis", "-m", "Links", ".")
    assert done.code == 0
    assert "only a link goes of big.tif and outside.csv: what it leads to is not in this repository" in done.err
    assert "git-annex keeps notes/map.tif: only a link to it goes" in done.err
    assert f"'git -C {shared.here} annex copy --to origin -- notes/map.tif' sends what is in it" in done.err
    assert "inside.py" not in done.err


def test_an_unlocked_file_of_git_annex_is_told_too(sesync, shared):
    (shared.here / ".git/annex").mkdir()
    git("config", "filter.annex.clean", "echo /annex/objects/SHA256E-s4--%f", cwd=shared.here)
    write(shared.here / ".git/info/attributes", "*.tif filter=annex\n")
    write(shared.here / "map.tif", "real")
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Map", ".")
    assert (done.code, "git-annex keeps map.tif: only a link to it goes" in done.err) == (0, True), done


def test_many_files_in_the_way_cost_no_git_each(sesync, shared, tmp_path, monkeypatch):
    files = {f"out/{number}/a.txt": "theirs\n" for number in range(300)}
    shared.colleague("Theirs", files)
    for name in files:
        write(shared.here / name, "mine\n")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    done = sesync("sync", "analysis")
    assert (done.code, "and 295 more: changed by you" in done.err) == (1, True)
    assert "'sesync sync analysis --merge -m TEXT FILE...' commits yours" in done.err
    assert sesync("sync", "analysis", "--merge", "-m", "Mine", "out").code == 1
    assert trace.read_text().count("built-in: git") < 150


def test_what_the_server_says_to_a_push_is_not_said_twice(sesync, shared):
    at_server(shared, "post-receive", "echo Thanks >&2; echo Thanks >&2")
    write(shared.here / "heat.py", "mine\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").out.count("Thanks") == 1
