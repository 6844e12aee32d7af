"""A password or a token in the address that a clone keeps: nothing says it, and a warning says how to take it out."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.clone.conftest import git, publish
from tests.services.githttp import GitHttp, git_http
from tests.sync.conftest import FILES, Shared, cloned, write

SECRET = "glpat-Zq81mXw0Rk47TbVn5cHs"  # nobody's, and none of those that are looked for in every file
LOGINS = {
    "a password": f"oauth2:{SECRET}@",
    "a token as the user": f"{SECRET}:x-oauth-basic@",
    "an encoded one": f"{SECRET.replace('-', '%2D')}:x-oauth-basic@",
    "with an at": f"jsmith:p%40{SECRET}@",
}


@pytest.fixture
def server(tmp_path: Path, site, person: Path, monkeypatch):
    folder = tmp_path / "https"
    bare = publish(folder / "repos/cooltrees/analysis.git", FILES)
    git("config", "http.receivepack", "true", cwd=bare)
    known = {"oauth2": SECRET, SECRET: "x-oauth-basic", "jsmith": f"p@{SECRET}"}
    with git_http(folder, "https", known) as server:
        site(gitlab={"https": server.template, "url": server.root, "prefer": "https"})
        monkeypatch.setenv("GIT_SSL_CAINFO", str(server.certificate))
        yield server


@pytest.fixture
def exposed(server: GitHttp, person: Path) -> Shared:
    """cooltrees/analysis, with the token in its address."""
    url = server.url("cooltrees/analysis").replace("//", f"//{LOGINS['a password']}")
    return cloned(server.folder / "repos/cooltrees/analysis.git", url, person)


def config(shared: Shared) -> str:
    return (shared.here / ".git/config").read_text()


def said(done, home: Path) -> str:
    """All that was said, to the person and to the report of a failure; the secret is in none of it."""
    kept = home / ".local/state/sesync/last-failure.json"
    text = done.out + done.err + (kept.read_text() if kept.exists() else "")
    assert SECRET not in text and SECRET[6:] not in text, text
    return text


def do(warning: str) -> None:
    """Type the command that a warning gives."""
    found = re.search(r"'(git -C .*)' takes it out", warning)
    assert found, warning
    subprocess.run([os.path.expanduser(word) for word in shlex.split(found[1])], check=True, capture_output=True)


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS)
def test_it_is_not_said_and_the_command_takes_it_out(sesync, exposed, server, home, login):
    clean = server.url("cooltrees/analysis")
    git("remote", "set-url", "origin", clean.replace("//", f"//{login}"), cwd=exposed.here)
    exposed.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(exposed.here / "heat.py", "mine\n")
    for words in (("-n",), ("-n", "--json"), ("--json",)):
        done = sesync("sync", "analysis", "-m", "Mine", "heat.py", *words)
        assert done.code == 0 and "a password or a token stands in the address of ~/analysis" in said(done, home)
    assert (done.json["result"]["address"], exposed.subjects()[0]) == (clean, "Mine")
    [warning] = done.json["warnings"]
    assert warning.endswith(
        f"'git -C {exposed.here} remote set-url origin {clean}' takes it out,"
        " and 'sesync clone --login' keeps a token for git instead"
    )
    do(warning)
    assert git("remote", "get-url", "origin", cwd=exposed.here) == f"{clean}\n"
    kept = home / ".python-gitlab.cfg"
    kept.write_text(f"[ours]\nurl = {server.root}\nprivate_token = {SECRET}\n")
    kept.chmod(0o600)
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")


def test_what_was_sent_names_the_project(sesync, exposed, home):
    write(exposed.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert "Sent 1 commit to branch main of cooltrees/analysis.\n" in said(done, home)


@pytest.mark.parametrize("user", ["oauth2", "jsmith", "gitlab-ci-token"])
def test_a_name_alone_is_no_secret(sesync, shared, home, user):
    git("remote", "set-url", "origin", f"https://{user}@127.0.0.1:1/analysis.git", cwd=shared.here)
    git("config", f"url.{shared.bare.parent}/.insteadOf", f"https://{user}@127.0.0.1:1/", cwd=shared.here)
    done = sesync("sync", "analysis")
    assert (done.code, done.err) == (0, "")


def test_the_address_for_sending_counts_too(sesync, exposed, server, home):
    clean = server.url("cooltrees/analysis")
    secret = git("remote", "get-url", "origin", cwd=exposed.here).strip()
    git("remote", "set-url", "origin", f"file://{exposed.bare}", cwd=exposed.here)
    git("remote", "set-url", "--push", "origin", secret, cwd=exposed.here)
    write(exposed.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", "--json")
    assert (done.code, exposed.subjects()[0]) == (0, "Mine"), said(done, home)
    [warning] = done.json["warnings"]
    assert "the address for sending of ~/analysis" in warning
    do(warning)
    assert git("remote", "get-url", "--push", "origin", cwd=exposed.here) == f"{clean}\n"


def test_one_of_several_addresses_is_taken_out(sesync, exposed, server, home):
    clean = server.url("cooltrees/analysis")
    git("config", "--add", "remote.origin.url", f"file://{exposed.bare}", cwd=exposed.here)
    done = sesync("sync", "analysis", "--json")
    [warning] = done.json["warnings"]
    do(warning)
    urls = git("config", "--get-all", "remote.origin.url", cwd=exposed.here).split()
    assert urls == [clean, f"file://{exposed.bare}"]


@pytest.mark.parametrize(
    "url",
    [
        f"https://oauth2:{SECRET}@127.0.0.1:1/cooltrees/analysis.git",
        f"https://{SECRET}@127.0.0.1:1/cooltrees/analysis.git",
        f"https://jsmith:p@{SECRET}@127.0.0.1:1/cooltrees/analysis.git",
        f"ssh://git:{SECRET}@127.0.0.1:1/cooltrees/analysis.git",
        f"git:{SECRET}@127.0.0.1:cooltrees/analysis.git",
        f"https://oauth2:{SECRET}@127.0.0.1:port/cooltrees/analysis.git",
        f"ext::sh -c curl% https://oauth2:{SECRET}@127.0.0.1/x",
        f"https://127.0.0.1:1/{SECRET}/analysis.git",
        f"https://127.0.0.1:1/analysis.git?private_token={SECRET}",
        f"file://oauth2:{SECRET}@/nowhere/analysis.git",
    ],
)
def test_no_failure_says_it(sesync, exposed, home, url):
    git("config", "remote.origin.url", url, cwd=exposed.here)
    env = os.environ | {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=5"}
    for words in (("sync", "analysis"), ("sync", "analysis", "--json"), ("clone", "cooltrees/analysis", "--update")):
        done = sesync(*words, env=env)
        assert done.code == 1
        said(done, home)


@pytest.mark.parametrize("name", ["pre-commit", "pre-push"])
def test_a_check_that_repeats_it_is_quoted_without(sesync, exposed, home, name):
    write(exposed.here / ".git/hooks" / name, "#!/bin/sh\necho no: $(git remote get-url origin) >&2\nexit 1\n")
    (exposed.here / ".git/hooks" / name).chmod(0o755)
    write(exposed.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", "--json")
    assert done.code == 1 and ("***@127.0.0.1" in said(done, home) or name == "pre-push")  # git quotes no pre-push


def test_settings_that_lead_to_one_do_not_say_it(sesync, exposed, server, home):
    """As on a machine whose builds go to every server with a token."""
    git("remote", "set-url", "origin", "https://code.example.org/cooltrees/analysis.git", cwd=exposed.here)
    root = f"{server.root}/git/".replace("//", f"//oauth2:{SECRET}@", 1)
    git("config", "--file", home / ".gitconfig", f"url.{root}.insteadOf", "https://code.example.org/")
    done = sesync("sync", "analysis", "--json")
    assert (done.code, done.json["result"]["address"]) == (0, server.url("cooltrees/analysis")), said(done, home)
    (home / ".gitconfig").write_text(
        (home / ".gitconfig").read_text() + f'[url "https://oauth2:{SECRET}@x/"]\ninsteadOf\n'
    )
    said(sesync("sync", "analysis"), home)
