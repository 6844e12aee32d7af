"""Where tokens are found, for whom they are, and what is never said of them."""

import os
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady
from sesync_cli.gitlab.tokens import find_token, same_server
from tests.services.leaks import TOKEN

URL = "https://gitlab.example.org"


def find(home: Path, url: str = URL, **env: str):
    return find_token(url, Caller({**os.environ, "HOME": str(home), **env}))


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def python_gitlab(home: Path, *lines: str, url: str = URL) -> Path:
    text = f"[global]\ndefault = ours\n\n[ours]\nurl = {url}\n" + "\n".join(lines) + "\n"
    return write(home / ".python-gitlab.cfg", text)


def git_store(home: Path, host: str = "gitlab.example.org") -> None:
    write(home / ".gitconfig", "[credential]\n\thelper = store\n")
    write(home / ".git-credentials", f"https://jsmith:{TOKEN}@{host}\n")


def test_there_may_be_none_and_nobody_is_asked(home):
    assert find(home) is None
    assert find(home, GIT_ASKPASS="/bin/false", SSH_ASKPASS="/bin/false", DISPLAY=":0") is None


def test_it_does_not_show_itself(home):
    token = find(home, GITLAB_TOKEN=TOKEN)
    assert token.value == TOKEN
    assert (repr(token), str(token)) == ("<token from GITLAB_TOKEN>",) * 2


@pytest.mark.parametrize(
    "variables,found",
    [
        ({}, True),
        ({"GITLAB_HOST": "gitlab.example.org"}, True),
        ({"GITLAB_URL": "https://gitlab.example.org/"}, True),
        ({"GITLAB_HOST": "https://gitlab.com"}, False),
        ({"GL_HOST": "gitlab.com"}, False),
    ],
)
def test_a_variable_may_be_for_another_server(home, variables, found):
    assert bool(find(home, GITLAB_TOKEN=TOKEN, **variables)) is found


def test_a_job_token_of_ci_is_none(home):
    assert find(home, CI_JOB_TOKEN=TOKEN) is None


@pytest.mark.parametrize("option", ["private_token", "oauth_token"])
def test_python_gitlabs_file_is_read(home, option):
    python_gitlab(home, f"{option} = {TOKEN}")
    token = find(home)
    assert (token.value, token.source, token.warning) == (TOKEN, f"{home}/.python-gitlab.cfg", "")


def test_python_gitlabs_helper_is_run_by_python_gitlab(home):
    write(home / "passwords", TOKEN)
    python_gitlab(home, f"private_token = helper: cat {home}/passwords")
    assert find(home).value == TOKEN


def test_a_section_is_for_its_own_server_alone(home):
    python_gitlab(home, f"private_token = {TOKEN}", url="https://gitlab.com")
    assert find(home) is None
    assert find(home, url="https://gitlab.com/").value == TOKEN
    assert find(home, url="http://gitlab.com") is None  # in the clear, everybody on the way would read it


def test_another_file_may_be_named(home, tmp_path):
    write(tmp_path / "mine/.python-gitlab.cfg", f"[work]\nurl={URL}\nprivate_token={TOKEN}\n")
    token = find(home, PYTHON_GITLAB_CFG=str(tmp_path / "mine/.python-gitlab.cfg"))
    assert (token.value, token.source) == (TOKEN, str(tmp_path / "mine/.python-gitlab.cfg"))


@pytest.mark.parametrize("value", [TOKEN, f"!!null {TOKEN}", f'"{TOKEN}"'])
def test_glabs_file_is_read(home, value):
    write(
        home / ".config/glab-cli/config.yml", f"git_protocol: ssh\nhosts:\n  gitlab.example.org:\n    token: {value}\n"
    )
    token = find(home)
    assert (token.value, token.source) == (TOKEN, "glab")


@pytest.mark.parametrize("lines", ["token:", "token: null", "token: ~", "user: jsmith", "[]"])
def test_glab_may_have_none(home, lines):
    write(
        home / ".config/glab-cli/config.yml",
        f"hosts:\n  gitlab.example.org:\n    {lines}\n  other: {{token: {TOKEN}}}\n",
    )
    assert find(home) is None


def test_glab_may_keep_its_file_elsewhere_and_name_the_api_apart(home, tmp_path):
    text = f"hosts:\n  git.example.org:\n    token: {TOKEN}\n    api_host: api.example.org:8443\n"
    write(tmp_path / "glab/config.yml", text)
    assert find(home, url="https://api.example.org:8443", GLAB_CONFIG_DIR=str(tmp_path / "glab")).value == TOKEN


def test_gits_helper_is_asked_quietly(home):
    git_store(home)
    token = find(home)
    assert (token.value, token.source) == (TOKEN, "git's credential helper")


def test_a_helper_that_hangs_or_fails_is_no_answer(home, monkeypatch):
    monkeypatch.setattr("sesync_cli.git.credentials._SECONDS", 0.5)
    write(home / ".gitconfig", '[credential]\n\thelper = "!sleep 60; false"\n')
    assert find(home) is None


def test_the_nearest_one_wins(home):
    git_store(home)
    write(home / ".config/glab-cli/config.yml", "hosts: {gitlab.example.org: {token: of-glab-12345}}\n")
    assert find(home).value == "of-glab-12345"
    python_gitlab(home, "private_token = of-python-gitlab")
    assert find(home).value == "of-python-gitlab"
    assert find(home, GITLAB_TOKEN="of-the-variable").value == "of-the-variable"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_warned_of(home, mode):
    python_gitlab(home, f"private_token = {TOKEN}").chmod(mode)
    assert f"'chmod 600 {home}/.python-gitlab.cfg'" in find(home).warning


@pytest.mark.parametrize(
    "name,text",
    [
        (".python-gitlab.cfg", f"private_token = {TOKEN}\n"),
        (".python-gitlab.cfg", f"[ours\nprivate_token = {TOKEN}\n"),
        (".python-gitlab.cfg", f"[ours]\nurl = {URL}\nprivate_token = {TOKEN}%x\n"),
        (".python-gitlab.cfg", f"[ours]\nurl = {URL}\nprivate_token = helper: cat /nonexistent/{TOKEN}\n"),
        (".config/glab-cli/config.yml", f"hosts: [\n  token: {TOKEN}\n"),
        (".config/glab-cli/config.yml", f"\x00{TOKEN}"),
    ],
)
def test_a_broken_file_is_named_and_never_quoted(home, name, text):
    write(home / name, text)
    with pytest.raises(NotReady) as caught:
        find(home)
    assert str(home / name) in str(caught.value)
    assert TOKEN not in str(caught.value) + caught.value.hint


def test_a_server_is_a_scheme_a_name_a_port_and_a_folder():
    assert same_server("https://GitLab.example.org", "https://gitlab.example.org:443/")
    assert same_server("https://example.org/gitlab", "https://example.org/gitlab/")
    for other in (
        "http://a.org",
        "https://a.org:8443",
        "https://b.org",
        "https://a.org/b",
        "https://a.org:x",
        "",
        "a.org",
    ):
        assert not same_server("https://a.org", other)
