"""What does not belong into git is named before it is committed."""

import json
import os

import pytest

from sesync_cli.session import Session
from sesync_cli.sync.screening import doubts
from tests.clone.conftest import git
from tests.sync.conftest import write

TOKEN = "glpat-aB3dE6gH9jK2mN5pQ8sT"  # nobody's
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
    assert person.ended() == 1
    assert shared.subjects() == ["x"]
    assert git("status", "--porcelain", cwd=shared.here) == "?? big.csv\n"
    assert sesync(*words, "-y").code == 0
    assert shared.subjects() == ["Data", "x"]


def test_a_token_in_a_program_is_a_secret(sesync, shared):
    write(shared.here / "fetch.py", f"import requests\ntoken = '{TOKEN}'\n")
    write(shared.here / "fetch.R", f"options(gitlab_token = '{TOKEN}')\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (done.code, done.err.count("looks like a secret, and what is sent cannot be called back")) == (2, 2)
    assert TOKEN not in done.err


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            [".ipynb_checkpoints/heat-checkpoint.ipynb"],
            ".ipynb_checkpoints/ (1 file) is what a program keeps",
        ),
        (
            ["notes/__pycache__/a.pyc", "notes/__pycache__/b.pyc"],
            "notes/__pycache__/ (2 files) is what a program",
        ),
        (["env/pyvenv.cfg", "env/lib/x/a.py"], "env/ (2 files) is installed software"),
        (["conda/conda-meta/a.json", "conda/bin/x"], "conda/ (2 files) is installed software"),
        (["web/node_modules/left/index.js"], "web/node_modules/ (1 file) is installed software"),
        ([".DS_Store"], ".DS_Store is what a program has left"),
    ],
)
def test_what_programs_leave_is_asked_about_folder_by_folder(sesync, shared, files, said):
    for name in files:
        write(shared.here / name, "x = 1\n")
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert (done.code, said in done.err) == (2, True), done
    assert done.err.count("\n  ") == 1


def test_files_that_are_large_together_are_asked_about(sesync, shared):
    for number in range(8):
        write(shared.here / f"data/{number}.bin", os.urandom(900_000))
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    said = "data/0.bin, data/1.bin, data/2.bin, data/3.bin, data/4.bin and 3 more have 7 MB together: data belongs"
    assert (done.code, said in done.err) == (2, True), done
    assert sesync("sync", "analysis", "-m", "Mine", "data/0.bin").code == 0
    write(shared.here / "long.py", "x = 1\n" * 700_000)
    assert sesync("sync", "analysis", "-m", "Mine", "long.py", "data/1.bin", "data/2.bin").code == 0, "code is for git"


def test_a_secret_among_installed_software_is_named_all_the_same(sesync, shared):
    write(shared.here / "env/pyvenv.cfg", "home = /usr\n")
    write(shared.here / "env/.pgpass", "host:5432:db:user:password\n")
    done = sesync("sync", "analysis", "-m", "Mine", ".")
    assert "env/ (2 files) is installed software" in done.err
    assert "env/.pgpass looks like a secret, and what is sent cannot be called back" in done.err
