"""What is wrong with git itself."""

import pytest

from sesync_cli.git.checks import checks


@pytest.fixture(autouse=True)
def unnamed(monkeypatch):
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)


def test_a_name_that_git_does_not_know_is_told_with_what_sets_it_to_who_has_clones(site, home, findings, monkeypatch):
    monkeypatch.setattr("sesync_cli.git.identity.full_name", lambda: "")
    assert findings(checks) == []
    (home / "code/analysis/.git").mkdir(parents=True)
    (one,) = findings(checks)
    assert not one.broken and one.command == (
        "git config --global user.name 'YOUR NAME' && git config --global user.email ADDRESS"
    )
    assert (one.kind, one.message) == ("no name", "git does not know the name that your commits shall carry")
    assert one.hint == (
        "'git config --global user.name 'J. Smith'' and 'git config --global user.email ADDRESS' set it."
    )


def test_all_is_well_once_it_is_known(site, home, findings):
    (home / ".gitconfig").write_text("[user]\n\tname = Ann Doe\n\temail = adoe@example.org\n")
    assert findings(checks) == []


def test_that_there_is_no_git_is_told_with_whom_to_ask(site, home, findings, monkeypatch, tmp_path):
    site(support={"email": "help@example.org"})
    monkeypatch.setenv("PATH", str(tmp_path))
    (one,) = findings(checks)
    assert (one.kind, one.hint) == ("no git", "Ask help@example.org to install it.")
