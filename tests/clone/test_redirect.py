"""A clone that is there goes to its server another way, once that has proved to work."""

import pytest

from tests.clone.conftest import git


def url_of(folder) -> str:
    return git("remote", "get-url", "origin", cwd=folder).strip()


@pytest.fixture
def moved(friend, site, home):
    """The site's ssh server under the path that its https addresses have, and a clone that goes over https."""
    path = f"{friend.folder}/repos/cooltrees/analysis.git"
    template = f"https://127.0.0.1:1{friend.folder}/repos/{{repo}}.git"
    site(gitlab={"ssh": friend.template, "https": template})
    git("clone", "--quiet", path, home / "analysis")
    git("remote", "set-url", "origin", template.format(repo="cooltrees/analysis"), cwd=home / "analysis")
    return friend


def test_a_clone_over_https_goes_over_ssh_when_asked(sesync, moved, home):
    url = moved.url("cooltrees/analysis")
    assert sesync("clone", "cooltrees/analysis", "--ssh", "-n").out == (
        f"git -C {home}/analysis remote set-url origin {url}\n"
    )
    done = sesync("clone", "cooltrees/analysis", "--ssh")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"~/analysis now goes to 127.0.0.1 (port {moved.port}) over ssh.\n"
    assert url_of(home / "analysis") == url
    again = sesync("clone", "cooltrees/analysis", "--ssh")
    assert " already; " in again.out


def test_a_way_that_does_not_work_is_not_taken(sesync, moved, home):
    before = url_of(home / "analysis")
    (moved.folder / "authorized_keys").rename(moved.folder / "away")
    try:
        done = sesync("clone", "cooltrees/analysis", "--ssh")
    finally:
        (moved.folder / "away").rename(moved.folder / "authorized_keys")
    assert (done.code, "does not accept your ssh key" in done.err) == (1, True)
    assert url_of(home / "analysis") == before
