"""How much of a repository is cloned: a branch, the latest commits, old contents only when needed."""

from collections.abc import Iterator

import pytest

from tests.clone.conftest import add_commit, git, publish
from tests.services.gitlabapi import GitLabApi, gitlab_api
from tests.services.leaks import TOKEN


@pytest.fixture
def grown(friend):
    """A repository with history and two branches."""
    bare = friend.folder / "repos/cooltrees/grown.git"
    if not bare.exists():
        publish(bare, {"a.txt": "one\n"})
        for allowed in ("allowFilter", "allowAnySHA1InWant"):
            git("config", f"uploadpack.{allowed}", "true", cwd=bare)
        git("branch", "heat", "main", cwd=bare)
        git("tag", "v1", "main", cwd=bare)
        for number in range(3):
            add_commit(bare, {"a.txt": f"{number}\n"})
    return friend


def test_a_branch_by_name(sesync, grown, home):
    url = grown.url("cooltrees/grown")
    assert sesync("clone", "cooltrees/grown", "--branch", "heat", "-n").out == (
        f"git clone --branch=heat {url} {home}/grown\n"
    )
    assert sesync("clone", "cooltrees/grown", "--branch", "heat").code == 0
    assert git("branch", "--show-current", cwd=home / "grown") == "heat\n"
    assert (home / "grown/a.txt").read_text() == "one\n"


def test_a_tag_is_no_branch_and_says_what_to_do_first(sesync, grown, home):
    done = sesync("clone", "cooltrees/grown", "--branch", "v1")
    assert (done.code, "this is no branch: 'git switch -c NAME'" in done.err) == (0, True)


def test_a_branch_that_is_not_there_says_how_to_see_them(sesync, grown, home):
    done = sesync("clone", "cooltrees/grown", "--branch", "haet")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: cooltrees/grown has no branch haet\nHint:  'git ls-remote --heads ")


@pytest.mark.parametrize("name", ["-x", "--upload-pack=date", "a b", "a..b", "a:b", "\x1b[31m"])
def test_a_name_that_no_branch_has_is_refused(sesync, grown, home, name):
    assert sesync("clone", "cooltrees/grown", f"--branch={name}").code == 2
    assert not (home / "grown").exists()


def test_the_latest_commits_only(sesync, grown, home):
    assert sesync("clone", "cooltrees/grown", "--depth", "2").code == 0
    assert git("rev-list", "--count", "HEAD", cwd=home / "grown") == "2\n"
    assert (home / "grown/a.txt").read_text() == "2\n"
    assert sesync("clone", "cooltrees/grown", "x", "--depth", "0").code == 2


def test_a_lean_clone_has_all_history_and_old_contents_when_needed(sesync, grown, home):
    assert sesync("clone", "cooltrees/grown", "--lean", "-n").out.startswith("git clone --filter=blob:none ssh://")
    assert sesync("clone", "cooltrees/grown", "--lean").code == 0
    assert git("rev-list", "--count", "HEAD", cwd=home / "grown") == "4\n"
    missing = git("rev-list", "--objects", "--missing=print", "HEAD", cwd=home / "grown")
    assert sum(line.startswith("?") for line in missing.splitlines()) == 3


@pytest.fixture
def large(grown, site, tmp_path, monkeypatch) -> Iterator[GitLabApi]:
    """The site's GitLab says that the repository has 5 GB, to those who have a token."""
    with gitlab_api(tmp_path) as api:
        api.publish("cooltrees/grown")
        api.projects[0]["statistics"] = {"repository_size": 5_000_000_000}
        site(gitlab={"url": api.url, "large_gb": 4})
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        yield api


def test_a_large_repository_is_offered_lean_on_a_terminal(terminal, large, home):
    person = terminal("clone", "cooltrees/grown")
    person.wait_for("Get those only when they are needed? [Y/n]")
    assert "cooltrees/grown has 5.0 GB with all the old contents of its files" in " ".join(person.screen.split())
    person.type("\r")
    assert person.ended() == 0
    assert git("config", "remote.origin.partialclonefilter", cwd=home / "grown") == "blob:none\n"


def test_a_large_repository_names_the_option_elsewhere(sesync, large, home, site):
    done = sesync("clone", "cooltrees/grown")
    assert (done.code, "'--lean' gets those only when they are needed" in done.err) == (0, True)
    site(gitlab={"large_gb": 6})
    assert sesync("clone", "cooltrees/grown", "again").err == ""


def test_what_does_not_fit_is_not_begun(sesync, large, home):
    large.projects[0]["statistics"] = {"repository_size": 10**18}
    done = sesync("clone", "cooltrees/grown")
    assert (done.code, "this takes about" in done.err, (home / "grown").exists()) == (1, True, False)


def test_a_gitlab_that_does_not_tell_the_size_is_no_obstacle(sesync, large, home):
    large.projects.clear()
    assert (sesync("clone", "cooltrees/grown").err, (home / "grown").exists()) == ("", True)
