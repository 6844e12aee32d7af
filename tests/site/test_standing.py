"""A site file stands for itself: what it names is on, what is true anywhere holds, and nothing is SESYNC's."""

import os
import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT, Ended
from tests.site.conftest import Standing

Run = Callable[..., Ended]
GITLAB = '[gitlab]\nurl = "https://gitlab.example.org"\n'
DEFAULTS = {
    "home.warn_percent": 90,
    "data.patience_seconds": 10,
    "where.small_table_rows": 500,
    "where.large_mb": 5,
    "where.large_folder_mb": 100,
    "where.database_rows": 10_000_000,
    "where.most_files": 50_000,
    "python.default": None,
    "python.places": ["/usr/local/bin", "/opt/python*/bin", "/usr/local/python*/bin"],
    "python.advice_seconds": 5,
    "kernels.server_folders": ["/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels"],
    "kernels.start_seconds": 60,
    "gitlab.prefer": "ssh",
    "gitlab.large_gb": 2,
    "gitlab.host_keys": [],
    "cluster.output": "slurm-{job}.out",
    "support.mailer": "",
}


def shown(sesync: Run) -> dict[str, tuple[Any, str]]:
    return {one["name"]: (one["value"], one["source"]) for one in sesync("site", "show", "--json").json}


def test_another_gitlab_of_the_built_in_site_has_its_own_repositories(sesync: Run, home: Path) -> None:
    (home / "site.toml").write_text('extends = "sesync"\n[gitlab]\nurl = "https://gitlab.example.org"\n')
    shown = sesync("site", "show", "--json", env={**os.environ, "SESYNC_SITE": str(home / "site.toml")})
    values = {one["name"]: one["value"] for one in shown.json}
    assert values["gitlab.ssh"] == "git@gitlab.example.org:{repo}.git"
    assert values["gitlab.https"] == "https://gitlab.example.org/{repo}.git"
    assert values["data.path"] == "/nfs/{project}-data"


def test_an_empty_file_has_what_is_true_anywhere_and_all_else_is_off(sesync: Run, standing: Standing) -> None:
    standing("")
    settings = shown(sesync)
    for key, value in DEFAULTS.items():
        assert settings[key] == (value, "default")
    assert settings["site.name"] == (socket.gethostname(), "default")
    others = settings.keys() - DEFAULTS.keys() - {"site.name", "home.path", "modules.init"}
    assert {settings[key] for key in others} == {(None, "off")}
    assert {"data.path", "gitlab.url", "support.email", "home.quota_gb", "scratch.path", "jupyter.url"} < others


def test_settings_that_are_off_stand_apart(sesync: Run, standing: Standing) -> None:
    standing(GITLAB)
    done = sesync("site", "show")
    assert "gitlab.url" in done.out and "(the newest that starts)" in done.out and "data.path" not in done.out
    assert done.err.startswith("Off, since the site does not say: home.quota_gb, data.path, scratch.path,")


def test_home_is_where_ones_own_home_is(
    sesync: Run, standing: Standing, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing("")
    monkeypatch.setenv("USER", "somebody")
    assert shown(sesync)["home.path"] == (str(home), "default")
    monkeypatch.setenv("USER", home.name)
    assert shown(sesync)["home.path"] == (f"{home.parent}/{{user}}", "default")


def test_only_what_extends_sesync_changes_sesync(sesync: Run, standing: Standing) -> None:
    path = standing('extends = "sesync"\n[home]\nquota_gb = 30\n')
    settings = shown(sesync)
    assert settings["home.quota_gb"] == (30, str(path))
    assert settings["gitlab.url"] == ("https://gitlab.sesync.org", "built in")
    assert settings["where.large_mb"] == (5, "built in")
    assert not [key for key, (value, _) in settings.items() if value is None]
    path = standing("[home]\nquota_gb = 30\n")
    assert shown(sesync)["gitlab.url"] == (None, "off")


@pytest.mark.parametrize("word", ['"SESYNC"', '"/etc/sesync/other.toml"', "true", '["sesync"]'])
def test_nothing_else_can_be_extended(sesync: Run, standing: Standing, word: str) -> None:
    path = standing(f"extends = {word}\n")
    done = sesync("link")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"Error: the site file {path} extends ")
    assert 'It may say: extends = "sesync". Without that line, a site file stands for itself.' in done.err


def test_a_misspelt_extends_is_no_silent_standing_site(sesync: Run, standing: Standing) -> None:
    standing('extend = "sesync"\n')
    assert "unknown setting: extend\nHint:  Did you mean extends?" in sesync("link").err


def test_the_ways_to_repositories_follow_from_the_url(sesync: Run, standing: Standing) -> None:
    standing('[gitlab]\nurl = "https://example.org:8443/gitlab/"\n')
    settings = shown(sesync)
    assert settings["gitlab.ssh"] == ("git@example.org:{repo}.git", "gitlab.url")
    assert settings["gitlab.https"] == ("https://example.org:8443/gitlab/{repo}.git", "gitlab.url")
    assert settings["gitlab.prefer"] == ("ssh", "default")


@pytest.mark.parametrize("way", ["ssh", "https"])
def test_a_way_without_the_url_is_an_error_of_the_file(sesync: Run, standing: Standing, way: str) -> None:
    path = standing(f'[gitlab]\n{way} = "ssh://git@gitlab.example.org/{{repo}}.git"\n')
    done = sesync("clone", "cooltrees/analysis")
    assert done.code == 3
    assert f"the site file {path} gives gitlab.{way} and no gitlab.url" in done.err


@pytest.mark.parametrize("way,other", [("ssh", "https"), ("https", "ssh")])
def test_one_way_that_is_named_is_the_only_way(sesync: Run, standing: Standing, way: str, other: str) -> None:
    address = f"{way}://gitlab.example.org:1/{{repo}}.git"
    standing(f'{GITLAB}{way} = "{address}"\n[data]\npatience_seconds = 5\n')
    settings = shown(sesync)
    assert settings[f"gitlab.{other}"] == (None, "off")
    assert settings["gitlab.prefer"] == (way, f"gitlab.{way}")
    done = sesync("clone", "cooltrees/analysis", f"--{other}")
    assert (done.code, done.err) == (
        3,
        f"Error: this site's GitLab is not reached over {other}\nHint:  Leave out '--{other}' to go over {way}.\n",
    )
    assert "gitlab.example.org (port 1) cannot be reached" in sesync("clone", "cooltrees/analysis").err


def test_to_prefer_a_way_that_is_not_there_is_an_error_of_the_file(sesync: Run, standing: Standing) -> None:
    standing(f'{GITLAB}https = "https://gitlab.example.org/{{repo}}.git"\nprefer = "ssh"\n')
    said = sesync("site", "check").err
    assert "prefers 'ssh', and names gitlab.https only\nHint:  Name gitlab.ssh too, or leave out gitlab.prefer." in said


@pytest.mark.parametrize(
    "text,says",
    [
        ('[gitlab]\nurl = "gitlab.example.org"\n', "gitlab.url must be an address that begins with https://"),
        ('[gitlab]\nurl = "https://me:x@gitlab.example.org"\n', "gitlab.url must be an address"),
        ('[support]\nemail = ""\n', "gives support.email no value"),
        ("[data]\npatience_seconds = true\n", "gives data.patience_seconds true or false; it must be a number"),
        ('[gitlab]\nurl = "https://gitlab.example.org/{repo}"\n', "gitlab.url must contain no {...}"),
    ],
)
def test_each_mistake_is_named(sesync: Run, standing: Standing, text: str, says: str) -> None:
    standing(text)
    done = sesync("site", "check")
    assert (done.code, done.out) == (3, "")
    assert says in done.err


def test_a_check_says_what_is_on_and_tries_it(
    sesync: Run, standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS")
    (tmp_path / "projects").mkdir()
    text = f'[data]\npath = "{tmp_path}/projects/{{project}}"\n[scratch]\npath = "{tmp_path}/scratch"\n'
    text += '[python]\ndefault = "3.99"\n[support]\nemail = "help@example.org"\nmailer = "nosuchmailer -t"\n'
    path = standing(f'{text}[gitlab]\nurl = "http://127.0.0.1:1"\n')
    done = sesync("site", "check")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == f"{path} is a good site file. It stands for itself."
    assert [re.split("  +", line) for line in lines[2:14]] == [
        ["PART", "IS"],
        ["quota of homes", "off"],
        ["data directories", f"{tmp_path}/projects/{{project}}"],
        ["scratch", f"{tmp_path}/scratch"],
        ["page for uploads", "off"],
        ["GitLab", "http://127.0.0.1:1"],
        ["databases", "off"],
        ["cluster", "off"],
        ["page for passwords", "off"],
        ["JupyterHub", "off"],
        ["address of support", "help@example.org"],
        [f"Note: scratch.path: there is no folder {tmp_path}/scratch on this machine."],
    ]
    assert "Note: gitlab.url: http://127.0.0.1:1 does not answer: [Errno 111] Connection refused." in lines
    assert any(line.startswith("Note: python.default: Python 3.99 is not on this machine, but ") for line in lines)
    assert lines[-1] == "Note: support.mailer: there is no program nosuchmailer on this machine."
    told = sesync("site", "check", "--json").json
    assert list(told) == ["file", "extends", "changes", "parts", "warnings"]
    assert (told["file"], told["extends"], len(told["warnings"])) == (str(path), None, 4)
    assert told["changes"][0] == "data.path" and "gitlab.ssh" not in told["changes"]
    assert told["parts"][0] == {"name": "home", "display_name": "quota of homes", "value": None}


def test_a_web_server_that_answers_is_well_whatever_it_says(sesync: Run, standing: Standing) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # which answers 501 to everything
        threading.Thread(target=server.serve_forever, daemon=True).start()
        standing(f'[gitlab]\nurl = "http://127.0.0.1:{server.server_port}"\n')
        done = sesync("site", "check")
        server.shutdown()
    assert (done.code, "Note:" in done.out) == (0, False)


def test_a_silent_server_is_given_up_on(sesync: Run, standing: Standing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        standing(f'[data]\npatience_seconds = 1.5\n[gitlab]\nurl = "http://127.0.0.1:{silent.getsockname()[1]}"\n')
        done = sesync("site", "check")
    assert done.code == 0
    assert "Note: gitlab.url could not be tried: no answer came within 1.5 seconds." in done.out


EXAMPLES = [
    (page, text)
    for page in ("site.md", "administrators.md")
    for text in re.findall(r"```toml\n(.*?)```", (PROJECT / "docs" / page).read_text(), re.DOTALL)
]


@pytest.mark.parametrize("page,text", EXAMPLES, ids=[f"{page}-{at}" for at, (page, _) in enumerate(EXAMPLES)])
def test_each_example_in_the_docs_is_a_good_site_file(sesync: Run, home: Path, page: str, text: str) -> None:
    (home / "site.toml").write_text(text)
    done = sesync("site", "check", home / "site.toml", "--json")
    assert done.code == 0, done.out
    assert (done.json["extends"] is None) == ("extends" not in text)
    assert os.listdir(home) == ["site.toml"]


def test_the_docs_show_one_of_each_kind() -> None:
    assert [text.startswith('extends = "sesync"') for page, text in EXAMPLES if page == "site.md"] == [False, True]
