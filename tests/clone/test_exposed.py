"""Clones that are there with a password in their address: nothing says it, a warning gives the way out of it."""

import pytest

from tests.clone.conftest import git, publish
from tests.clone.test_choice import member  # noqa: F401
from tests.clone.test_group import over_tls  # noqa: F401
from tests.clone.test_redirect import moved  # noqa: F401
from tests.sync.test_exposed import SECRET, do, said

WORDS = "a password or a token stands in the address of ~/analysis"


@pytest.fixture
def exposed(over_tls, home):  # noqa: F811
    """The site's repository, cloned with an address that holds a password."""
    git("clone", "--quiet", over_tls.folder / "repos/cooltrees/analysis.git", home / "analysis")
    with (over_tls.folder / "passwords").open("a") as file:
        file.write(f"jsmith:{SECRET}\n")
    url = over_tls.url("cooltrees/analysis").replace("//", f"//jsmith:{SECRET}@")
    git("remote", "set-url", "origin", url, cwd=home / "analysis")
    return over_tls


@pytest.mark.parametrize("repo", ["cooltrees/analysis", "cooltrees/"])
@pytest.mark.parametrize("words", [("--json",), ("--update", "--json"), ("--update", "-n", "--json"), ("--update",)])
def test_it_is_not_said_and_the_command_takes_it_out(sesync, exposed, home, repo, words):
    git("clone", "--quiet", exposed.folder / "repos/cooltrees/empty.git", home / "empty")
    git("remote", "set-url", "origin", exposed.url("cooltrees/empty"), cwd=home / "empty")
    done = sesync("clone", repo, "--yes", *words)
    assert (done.code, WORDS in said(done, home)) == (0, True), done
    if "--json" not in words:
        return
    assert exposed.url("cooltrees/analysis") in str(done.json["result"])
    [warning] = [one for one in done.json["warnings"] if "password" in one]
    do(warning)
    assert git("remote", "get-url", "origin", cwd=home / "analysis").strip() == exposed.url("cooltrees/analysis")
    assert sesync("clone", repo, "--update", "--yes").err == ""


@pytest.fixture
def moving(moved, home):  # noqa: F811
    """The clone over https that could go over ssh, with a password in its address."""
    url = git("remote", "get-url", "origin", cwd=home / "analysis").strip()
    git("remote", "set-url", "origin", url.replace("//", f"//jsmith:{SECRET}@", 1), cwd=home / "analysis")
    return moved


def test_a_clone_that_goes_another_way_has_a_token_to_be_made_anew(sesync, moving, home):
    assert "so make a new one" in said(sesync("clone", "cooltrees/analysis", "--ssh", "-n"), home)
    done = sesync("clone", "cooltrees/analysis", "--ssh")
    assert (done.code, "over ssh" in done.out, "so make a new one" in said(done, home)) == (0, True, True), done
    assert SECRET not in (home / "analysis/.git/config").read_text()
    assert sesync("clone", "cooltrees/analysis").err == ""


def test_one_that_cannot_go_another_way_stays_and_says_nothing_of_it(sesync, moving, home):
    (moving.folder / "authorized_keys").rename(moving.folder / "away")
    try:
        done = sesync("clone", "cooltrees/analysis", "--ssh")
    finally:
        (moving.folder / "away").rename(moving.folder / "authorized_keys")
    assert (done.code, "does not accept your ssh key" in said(done, home)) == (1, True)
    assert SECRET in (home / "analysis/.git/config").read_text()


def test_settings_for_large_files_that_hold_one_are_told_without(sesync, friend, home):
    settings = f'[lfs]\n\turl = "ftp://jsmith:{SECRET}@example.org/x"\n'
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"
    files = {".lfsconfig": settings, ".gitattributes": "*.bin filter=lfs\n", "a.bin": pointer}
    publish(friend.folder / "repos/cooltrees/large.git", files)
    done = sesync("clone", "cooltrees/large")
    assert "its .lfsconfig names an address" in said(done, home)
