"""How git gets to a server: over http with a name and a password, by the person's own settings, and by nothing else."""

import os
import socket
import subprocess

import pytest

from tests.clone.conftest import git, leftovers
from tests.services.githttp import USER
from tests.services.leaks import PASSWORD
from tests.services.sshd import make_key


@pytest.fixture
def web(http, site):
    """The site's server over plain http."""
    site(gitlab={"https": http.template, "url": "https://gitlab.example.org", "prefer": "https"})
    return http


def store_password(home, server, password=PASSWORD):
    (home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    kept = home / ".git-credentials"
    kept.touch(mode=0o600)
    kept.write_text(f"{server.scheme}://{USER}:{password}@127.0.0.1%3a{server.port}\n")
    return kept


def mentions(folder, text):
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if text.encode() in path.read_bytes()]


def test_a_password_in_gits_store_is_used_and_goes_nowhere_else(sesync, web, home, tmp_path):
    kept = store_password(home, web)
    seen = _watch_arguments(tmp_path)
    done = sesync("clone", "cooltrees/analysis", env=os.environ | {"PATH": f"{seen.parent}:{os.environ['PATH']}"})
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Cloned cooltrees/analysis to ~/analysis.")
    assert mentions(home, PASSWORD) == [kept]
    assert PASSWORD not in done.out
    assert "clone --progress" in (tmp_path / "arguments").read_text()
    assert PASSWORD not in (tmp_path / "arguments").read_text()
    assert git("remote", "get-url", "origin", cwd=home / "analysis").strip() == web.url("cooltrees/analysis")


def _watch_arguments(tmp_path):
    """A git that writes down its arguments and its environment before it is the real one."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} >> {tmp_path}/arguments\nexec {real} "$@"\n')
    fake.chmod(0o755)
    return fake


def test_a_wrong_password_says_so_and_what_two_factor_login_needs(sesync, web, home):
    store_password(home, web, "wrong-secret")
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out, leftovers(home)) == (1, "", [])
    assert f"127.0.0.1 (port {web.port}) does not accept this name and password" in done.err
    assert "https://gitlab.example.org/-/user_settings/personal_access_tokens" in done.err
    assert "wrong-secret" not in done.err


def test_no_password_and_no_terminal_is_an_error_and_not_a_question(sesync, web, home):
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out, leftovers(home)) == (2, "", [])
    assert "asks for a name and a password, and there is no terminal to type them in" in done.err
    assert "'--ssh'" in done.err


def test_on_a_terminal_git_asks_and_no_progress_writes_over_its_question(terminal, web, home):
    person = terminal("clone", "cooltrees/analysis")
    person.wait_for(f"Username for 'http://127.0.0.1:{web.port}':")
    assert "Cloning cooltrees/analysis ..." in person.screen
    person.type(f"{USER}\r")
    person.wait_for("Password for")
    assert "━" not in person.raw and "\x1b[?25l" not in person.raw  # a bar hides the cursor as soon as there is one
    person.type(f"{PASSWORD}\r")
    assert person.ended() == 0
    assert f"Username for 'http://127.0.0.1:{web.port}': {USER}" in person.screen
    assert "Cloned cooltrees/analysis to ~/analysis." in person.screen
    assert PASSWORD not in person.raw
    assert mentions(home, PASSWORD) == []


def test_a_missing_repository_over_http_may_be_a_forbidden_one(sesync, web, home):
    store_password(home, web)
    done = sesync("clone", "cooltrees/nope")
    assert (done.code, "127.0.0.1 has no repository cooltrees/nope, or you may not see it" in done.err) == (1, True)


def test_an_empty_repository_over_http(sesync, web, home):
    store_password(home, web)
    assert "the repository is empty" in sesync("clone", "cooltrees/empty").err


def test_a_certificate_that_nobody_vouches_for_is_refused(sesync, https, site, home):
    site(gitlab={"https": https.template, "prefer": "https"})
    store_password(home, https)
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out, leftovers(home)) == (1, "", [])
    assert f"the certificate of 127.0.0.1 (port {https.port}) is not trusted" in done.err
    assert "http.sslCAInfo" in done.err


def test_a_certificate_in_the_git_settings_is_trusted(sesync, https, site, home, monkeypatch):
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)
    site(gitlab={"https": https.template, "prefer": "https"})
    store_password(home, https)
    git("config", "--file", home / ".gitconfig", "http.sslCAInfo", https.certificate)
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.err) == (0, "")


def test_ssh_or_https_is_a_word_away(sesync, friend, http, site, home):
    site(gitlab={"https": http.template})
    store_password(home, http)
    assert sesync("clone", "cooltrees/analysis", "-n", "--https").out.split()[2] == http.url("cooltrees/analysis")
    assert sesync("clone", "cooltrees/analysis", "-n", "--ssh").out.split()[2] == friend.url("cooltrees/analysis")


def test_the_persons_own_ssh_command_is_the_one_that_git_starts(sesync, stranger, home, tmp_path):
    key = tmp_path / "elsewhere/key"
    stranger.accept(make_key(key))
    (tmp_path / "known").write_text(f"{stranger.name} {stranger.host_key}\n")
    command = f"ssh -i {key} -o UserKnownHostsFile={tmp_path}/known"
    assert sesync("clone", "a/b/deep", env=os.environ | {"GIT_SSH_COMMAND": command}).code == 0
    git("config", "--file", home / ".gitconfig", "core.sshCommand", command)
    assert sesync("clone", "a/b/deep", "again").code == 0


def test_settings_that_turn_https_into_ssh_are_followed(sesync, friend, home):
    base = friend.template.partition("{repo}")[0]
    (home / ".gitconfig").write_text(f'[url "{base}"]\n\tinsteadOf = https://gitlab.example.org/\n')
    done = sesync("clone", "https://gitlab.example.org/a/b/deep.git")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("place", ["file", "ssh"])
def test_a_server_cannot_lead_git_to_another_protocol(sesync, home, place, tmp_path):
    """A web server that answers with a redirect to file:// or ssh:// leads nowhere."""
    target = {"file": f"file://{tmp_path}/secret.git", "ssh": "ssh://127.0.0.1/x"}[place]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        answer = f"HTTP/1.1 302 Found\r\nLocation: {target}/info/refs\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        child = os.fork()
        if not child:
            while True:
                connection, _ = listener.accept()
                connection.recv(65536)
                connection.sendall(answer.encode())
                connection.close()
        try:
            done = sesync("clone", f"http://127.0.0.1:{port}/x/y")
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)
    assert (done.code, done.out, leftovers(home)) == (1, "", [])
    assert not (home / "y").exists()


def test_a_proxy_is_asked_instead_of_the_server(sesync, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = sesync("clone", "http://nosuch.invalid/x/y", env=os.environ | {"http_proxy": proxy})
    assert (done.code, "nosuch.invalid cannot be reached: no connection was made" in done.err) == (1, True)
