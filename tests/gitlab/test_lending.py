"""A token that is lent to git for one run."""

import subprocess
from pathlib import Path

import pytest

from sesync_cli.caller import whoever_runs_this
from sesync_cli.git.address import Address, read_address
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.site.reading import load_site
from sesync_cli.site.settings import Site

TOKEN = "glpat-abcdefgh12345678"
AT_SITE, ELSEWHERE = "https://gitlab.example.org/a/b.git", "https://example.org/a/b.git"


@pytest.fixture
def rules(site) -> Site:
    site(gitlab={"url": "https://gitlab.example.org"})
    return load_site(whoever_runs_this().env).site


@pytest.fixture
def token(monkeypatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)


def address(url: str) -> Address:
    found = read_address(url)
    assert found
    return found


def told(variables: dict[str, str]) -> str:
    """What git has of the site's server with these variables."""
    said = "protocol=https\nhost=gitlab.example.org\n\n"
    env = {**whoever_runs_this().env, **variables, "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(["git", "credential", "fill"], env=env, input=said, capture_output=True, text=True).stdout


def test_git_has_it_and_no_variable_tells_it(rules, token):
    variables = lent_token(address(AT_SITE), rules, whoever_runs_this())
    assert f"password={TOKEN}" in told(variables) and TOKEN not in str(variables)


def test_it_is_added_to_settings_that_are_there(rules, token, monkeypatch):
    for name, value in {"COUNT": "1", "KEY_0": "user.name", "VALUE_0": "J"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    variables = lent_token(address(AT_SITE), rules, whoever_runs_this())
    assert (variables["GIT_CONFIG_COUNT"], f"password={TOKEN}" in told(variables)) == ("3", True)


@pytest.mark.parametrize("url", [ELSEWHERE, "http://gitlab.example.org/a/b.git", "git@gitlab.example.org:a/b.git"])
def test_another_server_or_way_gets_none(rules, token, url):
    assert lent_token(address(url), rules, whoever_runs_this()) == {}


def test_who_has_none_or_a_password_of_git_s_is_lent_none(rules, monkeypatch, home: Path):
    assert lent_token(address(AT_SITE), rules, whoever_runs_this()) == {}
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    subprocess.run(["git", "config", "--global", "credential.helper", "store"], check=True)
    (home / ".git-credentials").write_text("https://jsmith:own@gitlab.example.org\n")
    assert lent_token(address(AT_SITE), rules, whoever_runs_this()) == {}


def test_broken_settings_are_in_nobody_s_way(rules, monkeypatch, home: Path):
    (home / ".python-gitlab.cfg").write_text("no settings")
    assert lent_token(address(AT_SITE), rules, whoever_runs_this()) == {}


def test_a_site_without_a_gitlab_lends_none(tmp_path: Path, token):
    (tmp_path / "alone.toml").write_text('[site]\nname = "Elsewhere"\n')
    alone = load_site({"SESYNC_SITE": str(tmp_path / "alone.toml")}).site
    assert lent_token(address(AT_SITE), alone, whoever_runs_this()) == {}
