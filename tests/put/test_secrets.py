"""sesync put of secrets: left out and named, unless they are named themselves and agreed to."""

import os
from pathlib import Path

import pytest

from tests.put.ground import Run, sums, tree, write

pytestmark = pytest.mark.usefixtures("site")
PASSWORD = "Zq8kW2vN5xT7bR4m"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{PASSWORD}{PASSWORD}\n-----END OPENSSH PRIVATE KEY-----\n"
SECRETS = {
    ".ssh/id_ed25519": KEY,
    ".my.cnf": f"[client]\npassword='{PASSWORD}'\n",
    ".netrc": f"machine x.example.org login jo password {PASSWORD}\n",
    ".pgpass": f"db.example.org:5432:cool:jsmith:{PASSWORD}\n",
    "notes.txt": f"Ask Ann.\n\n{KEY}",
    "deploy": KEY.replace("OPENSSH", "RSA"),
    "gl.txt": f"glpat-{PASSWORD}AbCd\n",
    "connect.py": f"import psycopg\n\nconnection = psycopg.connect('postgresql://jo:{PASSWORD}@db.example.org/cool')\n",
    ".aws/credentials": f"[default]\naws_secret_access_key = {PASSWORD}{PASSWORD}AbCdEfGh\n",
    "settings.ini": f"[db]\nuser = jo\npassword = {PASSWORD}\n",
    "private.asc": KEY.replace("OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"),
    "db.py.bak": f"password = '{PASSWORD}'\n",
    "fetch.sh": f"curl -u jo:{PASSWORD} https://data.example.org/x\n",
    "db.yml": "user: jo\npassword: Sommerregen\n",
    "run.ipynb": '{"cells": [{"source": ["token = \\"' + PASSWORD + '\\"\\n"]}]}',
}
FINE = {
    ".ssh/id_ed25519.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0abcdefghijklmnopqrstuvwxyzabcdefghijkl jo@vm\n",
    "server.pem": "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END CERTIFICATE-----\n",
    "login.py": "import getpass\n\npassword = getpass.getpass()\n",
    "README.md": "Your password: ask support.\n",
    "trees.csv": "species,token\noak,abc\n",
}


@pytest.fixture
def data(nfs: Path) -> Path:
    return nfs / "cooltrees-data"


@pytest.fixture
def raw(home: Path) -> Path:
    for name, text in (SECRETS | FINE).items():
        path = write(home / "raw" / name, 0)
        path.write_text(text)
    return home / "raw"


def test_secrets_in_a_folder_are_left_out_and_named(sesync: Run, raw: Path, data: Path):
    plan = sesync("put", "raw", "cooltrees", "-n", "--json").json
    assert sorted(plan["result"]["secrets"]) == sorted(f"{raw}/{name}" for name in SECRETS)
    result = sesync("put", "raw", "cooltrees")
    assert (result.code, result.out) == (
        0,
        f"5 files ({sum(map(len, FINE.values()))} bytes) copied to {data}/raw, and checked.\n",
    )
    assert "Warning: left out, since your whole group could read these secrets: " in result.err
    assert result.err.count(str(raw)) == 3 and f", and {len(SECRETS) - 3} more" in result.err
    assert {str(path.relative_to(data / "raw")) for path in data.rglob("*") if path.is_file()} == set(FINE)
    assert PASSWORD not in result.err + result.out


def test_a_folder_with_secrets_is_not_moved(sesync: Run, raw: Path, data: Path):
    before = sums(raw)
    result = sesync("put", "raw", "cooltrees", "--move")
    assert (result.code, os.listdir(data), sums(raw)) == (1, [], before)
    assert f"this cannot be moved whole: {raw}/" in result.err and "looks like a secret" in result.err
    problems = sesync("put", "raw", "cooltrees", "--move", "--json").json["error"]["problems"]
    assert sorted(problems) == sorted(f"{raw}/{name} looks like a secret" for name in SECRETS)


@pytest.mark.parametrize("name", SECRETS)
def test_one_that_is_named_itself_is_asked_about(sesync: Run, raw: Path, data: Path, name: str):
    refused = sesync("put", raw / name, "cooltrees")
    question = f"All who may read {data} could read this secret: {raw}/{name}. Put it there?"
    assert (refused.code, question in refused.err, os.listdir(data)) == (2, True, [])
    assert sesync("put", raw / name, "cooltrees", "--yes").code == 0
    assert (data / Path(name).name).read_text() == SECRETS[name]
    assert sesync("put", raw / name, "cooltrees:x", "--move", "-y").code == 0
    assert (raw / name).is_symlink()


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_person_decides(terminal, raw: Path, data: Path, answer: str):
    screen = terminal("put", raw / "gl.txt", raw / "trees.csv", "cooltrees")
    screen.wait_for("Put it there? [y/N]")
    screen.type(f"{answer}\n")
    assert screen.ended() == (0 if answer == "y" else 1)
    assert sorted(os.listdir(data)) == (["gl.txt", "trees.csv"] if answer == "y" else [])


def test_secrets_and_different_files_are_asked_about_one_after_the_other(terminal, raw: Path, data: Path):
    write(data / "trees.csv", 5)
    screen = terminal("put", raw / "gl.txt", raw / "trees.csv", "cooltrees", "--replace")
    screen.wait_for("Put it there? [y/N]")
    screen.type("y\n")
    screen.wait_for("which is another one, by")
    screen.type("n\n")
    assert screen.ended() == 0
    assert ((data / "trees.csv").stat().st_size, (data / "gl.txt").exists()) == (5, True)


@pytest.mark.parametrize("name", FINE)
def test_what_is_none_is_put_without_a_word(sesync: Run, raw: Path, data: Path, name: str):
    result = sesync("put", raw / name, "cooltrees", "--move")
    assert (result.code, result.err) == (0, "")


def test_what_where_calls_a_secret_is_one_for_put(sesync: Run, raw: Path):
    for name in SECRETS | FINE:
        said = sesync("where", raw / name, "--json").json["advice"][0]["items"][0]["kind"]
        assert (said == "secret") == (name in SECRETS), name


def test_secrets_among_many_files(sesync: Run, home: Path, data: Path):
    raw = tree(home / "raw")
    (raw / "plot1/.Renviron").write_text(f"GITHUB_PAT={PASSWORD}\n")
    os.link(raw / "plot1/.Renviron", raw / "plot2/.Renviron")
    (raw / "plot3/empty.pem").touch()
    result = sesync("put", "raw", "cooltrees", "--json")
    assert result.json["result"]["secrets"] == [f"{raw}/plot1/.Renviron", f"{raw}/plot2/.Renviron"]
    assert not (data / "raw/plot1/.Renviron").exists() and (data / "raw/plot3/empty.pem").exists()
