"""sesync ssh-key with a token: the key is registered by GitLab's API."""

import os

import pytest

from tests.services.gitlabapi import GitLabApi, gitlab_api
from tests.services.leaks import NARROW, TOKEN
from tests.sshkey.conftest import accept, at_site, keygen, know, where


@pytest.fixture
def api(machine, site, tmp_path, monkeypatch):
    (tmp_path / "api").mkdir()
    with gitlab_api(tmp_path / "api") as server:
        at_site(site, machine, host_keys=[machine.host_key], url=server.url.rstrip("/"))
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        yield server


def test_the_api_registers_the_key_and_ssh_proves_it(sesync, machine, api: GitLabApi, home):
    know(machine, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "j@x", "-f", home / ".ssh/id_ed25519")
    public = (home / ".ssh/id_ed25519.pub").read_text().strip()
    assert f"cat {home}/.ssh/id_ed25519.pub && ssh -T" in sesync("ssh-key", "-n").out
    assert api.keys == []
    refused = sesync("ssh-key")  # this ssh server does not learn from that API: what is registered is the API's
    assert (refused.code, f"{where(machine)} does not know your key yet" in refused.err) == (1, True)
    assert api.keys == [{"id": 1, "title": "j@x", "key": public}]
    accept(machine, public)
    (home / ".ssh/known_hosts").unlink()
    done = sesync("ssh-key", "--json")
    assert (done.code, done.json["result"]["greeting"]) == (0, "Welcome to GitLab, @jsmith!")
    assert len(api.keys) == 1
    for said in (refused, done):
        assert TOKEN not in said.out + said.err
    assert not [path for path in home.rglob("*") if path.is_file() and TOKEN in path.read_text(errors="replace")]


def test_who_has_glab_can_type_it(sesync, machine, api, home, tmp_path, monkeypatch):
    know(machine, home)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/glab").write_text("#!/bin/sh\n")
    (tmp_path / "bin/glab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    assert f"glab ssh-key add {home}/.ssh/id_ed25519.pub && ssh -T" in sesync("ssh-key", "-n").out


def test_a_token_that_may_not_leaves_the_pasting_to_the_person(sesync, machine, api, home, monkeypatch):
    monkeypatch.setenv("GITLAB_TOKEN", NARROW)
    done = sesync("ssh-key")
    public = (home / ".ssh/id_ed25519.pub").read_text()
    assert (done.code, public in done.err, "your token could not register it" in done.err) == (1, True, True)
    assert NARROW not in done.err


def test_a_key_that_belongs_to_another_account_is_a_conflict(sesync, machine, api, home):
    know(machine, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519")
    public = (home / ".ssh/id_ed25519.pub").read_text().strip()
    api.keys.append({"id": 1, "title": "theirs", "key": public})
    api.fault = lambda answer: answer.command == "GET" and (answer.json(200, []), True)[1]
    done = sesync("ssh-key", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "conflict")


def test_another_server_than_the_sites_never_sees_the_token(sesync, machine, api, home):
    know(machine, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519")
    sesync("ssh-key", f"git@localhost:{machine.port}", "--yes")
    assert api.asked == []


def test_settings_for_tokens_that_cannot_be_read_are_no_hindrance(sesync, machine, api, home, monkeypatch):
    monkeypatch.delenv("GITLAB_TOKEN")
    (home / ".python-gitlab.cfg").write_text(f"private_token = {TOKEN}\n")
    done = sesync("ssh-key", "-n")
    assert (done.code, "paste the key at" in done.out) == (0, True)
    assert done.err == f"Warning: no token is used: {home}/.python-gitlab.cfg cannot be read as settings\n"


def test_a_token_that_others_can_read_is_mentioned(sesync, machine, api, home, monkeypatch):
    monkeypatch.delenv("GITLAB_TOKEN")
    settings = home / ".python-gitlab.cfg"
    settings.write_text(f"[lab]\nurl = {api.url}\nprivate_token = {TOKEN}\n")
    settings.chmod(0o644)
    done = sesync("ssh-key", "-n")
    assert ("paste the key at" in done.out, "others can read your token" in done.err) == (True, True)
    assert TOKEN not in done.out + done.err
