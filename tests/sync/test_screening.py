"""What does not belong into git is named before it is committed."""

import json

import pytest

from sesync_cli.session import Session
from sesync_cli.sync.screening import doubts
from tests.clone.conftest import git
from tests.sync.conftest import write

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----\n"


def notebook(output: int) -> str:
    cell = {"cell_type": "code", "outputs": [{"data": {"image/png": "x" * output}}], "source": []}
    return json.dumps({"cells": [cell, {"cell_type": "markdown", "source": []}], "nbformat": 4})


@pytest.mark.parametrize(
    "name,content,said",
    [
        ("big.csv", "x" * 11_000_000, "has 11.0 MB: data belongs into the research data directory"),
        ("small.csv", "x" * 1000, ""),
        ("id_rsa", "x", "looks like a secret"),
        (".pgpass", "x", "looks like a secret"),
        ("notes.txt", KEY, "looks like a secret"),
        ("key.pub", "ssh-ed25519 AAAA", ""),
        ("heat.ipynb", notebook(2_000_000), "has 2 MB of output in it"),
        ("small.ipynb", notebook(1000), ""),
        ("broken.ipynb", "{" * 2_000_000, ""),
        ("list.ipynb", json.dumps(["x" * 2_000_000]), ""),
    ],
)
def test_what_is_unfit(home, name, content, said):
    write(home / name, content)
    found = doubts(home, [name], Session().site)
    assert [said in one for one in found] == ([True] if said else []), found


def test_what_is_no_file_is_fit(home):
    (home / "link").symlink_to("/etc/shadow")
    assert doubts(home, ["link", "nothing"], Session().site) == ()


def test_it_asks_before_it_commits_what_does_not_belong_into_git(sesync, terminal, shared):
    write(shared.here / "big.csv", "x" * 11_000_000)
    words = ("sync", "analysis", "-m", "Data", "big.csv")
    done = sesync(*words)
    assert (done.code, "big.csv has 11.0 MB" in done.err, "--yes" in done.err) == (2, True, True)
    assert "Warning: big.csv has 11.0 MB" in sesync(*words, "-n").err
    person = terminal(*words)
    person.wait_for("Commit and send it all the same? [y/N]")
    person.type("n\r")
    assert person.ended() == 130
    assert shared.subjects() == ["x"]
    assert git("status", "--porcelain", cwd=shared.here) == "?? big.csv\n"
    assert sesync(*words, "-y").code == 0
    assert shared.subjects() == ["Data", "x"]
