"""Which servers commands ask for: never one of SESYNC, where the site is another."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.services.leaks import TOKEN
from tests.services.network import Network, network
from tests.site.conftest import Standing

Run = Callable[..., Ended]
SESYNCS, OURS, OTHERS = "gitlab.sesync.org", "gitlab.example.org", "git.example.com"
QUICK = "[data]\npatience_seconds = 5\n"
COMMANDS = (
    "link cooltrees",
    "clone",
    "clone analysis",
    "clone cooltrees/",
    "clone cooltrees/analysis",
    "clone cooltrees/analysis --https",
    "clone --login",
    f"clone https://{OTHERS}/a/b.git",
    f"clone git@{OTHERS}:a/b.git -y",
    "ssh-key",
    "ssh-key --check",
    f"ssh-key {OTHERS} --check",
    "sync work",
    "put work/file.csv cooltrees",
    "where work",
    "where nothing.csv",
    "usage",
    "report it_does_not_work",
    "kernel create heat humanize",
    "install humanize",
    "site check",
    "site show",
)


@pytest.fixture
def alone(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A network in which no name is known; its commands have a token, and a repository at a server of others."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"GITLAB_TOKEN": TOKEN, "PIP_RETRIES": "0", "UV_HTTP_RETRIES": "0"}.items():
        monkeypatch.setenv(name, value)
    work = home / "work"
    subprocess.run(["git", "init", "--quiet", "-b", "main", work], check=True)
    (work / "file.csv").write_text("a,b\n1,2\n")
    subprocess.run(["git", "remote", "add", "origin", f"https://{OTHERS}/a/work.git"], cwd=work, check=True)
    with network(tmp_path) as one:
        yield one


def run_all(sesync: Run, alone: Network) -> None:
    for words in COMMANDS:
        options = {"stdin": None, "input": f"{TOKEN}\n"} if "--login" in words else {}
        done = sesync(*words.split(), prefix=alone.prefix, **options)
        assert done.code in (0, 1, 2, 3), done.err
        assert "sesync.org" not in done.out + done.err, words


def of_sesync(names: set[str]) -> list[str]:
    return [name for name in names if name.endswith("sesync.org")]


def test_a_site_with_a_gitlab_of_its_own_asks_for_that_one(sesync: Run, standing: Standing, alone: Network) -> None:
    standing(f'{QUICK}[gitlab]\nurl = "https://{OURS}"\n')
    run_all(sesync, alone)
    assert {OURS, OTHERS} <= alone.asked() and not of_sesync(alone.asked())


def test_a_site_without_anything_asks_for_what_people_type(sesync: Run, standing: Standing, alone: Network) -> None:
    standing(QUICK)
    run_all(sesync, alone)
    assert OTHERS in alone.asked() and OURS not in alone.asked() and not of_sesync(alone.asked())


@pytest.mark.parametrize("words", ["clone cooltrees/analysis", "clone analysis", "ssh-key", "clone --login"])
def test_at_sesync_the_same_commands_ask_for_sesyncs(
    sesync: Run, standing: Standing, alone: Network, words: str
) -> None:
    standing(f'extends = "sesync"\n{QUICK}')
    options = {"stdin": None, "input": f"{TOKEN}\n"} if "--login" in words else {}
    sesync(*words.split(), prefix=alone.prefix, **options)
    assert SESYNCS in alone.asked()
