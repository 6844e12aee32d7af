"""sesync clone, as a person meets it: from the site's own GitLab, over ssh."""

import os
import shutil

import pytest

from tests.clone.conftest import git, leftovers, publish


def test_it_clones_into_home_and_says_what_comes_next(sesync, friend, home):
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Cloned cooltrees/analysis to ~/analysis.\nIt asks for Python packages: cd ~/analysis && sesync kernel create\n"
    )
    assert (home / "analysis/analysis.py").read_text() == "print(1)\n"
    assert git("status", "--porcelain", cwd=home / "analysis") == ""
    assert git("remote", "get-url", "origin", cwd=home / "analysis").strip() == friend.url("cooltrees/analysis")
    assert leftovers(home) == []


@pytest.mark.parametrize(
    "leading",
    [
        {"GIT_DIR": "other/.git", "GIT_WORK_TREE": "other"},
        {"GIT_INDEX_FILE": "other/.git/index", "GIT_OBJECT_DIRECTORY": "other/.git/objects"},
        {"GIT_NAMESPACE": "other"},
    ],
)
def test_it_is_whole_whatever_repository_the_shell_names(sesync, friend, home, tmp_path, leading):
    git("init", "--quiet", tmp_path / "other")
    before = sorted((tmp_path / "other").rglob("*"))
    env = os.environ | {name: value.replace("other", f"{tmp_path}/other") for name, value in leading.items()}
    for words in ((), ("--update",)):
        done = sesync("clone", "cooltrees/analysis", *words, env=env)
        assert (done.code, done.err) == (0, "")
        assert git("status", "--porcelain", cwd=home / "analysis") == ""
        git("fsck", cwd=home / "analysis")
    assert (home / "analysis/analysis.py").read_text() == "print(1)\n"
    assert sorted((tmp_path / "other").rglob("*")) == before


def test_it_goes_home_whatever_the_current_folder(sesync, friend, home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    assert sesync("clone", "a/b/deep", cwd=tmp_path / "elsewhere").out == "Cloned a/b/deep to ~/deep.\n"
    assert (home / "deep/deep.txt").exists()


def test_a_folder_is_relative_to_the_current_one_and_made_with_its_parents(sesync, friend, home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    done = sesync("clone", "a/b/deep", "new/er/here", cwd=tmp_path / "elsewhere")
    assert (done.code, done.out) == (0, f"Cloned a/b/deep to {tmp_path}/elsewhere/new/er/here.\n")
    assert (tmp_path / "elsewhere/new/er/here/deep.txt").exists()


def test_the_dry_run_is_what_one_would_type_and_touches_nothing(sesync, friend, home):
    before = sorted(home.rglob("*"))
    done = sesync("clone", "cooltrees/analysis", "-n")
    assert done.out == f"git clone {friend.url('cooltrees/analysis')} ~/analysis\n"
    assert sorted(home.rglob("*")) == before


def test_json_names_the_repository_and_the_path(sesync, friend, home):
    url = friend.url("cooltrees/analysis")
    document = sesync("clone", "cooltrees/analysis", "--json").json
    assert document == {
        "done": True,
        "steps": [f"git clone {url} {home}/analysis"],
        "message": f"Cloned cooltrees/analysis to {home}/analysis.\n"
        f"It asks for Python packages: cd {home}/analysis && sesync kernel create",
        "warnings": [],
        "result": {"repository": "cooltrees/analysis", "address": url, "path": f"{home}/analysis"},
    }
    again = sesync("clone", "cooltrees/analysis", "--json").json
    assert (again["done"], again["steps"], again["result"]) == (True, [], document["result"])


def test_a_second_time_says_that_it_is_there(sesync, friend, home):
    sesync("clone", "cooltrees/analysis")
    done = sesync("clone", "cooltrees/analysis")
    assert done.code == 0
    assert done.out == "~/analysis is cloned from cooltrees/analysis already; '--update' gets what is new.\n"


@pytest.mark.parametrize("words", [(), ("analysis",), ("",)])
def test_too_little_says_what_to_type_and_where_to_see_the_projects(sesync, stranger, words):
    done = sesync("clone", *words)
    assert done.code == 2
    assert "GROUP/NAME" in done.err
    assert "https://gitlab.example.org/dashboard/projects" in done.err


def test_git_missing_is_not_ready(sesync, friend, tmp_path):
    env = os.environ | {"PATH": str(tmp_path / "nothing")}
    done = sesync("clone", "cooltrees/analysis", env=env)
    assert done.code == 3
    assert done.err.startswith("Error: the program git is not on this machine\nHint:  Ask cyberhelp@sesync.org")


def test_ssh_missing_is_not_ready_and_https_a_way_out(sesync, friend, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(str(shutil.which("git")))
    done = sesync("clone", "cooltrees/analysis", env=os.environ | {"PATH": str(tmp_path / "bin")})
    assert done.code == 3
    assert done.err.startswith("Error: the program ssh is not on this machine\nHint:  Use '--https'")


def test_an_empty_repository_is_cloned_with_a_warning(sesync, friend, home):
    done = sesync("clone", "cooltrees/empty")
    assert (done.code, done.out) == (0, "Cloned cooltrees/empty to ~/empty.\n")
    assert done.err == "Warning: the repository is empty: nobody has put anything in it yet\n"
    assert (home / "empty/.git").is_dir()
    assert sesync("clone", "cooltrees/empty", "--update").code == 0


def test_a_missing_default_branch_names_the_branches(sesync, friend, home, tmp_path):
    bare = publish(friend.folder / "repos/cooltrees/headless.git", {"a.txt": "a"})
    git("symbolic-ref", "HEAD", "refs/heads/master", cwd=bare)
    done = sesync("clone", "cooltrees/headless")
    assert done.code == 0
    assert done.err == "Warning: no files are there, since its default branch is missing; it has main\n"


def test_a_template_of_the_site_may_be_a_folder(sesync, site, repositories, home):
    site(gitlab={"ssh": f"file://{repositories}/{{repo}}.git"})
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out.splitlines()[0]) == (0, "Cloned cooltrees/analysis to ~/analysis.")
    assert sesync("clone", "cooltrees/analysis", "--update").out == "~/analysis is up to date: 0 new commits.\n"
    missing = sesync("clone", "cooltrees/nope")
    assert (missing.code, "has no repository cooltrees/nope, or you may not see it" in missing.err) == (1, True)


@pytest.mark.parametrize("name", ["with space", "it's", "-dash", "[bold]x", "naïve", "$HOME", 'quo"te', "100%d", "a;b"])
def test_odd_folder_names_are_just_names(sesync, friend, home, name):
    done = sesync("clone", "--", "a/b/deep", name)
    assert (done.code, done.err) == (0, "")
    assert (home / name / "deep.txt").exists()
    again = sesync("clone", "--", "a/b/deep", name)
    assert (again.code, " is cloned from a/b/deep already" in again.out) == (0, True)


def test_an_odd_home_is_a_home(sesync, guest, home, tmp_path, monkeypatch):
    odd = tmp_path / "J. O'Smith [bold] 100%"
    home.rename(odd)
    home.symlink_to(odd)
    for path in (odd, home):
        monkeypatch.setenv("HOME", str(path))
        monkeypatch.setenv("PWD", str(path))
        monkeypatch.chdir(path)
        done = sesync("clone", "a/b/deep", "--yes")
        assert (done.code, done.out) == (0, "Cloned a/b/deep to ~/deep.\n")
        shutil.rmtree(path / "deep")
        (path / ".ssh/known_hosts").unlink()


@pytest.mark.parametrize("name", ["", "new\nline", "escape\x1b[31m"])
def test_a_name_that_no_folder_should_have_is_refused(sesync, friend, home, name):
    before = sorted(home.iterdir())
    assert sesync("clone", "a/b/deep", name).code == 2
    assert sorted(home.iterdir()) == before


def test_a_hidden_folder_is_made_only_when_asked_for_by_name(sesync, friend, home):
    publish(friend.folder / "repos/cooltrees/.jupyter.git", {"a": "a"})
    done = sesync("clone", friend.url("cooltrees/.jupyter"))
    assert (done.code, "Add a DIR" in done.err) == (2, True)
    assert not (home / ".jupyter").exists()
    assert sesync("clone", friend.url("cooltrees/.jupyter"), ".jupyter").code == 0


def test_a_folder_that_one_may_not_write_is_an_error(sesync, friend, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    if os.getuid() == 0:
        os.chown(closed, 12345, 12345)
    powers = "-dac_override,-dac_read_search"
    powerless = ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}")
    done = sesync("clone", "a/b/deep", closed / "deep", prefix=powerless if os.getuid() == 0 else ())
    assert (done.code, done.err.splitlines()[0]) == (1, f"Error: you may not write or read {closed}")
    assert list(closed.iterdir()) == []
