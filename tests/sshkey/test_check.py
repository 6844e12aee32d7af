"""sesync ssh-key --check and --show: what there is, and what is wrong, each in words of its own."""

import os
import socket
import subprocess

import pytest

from tests.sshkey.conftest import GITHUB, accept, accepted_key, at_site, keygen, know, tree, where

KEYS = "https://gitlab.example.org/-/user_settings/ssh_keys"


def problems(done):
    assert done.code in (0, 1), done
    document = done.json
    assert document["works"] is (done.code == 0) is (not document["findings"])
    return [one["kind"] for one in document["findings"]]


def test_all_is_well_with_a_plain_machine_which_says_nothing(sesync, server, home):
    accepted_key(server, home)
    sesync("ssh-key")
    (server.folder / "authorized_keys").write_text((home / ".ssh/id_ed25519.pub").read_text())
    before = tree(home)
    done = sesync("ssh-key", "--check")
    assert (done.code, done.out, done.err) == (0, f"127.0.0.1 knows your key {home}/.ssh/id_ed25519.\n", "")
    document = sesync("ssh-key", "--check", "--json").json
    fingerprint = f"ED25519 {keygen('-lf', home / '.ssh/id_ed25519').split()[1]}"
    assert document == {
        "host": "127.0.0.1",
        "user": server.user,
        "works": True,
        "enters": True,
        "greeting": None,
        "key": f"{home}/.ssh/id_ed25519",
        "fingerprint": fingerprint,
        "findings": [],
        "warnings": [],
    }
    assert tree(home) == before


def test_no_key_and_an_unknown_server(sesync, server, home):
    done = sesync("ssh-key", "--check")
    assert (done.code, done.err, list(home.iterdir())) == (1, "", [])
    assert done.out == (
        "Ssh to 127.0.0.1 does not work yet:\n"
        f"- this account does not know the key of {where(server)} yet.\n"
        "  'sesync ssh-key' makes it known: somebody vouches for it.\n"
        f"- you have no ssh key for {where(server)} yet.\n"
        "  'sesync ssh-key' makes one; what is there stays.\n"
    )
    assert problems(sesync("ssh-key", "--check", "--json")) == ["host unknown", "no key"]


def test_a_key_that_the_server_does_not_know(sesync, server, home):
    know(server, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519")
    done = sesync("ssh-key", "--check", "--json")
    assert problems(done) == ["key refused"]
    assert done.json["findings"][0]["message"] == f"{where(server)} does not accept your ssh key {home}/.ssh/id_ed25519"
    assert KEYS in done.json["findings"][0]["hint"]


def test_a_passphrase_without_an_agent_is_told_from_a_refused_key(sesync, server, home):
    key = accepted_key(server, home, passphrase="open sesame")
    know(server, home)
    done = sesync("ssh-key", "--check")
    assert (done.code, f"{where(server)} knows your ssh key, but {key} has a passphrase" in done.out) == (1, True)
    assert problems(sesync("ssh-key", "--check", "--json")) == ["passphrase"]
    acted = sesync("ssh-key")
    assert (acted.code, acted.out) == (0, f"{where(server)} knows your key {key}.\n")
    assert acted.err.startswith(
        f"Warning: {where(server)} knows your ssh key, but {key} has a passphrase and no ssh agent"
    )


def test_an_agent_that_holds_the_key_is_as_good_as_no_passphrase(sesync, server, home, agent):
    key = accepted_key(server, home, passphrase="open sesame")
    know(server, home)
    ask = home / "ask"
    ask.write_text("#!/bin/sh\necho open sesame\n")
    ask.chmod(0o700)
    env = os.environ | {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-q", key], env=env, check=True, stdin=subprocess.DEVNULL)
    assert problems(sesync("ssh-key", "--check", "--json")) == []


def test_a_key_that_only_the_agent_has_is_shown_and_works(sesync, server, home, agent):
    know(server, home)
    key = accepted_key(server, home)
    subprocess.run(["ssh-add", "-q", key], check=True, stdin=subprocess.DEVNULL)
    line = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    for path in (key, key.with_suffix(".pub")):
        path.unlink()
    assert problems(sesync("ssh-key", "--check", "--json")) == []
    assert sesync("ssh-key", "--show").out == f"{line}\n"
    assert sesync("ssh-key", "--show", "--json").json["key"] is None
    assert sesync("ssh-key").out == f"{where(server)} knows a key of yours: Welcome to GitLab, @jsmith!\n"
    assert not key.exists()


def test_an_agent_that_is_gone_is_no_hindrance(sesync, server, home, monkeypatch):
    accepted_key(server, home)
    know(server, home)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "gone"))
    done = sesync("ssh-key", "--check")
    assert done.code == 0
    assert f"Note: the ssh agent that SSH_AUTH_SOCK names is gone: {home}/gone.\n" in done.out


def test_rights_that_ssh_minds_and_rights_that_it_does_not(sesync, server, home):
    key = accepted_key(server, home)
    know(server, home)
    (home / ".ssh/known_hosts").chmod(0o666)
    home.chmod(0o775)
    document = sesync("ssh-key", "--check", "--json").json
    assert (document["works"], document["enters"], document["greeting"]) == (False, True, "Welcome to GitLab, @jsmith!")
    assert document["warnings"] == [
        f"others can write to {home}: ssh from here works all the same, but nobody can log in to here with a key"
    ]
    assert "127.0.0.1 knows your key, but:\n" in sesync("ssh-key", "--check").out
    key.chmod(0o640)
    document = sesync("ssh-key", "--check", "--json").json
    assert document["enters"] is False
    assert [one["message"] for one in document["findings"]] == [
        f"others can read {key}, so ssh does not use it",
        f"others can change {home}/.ssh/known_hosts",
    ]


def test_a_changed_host_key_is_the_attack_that_it_may_be(sesync, server, home, site, tmp_path):
    at_site(site, server)
    accepted_key(server, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "old")
    (home / ".ssh/known_hosts").write_text(f"{server.name} {(tmp_path / 'old.pub').read_text()}")
    done = sesync("ssh-key", "--check")
    assert done.out == (
        "Ssh to 127.0.0.1 does not work yet:\n"
        f"- {where(server)} shows another key than the one that this account knows: somebody may pretend to be it.\n"
        "  Go no further and type no password there. First ask cyberhelp@sesync.org whether the server has a new key;"
        f" sesync never accepts one by itself. If it has one: 'ssh-keygen -R \"[127.0.0.1]:{server.port}\"' forgets the"
        " old one.\n"
    )
    assert problems(sesync("ssh-key", "--check", "--json")) == ["host key changed"]


def test_no_network(sesync, server, home, site):
    accepted_key(server, home)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        site(gitlab={"ssh": f"ssh://git@127.0.0.1:{port}/{{repo}}.git"})
        for known in (False, True):
            if known:
                (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{port} {server.host_key}\n")
            done = sesync("ssh-key", "--check", "--json")
            assert problems(done) == ["no answer"]
            assert done.json["findings"][0]["message"].endswith("cannot be reached: it refuses connections")
    assert sesync("ssh-key", "--json").json["error"]["kind"] == "no-answer"


def test_a_server_that_never_answers_costs_the_sites_patience(sesync, server, home, site):
    accepted_key(server, home)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        port = silent.getsockname()[1]
        site(gitlab={"ssh": f"ssh://git@127.0.0.1:{port}/{{repo}}.git"}, data={"patience_seconds": 1.0})
        (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{port} {server.host_key}\n")
        assert problems(sesync("ssh-key", "--check", "--json")) == ["no answer"]


@pytest.mark.parametrize("missing", ["ssh", "ssh-keygen"])
def test_ssh_missing_is_not_ready(sesync, server, tmp_path, missing):
    (tmp_path / "bin").mkdir()
    for name in {"ssh", "ssh-keygen"} - {missing}:
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    for words in ((), ("--check",), ("--show",)):
        done = sesync("ssh-key", *words, env=os.environ | {"PATH": str(tmp_path / "bin")})
        assert done.code == 3
        assert done.err == (
            f"Error: the program {missing} is not on this machine\n"
            "Hint:  Ask cyberhelp@sesync.org to install it ('sesync report' drafts the mail).\n"
        )


def test_settings_that_ssh_does_not_understand_are_named(sesync, server, home):
    accepted_key(server, home)
    (home / ".ssh/config").write_text("Host *\n    Colour blue\n")
    done = sesync("ssh-key", "--check")
    assert (done.code, f"{home}/.ssh/config: line 2: Bad configuration option: colour" in done.out) == (1, True)
    assert problems(sesync("ssh-key", "--check", "--json")) == ["settings"]
    assert (sesync("ssh-key").code, (home / ".ssh/config").read_text()) == (1, "Host *\n    Colour blue\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Your account has been blocked.", "is blocked"),
        ("remote: \nremote: =====\nremote: \nremote: ERROR: Your account has been blocked.\nremote: ", "is blocked"),
        (
            "remote: \nremote: =====\nremote: \nremote: ERROR: No entry.\nremote: ",
            "says: No entry.",
        ),
        ("No entry.", "says: No entry."),
    ],
)
def test_an_account_that_is_blocked_says_so(sesync, server, home, words, said):
    know(server, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519")
    accept(server, (home / ".ssh/id_ed25519.pub").read_text(), f"printf '{words}\\n' >&2; exit 1".replace("\n", "\\n"))
    done = sesync("ssh-key", "--check", "--json")
    assert problems(done) == ["account"]
    message = done.json["findings"][0]["message"]
    assert "accepts your ssh key, but" in message and message.endswith(said)


def test_more_keys_than_the_server_hears(sesync, server, home, agent):
    know(server, home)
    for number in range(7):
        path = home / f"many{number}"
        keygen("-q", "-t", "ed25519", "-N", "", "-f", path)
        subprocess.run(["ssh-add", "-q", path], check=True, stdin=subprocess.DEVNULL)
    assert problems(sesync("ssh-key", "--check", "--json")) == ["too many keys"]


def test_show_prints_the_key_and_nothing_else(sesync, server, home):
    nothing = sesync("ssh-key", "--show")
    assert (nothing.code, nothing.out) == (1, "")
    assert nothing.err == "Error: there is no ssh key to show\nHint:  'sesync ssh-key' makes one.\n"
    key = accepted_key(server, home)
    assert sesync("ssh-key", "--show").out.split() == key.with_suffix(".pub").read_text().split()
    key.with_suffix(".pub").unlink()
    assert sesync("ssh-key", "--show", "github.com").out.split() == keygen("-y", "-f", key).split()[:2]
    assert not key.with_suffix(".pub").exists()
    assert set(sesync("ssh-key", "--show", "--json").json) == {"public_key", "key", "fingerprint"}
    assert sesync("ssh-key", "--show", "--check").code == 2


def test_github_greets_in_its_own_way_with_exit_code_1(sesync, server, home):
    know(server, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519")
    accept(server, (home / ".ssh/id_ed25519.pub").read_text(), GITHUB)
    done = sesync("ssh-key", f"{server.user}@127.0.0.1:{server.port}")
    assert done.out.endswith(
        "id_ed25519: Hi jsmith! You've successfully authenticated, but GitHub does not provide shell access.\n"
    )


def test_githubs_own_keys_are_known_beforehand(sesync, site, home):
    done = sesync("ssh-key", "github.com", "-n")
    assert (done.code, done.err) == (0, "")
    assert "'github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'" in done.out
    assert done.out.endswith("&& ssh -T git@github.com  # paste the key at https://github.com/settings/ssh/new\n")


def test_gitolite_greets_by_name(sesync, site, lite, home):
    at_site(site, lite.sshd, ssh=lite.template, host_keys=[lite.sshd.host_key])
    sesync("ssh-key")
    lite.accept((home / ".ssh/id_ed25519.pub").read_text())
    done = sesync("ssh-key")
    assert (done.code, f"id_ed25519: hello jsmith, this is {lite.sshd.user}@" in done.out) == (0, True)


def test_an_alias_of_ones_own_settings_is_followed_to_its_user(sesync, server, home):
    """Only the account's own home has settings with names; elsewhere they are given to ssh."""
    accepted_key(server, home)
    know(server, home)
    (home / ".ssh/config").write_text(f"Host lab\n  HostName 127.0.0.1\n  Port {server.port}\n  User nobody-else\n")
    plan = sesync("ssh-key", "lab", "-n").out
    assert "ssh -T nobody-else@lab" in plan
    (home / ".ssh/config").write_text(f"Host lab\n  HostName 127.0.0.1\n  Port {server.port}\n")
    assert sesync("ssh-key", f"{server.user}@lab").out.endswith("Welcome to GitLab, @jsmith!\n")


def test_a_key_that_is_short_and_known_is_noted_and_no_trouble(sesync, server, home):
    know(server, home)
    keygen("-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", home / ".ssh/id_rsa")
    assert problems(sesync("ssh-key", "--check", "--json")) == ["no key"]
    accept(server, (home / ".ssh/id_rsa.pub").read_text())
    document = sesync("ssh-key", "--check", "--json").json
    assert (document["works"], document["key"]) == (True, None)
    assert document["warnings"] == [f"{home}/.ssh/id_rsa is an RSA key of 2048 bits, which is too short"]
