"""sesync ssh-key: from an empty home to a server that knows one's key, and what it leaves alone on the way."""

import os
import re
import subprocess

import pytest

from tests.conftest import HANG
from tests.sshkey.conftest import accept, accepted_key, at_site, keygen, know, tree, where

PAGE = "https://gitlab.example.org/-/user_settings/ssh_keys"


def test_an_empty_home_gets_a_key_and_is_told_where_to_paste_it(sesync, server, home):
    done = sesync("ssh-key")
    public = (home / ".ssh/id_ed25519.pub").read_text()
    assert re.fullmatch(rf"ssh-ed25519 \S+ \w+@{os.uname().nodename}\n", public)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"Error: {where(server)} does not know your key yet\n"
        f"Hint:  Paste this line as a new key at {PAGE}, then run 'sesync ssh-key' again:\n{public}"
    )
    modes = {name: f"{mode & 0o777:o}" for name, (mode, _) in tree(home).items()}
    assert modes == {
        ".ssh": "700",
        ".ssh/id_ed25519": "600",
        ".ssh/id_ed25519.pub": "644",
        ".ssh/known_hosts": "600",
    }
    assert (home / ".ssh/known_hosts").read_text() == f"{server.name} {server.host_key}\n"
    assert "no comment" not in keygen("-y", "-P", "", "-f", home / ".ssh/id_ed25519")


def test_once_it_is_pasted_the_server_greets(sesync, server, home):
    sesync("ssh-key")
    accept(server, (home / ".ssh/id_ed25519.pub").read_text())
    before = tree(home)
    for _ in range(2):
        done = sesync("ssh-key")
        key = home / ".ssh/id_ed25519"
        assert (done.code, done.err) == (0, "")
        assert done.out == f"{where(server)} knows your key {key}: Welcome to GitLab, @jsmith!\n"
    assert tree(home) == before


def test_the_dry_run_is_what_one_would_type_and_touches_nothing(sesync, server, home):
    done = sesync("ssh-key", "-n")
    key, comment = home / ".ssh/id_ed25519", f"root@{os.uname().nodename}"
    assert (done.code, list(home.iterdir())) == (0, [])
    assert done.out.replace(f"{server.user}@{os.uname().nodename}", comment) == (
        f"mkdir -m 700 {home}/.ssh\n"
        f"ssh-keygen -t ed25519 -C {comment} -f {key}\n"
        f"printf '%s\\n' '{server.name} {server.host_key}' >> {home}/.ssh/known_hosts\n"
        f"cat {key}.pub && ssh -T -p {server.port} {server.user}@127.0.0.1  # paste the key at {PAGE}\n"
    )


def test_json_has_the_key_and_the_greeting(sesync, server, home):
    public = accepted_key(server, home).with_suffix(".pub").read_text().strip()
    document = sesync("ssh-key", "--json").json
    assert document["done"] is True
    assert document["steps"][1:] == [f"cat {home}/.ssh/id_ed25519.pub && {_ask(server)}  # paste the key at {PAGE}"]
    assert document["result"] == {
        "host": "127.0.0.1",
        "user": server.user,
        "key": f"{home}/.ssh/id_ed25519",
        "public_key": public,
        "fingerprint": f"ED25519 {keygen('-lf', home / '.ssh/id_ed25519').split()[1]}",
        "greeting": "Welcome to GitLab, @jsmith!",
    }
    assert sesync("ssh-key", "--json").json == document | {"steps": []}


def _ask(server):
    return f"ssh -T -p {server.port} {server.user}@127.0.0.1"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_that_is_there_is_used_whatever_its_kind(sesync, server, home, kind):
    (home / ".ssh").mkdir(mode=0o700)
    key = home / f".ssh/id_{kind}"
    keygen("-q", "-t", kind, "-N", "", "-f", key)
    accept(server, (home / f".ssh/id_{kind}.pub").read_text())
    before = tree(home)
    assert f"knows your key {key}: Welcome" in sesync("ssh-key").out
    after = tree(home)
    after.pop(".ssh/known_hosts")
    assert after == before


def test_a_short_rsa_key_stays_and_a_good_one_is_made(sesync, server, home):
    know(server, home)
    keygen("-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", home / ".ssh/id_rsa")
    before = tree(home)
    done = sesync("ssh-key")
    assert (done.code, "does not know your key yet" in done.err) == (1, True)
    assert tree(home).items() > before.items()
    assert (home / ".ssh/id_ed25519").exists()


def test_a_short_rsa_key_that_the_server_knows_is_good_enough(sesync, server, home):
    know(server, home)
    keygen("-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", home / ".ssh/id_rsa")
    accept(server, (home / ".ssh/id_rsa.pub").read_text())
    done = sesync("ssh-key")
    assert (done.code, done.out) == (0, f"{where(server)} knows a key of yours: Welcome to GitLab, @jsmith!\n")
    assert not (home / ".ssh/id_ed25519").exists()


@pytest.mark.parametrize("name", ["id_ed25519", "id_ed25519.pub"])
def test_what_is_no_key_is_never_replaced(sesync, server, home, name):
    """Something else, or a public half alone, has the usual name: the key gets another, and ssh is told of it."""
    know(server, home)
    precious = "my precious notes\n" if name == "id_ed25519" else f"{server.host_key} lost\n"
    (home / ".ssh" / name).write_text(precious)
    (home / ".ssh/config").write_text("Host *\n    ServerAliveInterval 60\n")
    sesync("ssh-key")
    other = home / ".ssh/id_ed25519_127.0.0.1"
    accept(server, other.with_name(f"{other.name}.pub").read_text())
    done = sesync("ssh-key")
    assert (done.code, f"knows your key {other}: Welcome" in done.out) == (0, True)
    assert (home / ".ssh" / name).read_text() == precious
    assert (home / ".ssh/config").read_text() == (
        "# >>> sesync: 127.0.0.1 >>>\n"
        f"Match originalhost 127.0.0.1 user {server.user}\n"
        f'    IdentityFile "{other}"\n'
        "Match all\n"
        "# <<< sesync: 127.0.0.1 <<<\n"
        "Host *\n    ServerAliveInterval 60\n"
    )
    before = tree(home)
    assert sesync("ssh-key").code == 0
    assert tree(home) == before


def test_a_missing_public_half_is_made_again(sesync, server, home):
    key = accepted_key(server, home)
    public = key.with_suffix(".pub")
    line = public.read_text().split()
    public.unlink()
    assert f"ssh-keygen -y -f {key} > {public}\n" in sesync("ssh-key", "-n").out
    assert sesync("ssh-key").code == 0
    assert (public.read_text().split()[:2], public.stat().st_mode & 0o777) == (line[:2], 0o644)


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_the_public_half_of_an_old_form_is_made_again_too(sesync, server, home, form):
    (home / ".ssh").mkdir(mode=0o700)
    key = home / ".ssh/id_ecdsa"
    keygen("-q", "-t", "ecdsa", "-m", form, "-N", "", "-f", key)
    accept(server, key.with_suffix(".pub").read_text())
    line = key.with_suffix(".pub").read_text().split()
    key.with_suffix(".pub").unlink()
    assert sesync("ssh-key").code == 0
    assert key.with_suffix(".pub").read_text().split()[:2] == line[:2]


def test_what_others_can_read_is_closed(sesync, server, home):
    key = accepted_key(server, home)
    know(server, home)
    config = home / ".ssh/config"
    config.write_text("# mine\n")
    for path, mode in ((key, 0o644), (config, 0o664), (home / ".ssh/known_hosts", 0o666), (home / ".ssh", 0o755)):
        path.chmod(mode)
    plan = sesync("ssh-key", "-n").out.splitlines()
    assert plan[:4] == [
        f"chmod 700 {home}/.ssh",
        f"chmod 600 {key}",
        f"chmod 644 {config}",
        f"chmod 644 {home}/.ssh/known_hosts",
    ]
    assert sesync("ssh-key").code == 0
    assert [f"{path.stat().st_mode & 0o777:o}" for path in (home / ".ssh", key, config)] == ["700", "600", "644"]
    assert config.read_text() == "# mine\n"


def test_an_unknown_server_is_asked_about_and_yes_makes_it_known(sesync, machine, site, home):
    at_site(site, machine)
    accepted_key(machine, home)
    done = sesync("ssh-key")
    assert (done.code, "this account does not know the server" in done.err, "ED25519 SHA256:" in done.err) == (
        2,
        True,
        True,
    )
    assert not (home / ".ssh/known_hosts").exists()
    assert "Welcome to GitLab" in sesync("ssh-key", "--yes").out
    assert (home / ".ssh/known_hosts").read_text() == f"{machine.name} {machine.host_key}\n"


def test_a_changed_host_key_is_an_error_and_nothing_is_made(sesync, server, home, site, tmp_path):
    at_site(site, server)
    accepted_key(server, home)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "old")
    old = " ".join((tmp_path / "old.pub").read_text().split()[:2])
    (home / ".ssh/known_hosts").write_text(f"{server.name} {old}\n")
    before = tree(home)
    done = sesync("ssh-key", "--yes")
    assert (done.code, "somebody may pretend to be it" in done.err) == (1, True)
    assert "ask cyberhelp@sesync.org whether the server has a new key" in done.err
    assert tree(home) == before


def test_two_at_once_make_one_key(background, server, home):
    for _ in range(3):
        subprocess.run(["rm", "-rf", home / ".ssh"], check=True)
        both = [background("ssh-key"), background("ssh-key"), background("ssh-key")]
        said = [process.communicate(timeout=HANG)[1] for process in both]
        line = (home / ".ssh/id_ed25519.pub").read_text()
        assert all(line in text for text in said), said
        assert sorted(path.name for path in (home / ".ssh").iterdir()) == [
            "id_ed25519",
            "id_ed25519.pub",
            "known_hosts",
        ]
        assert (home / ".ssh/known_hosts").read_text().count("\n") == 1


def test_a_name_that_is_no_server_is_refused(sesync, server):
    for name in ("-oProxyCommand=x", "a b", "x;y", "host:99999", "a/b", "", "[bold]"):
        done = sesync("ssh-key", "--", name) if name else None
        assert done is None or (done.code, done.out) == (2, ""), name


def test_without_an_ssh_address_of_the_site_a_host_must_be_named(sesync, site):
    site(gitlab={"ssh": "https://gitlab.example.org/{repo}.git"})
    done = sesync("ssh-key")
    assert (done.code, "'sesync ssh-key HOST'" in done.err) == (3, True)
