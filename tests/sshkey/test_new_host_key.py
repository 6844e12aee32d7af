"""A server with a new key that the site vouches for, where this account still knows an old one."""

import subprocess

import pytest

from tests.services.sshd import make_key
from tests.sshkey.conftest import accepted_key, at_site, tree, where


@pytest.fixture
def old(tmp_path):
    """A key that the server no longer has, as files of known hosts have it."""
    return " ".join(make_key(tmp_path / "old").read_text().split()[:2])


def known(home, text):
    file = home / ".ssh/known_hosts"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_bytes(text.encode(errors="surrogateescape"))
    return file


def test_every_command_says_what_has_happened_and_the_command_of_the_hint_mends_it(sesync, server, home, old):
    accepted_key(server, home)
    file = known(home, f"# mine \udcff\nother.example.org {old}\n{server.name} {old}\nlast.example.org {old}")
    told = f"{where(server)} has a new key, for which the site vouches; this account still knows the old one"
    for words in (("clone", "cooltrees/analysis"), ("ssh-key", "--check")):
        done = sesync(*words)
        assert (done.code, told in done.out + done.err) == (1, True), done
        assert "'sesync ssh-key' puts the new one in its place." in done.out + done.err
        assert "ssh-keygen -R" not in done.out + done.err
    before = tree(home)
    shown = sesync("ssh-key", "-n").out
    assert f"ssh-keygen -f {file} -R '{server.name}'" in shown and tree(home) == before
    done = sesync("ssh-key")
    assert (done.code, "Welcome to GitLab, @jsmith!" in done.out) == (0, True), done
    kept = f"# mine \udcff\nother.example.org {old}\nlast.example.org {old}\n{server.name} {server.host_key}\n"
    assert file.read_bytes() == kept.encode(errors="surrogateescape")
    assert sesync("ssh-key", "--check").code == 0


WAYS = ("hashed", "several lines", "a comma list", "Windows' line ends", "no key of one's own")


@pytest.mark.parametrize("way", WAYS)
def test_old_lines_go_in_whichever_form_and_those_of_others_stay(sesync, server, home, old, tmp_path, way):
    if way != "no key of one's own":
        accepted_key(server, home)
    mine, others = f"{server.name} {old}\n", f"other.example.org {old}\n"
    left = others
    if way == "several lines":
        second = " ".join(make_key(tmp_path / "older").read_text().split()[:2])
        mine = f"{server.name} {second}\n{mine}{server.name},{server.name} {old}\n"
    elif way == "a comma list":
        mine = f"friend.example.org,{server.name},10.9.8.7 {old} a comment\n"
        left += f"friend.example.org,10.9.8.7 {old} a comment\n"
        mine += f"@revoked {server.name} {old}\n*.example.org {old}\n"
        left += f"@revoked {server.name} {old}\n*.example.org {old}\n"
    elif way == "Windows' line ends":
        mine, others, left = (text.replace("\n", "\r\n") for text in (mine, others, left))
    file = known(home, others + mine)
    if way == "hashed":
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True)
        left = file.read_text().splitlines(keepends=True)[0]
    done = sesync("ssh-key")
    if way == "no key of one's own":
        assert (done.code, "does not know your key yet" in done.err) == (1, True), done
    else:
        assert done.code == 0, done
    assert file.read_bytes().decode() == f"{left}{server.name} {server.host_key}\n"


def test_another_key_than_the_site_s_is_as_dangerous_as_ever(sesync, server, home, old, site, tmp_path):
    accepted_key(server, home)
    file = known(home, f"{server.name} {old}\n")
    at_site(site, server, host_keys=[" ".join(make_key(tmp_path / "third").read_text().split()[:2])])
    for words in (("clone", "cooltrees/analysis"), ("ssh-key",), ("ssh-key", "--check")):
        done = sesync(*words)
        assert (done.code, "somebody may pretend to be it" in done.out + done.err) == (1, True), done
    (home / ".ssh/id_ed25519").unlink()
    (home / ".ssh/id_ed25519.pub").unlink()
    sesync("ssh-key")
    assert file.read_text() == f"{server.name} {old}\n"


@pytest.mark.parametrize("way", ["everybody's", "read-only"])
def test_a_file_that_is_not_ones_own_to_change_is_left_to_support(sesync, server, home, old, tmp_path, way):
    accepted_key(server, home)
    file = known(home, f"{server.name} {old}\n")
    if way == "everybody's":
        file = file.rename(tmp_path / "ssh_known_hosts")
        (home / ".ssh/config").write_text(f"GlobalKnownHostsFile {file}\n")
    file.chmod(0o444)
    before = file.read_bytes()
    for words in (("clone", "cooltrees/analysis"), ("ssh-key",), ("ssh-key", "--check")):
        done = sesync(*words)
        assert done.code == 1
        said = f"{where(server)} has a new key, and {file} has the old one: that file is not yours to change"
        assert said in done.out + done.err, done
        assert f"Ask cyberhelp@sesync.org to renew the key in {file}" in done.out + done.err
    assert file.read_bytes() == before


def test_under_an_alias_the_hint_names_it(sesync, server, home, old):
    accepted_key(server, home)
    lab = f"Host lab\n  HostName 127.0.0.1\n  Port {server.port}\n  User {server.user}\n"
    file = known(home, f"{server.name} {old}\n")
    (home / ".ssh/config").write_text(lab)
    done = sesync("clone", f"ssh://{server.user}@lab{server.folder}/repos/x.git")
    assert f"'sesync ssh-key {server.user}@lab' puts the new one in its place." in done.err, done
    assert sesync("ssh-key", f"{server.user}@lab").code == 0
    assert file.read_text() == f"{server.name} {server.host_key}\n"
