"""Servers' keys: known, vouched for by the site, asked about, changed."""

import os
import pwd
import subprocess
from pathlib import Path

from sesync_cli.git.host_keys import fingerprint
from sesync_cli.git.known_hosts import ssh_argv
from tests.clone.conftest import leftovers
from tests.services.sshd import make_key, sshd

ASKED = "this account does not know the server 127.0.0.1 (port {port}) yet. It shows:"


def shown(server):
    argv = ["ssh-keygen", "-lf", str(server.folder / "host_key.pub")]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()[1]


def test_a_fingerprint_is_the_one_that_ssh_shows(tmp_path):
    for kind, name in (("ed25519", "ED25519"), ("rsa", "RSA"), ("ecdsa", "ECDSA")):
        key = tmp_path / kind
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key)], check=True)
        told = subprocess.run(["ssh-keygen", "-lf", str(key)], capture_output=True, text=True, check=True).stdout
        assert fingerprint((tmp_path / f"{kind}.pub").read_text()) == f"{name} {told.split()[1]}"


def test_at_home_ssh_finds_its_own_settings_and_elsewhere_it_is_told(tmp_path):
    at_home = ssh_argv(Path(pwd.getpwuid(os.getuid()).pw_dir), 2.5, True)
    assert " ".join(at_home) == "ssh -o ConnectTimeout=3 -o ServerAliveInterval=15"
    elsewhere = ssh_argv(tmp_path, 10, False)
    assert elsewhere[5:7] == ("-o", "BatchMode=yes")
    assert f'UserKnownHostsFile="{tmp_path}/.ssh/known_hosts"' in elsewhere
    assert elsewhere[7:9] == ("-F", "none")


def test_without_a_terminal_an_unknown_server_is_an_error_with_its_fingerprint(sesync, guest, home):
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out) == (2, "")
    assert ASKED.format(port=guest.port) in done.err
    assert f"  ED25519 {shown(guest)}\n" in done.err
    assert "Compare this with what cyberhelp@sesync.org says." in done.err
    assert "'--yes'" in done.err
    assert [path.name for path in home.iterdir()] == [".ssh"]
    assert not (home / ".ssh/known_hosts").exists()


def test_yes_makes_it_known_in_files_that_only_their_owner_reads(sesync, guest, home):
    assert sesync("clone", "a/b/deep", "--yes").code == 0
    known = home / ".ssh/known_hosts"
    assert known.read_text() == f"{guest.name} {guest.host_key}\n"
    assert (known.stat().st_mode & 0o777, known.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert sesync("clone", "a/b/deep", "again").code == 0
    assert known.read_text().count("\n") == 1


def test_other_lines_and_the_link_stay_as_they_are(sesync, guest, home, tmp_path):
    kept = tmp_path / "dotfiles_known_hosts"
    kept.write_text(f"# mine\nexample.org {guest.host_key}")
    (home / ".ssh/known_hosts").symlink_to(kept)
    assert sesync("clone", "a/b/deep", "--yes").code == 0
    assert (home / ".ssh/known_hosts").is_symlink()
    lines = ["# mine", f"example.org {guest.host_key}", f"{guest.name} {guest.host_key}"]
    assert kept.read_text() == "\n".join(lines) + "\n"


def test_the_dry_run_shows_how_one_would_do_it_by_hand(sesync, guest, home):
    done = sesync("clone", "a/b/deep", "-n")
    assert done.out == (
        f"ssh-keyscan -p {guest.port} 127.0.0.1 >> {home}/.ssh/known_hosts\n"
        f"git clone {guest.url('a/b/deep')} {home}/deep\n"
    )
    assert not (home / ".ssh/known_hosts").exists()


def test_a_person_is_shown_the_fingerprint_and_may_say_yes(terminal, guest, home):
    person = terminal("clone", "a/b/deep")
    person.wait_for("Trust it from now on? [y/N]")
    assert shown(guest) in person.screen
    person.type("y\r")
    assert person.ended() == 0
    assert "Cloned a/b/deep to ~/deep." in person.screen
    assert (home / ".ssh/known_hosts").read_text() == f"{guest.name} {guest.host_key}\n"


def test_a_person_who_says_no_changes_nothing(terminal, guest, home):
    person = terminal("clone", "a/b/deep")
    person.wait_for("[y/N]")
    person.type("\r")
    assert person.ended() == 1
    assert [path.name for path in home.iterdir()] == [".ssh"]
    assert not (home / ".ssh/known_hosts").exists()


def test_a_key_that_the_site_vouches_for_is_not_asked_about(sesync, guest, site, home):
    site(gitlab={"host_keys": [guest.host_key]})
    plan = sesync("clone", "a/b/deep", "-n").out.splitlines()[0]
    assert plan == f"printf '%s\\n' '{guest.name} {guest.host_key}' >> {home}/.ssh/known_hosts"
    assert sesync("clone", "a/b/deep").code == 0
    assert (home / ".ssh/known_hosts").read_text() == f"{guest.name} {guest.host_key}\n"


def test_a_server_with_another_key_than_the_site_vouches_for_is_not_trusted(sesync, guest, site, home, tmp_path):
    other = " ".join(make_key(tmp_path / "other").read_text().split()[:2])
    site(gitlab={"host_keys": [other]})
    done = sesync("clone", "a/b/deep", "--yes")
    assert (done.code, "somebody may pretend to be it" in done.err) == (1, True)
    assert not (home / "deep").exists()


def test_the_sites_keys_are_for_the_sites_server_alone(sesync, guest, site):
    site(gitlab={"ssh": "git@gitlab.example.org:{repo}.git", "host_keys": [guest.host_key]})
    done = sesync("clone", guest.url("a/b/deep"))
    assert (done.code, ASKED.format(port=guest.port) in done.err) == (2, True)
    assert "whoever runs 127.0.0.1" in done.err


def test_a_changed_key_is_explained_and_never_accepted(sesync, guest, home, tmp_path):
    make_key(tmp_path / "old")
    old = f"{guest.name} {(tmp_path / 'old.pub').read_text()}"
    (home / ".ssh/known_hosts").write_text(old)
    done = sesync("clone", "cooltrees/analysis", "--yes")
    assert done.code == 1
    assert done.err == (
        f"Error: 127.0.0.1 (port {guest.port}) shows another key than the one that this account knows:"
        " somebody may pretend to be it\n"
        "Hint:  Go no further and type no password there. First ask cyberhelp@sesync.org whether the server has a new"
        " key; sesync never accepts one by itself ('sesync report' drafts the mail).\n"
    )
    assert sesync("clone", "cooltrees/analysis", "--json").json["error"]["kind"] == "refused"
    assert (home / ".ssh/known_hosts").read_text() == old
    assert leftovers(home) == []


def test_a_hashed_name_is_a_known_one(sesync, friend, home):
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(home / ".ssh/known_hosts")], check=True, capture_output=True)
    assert friend.name not in (home / ".ssh/known_hosts").read_text()
    assert sesync("clone", "a/b/deep").code == 0


def test_an_alias_in_the_ssh_settings_is_followed(sesync, friend, home):
    (home / ".ssh/config").write_text(f"Host lab\n  HostName 127.0.0.1\n  Port {friend.port}\n  User {friend.user}\n")
    done = sesync("clone", f"ssh://lab{friend.folder}/repos/a/b/deep.git")
    assert (done.code, done.err) == (0, "")


def test_settings_that_accept_new_keys_are_the_persons_choice(sesync, guest, home):
    (home / ".ssh/config").write_text("StrictHostKeyChecking accept-new\n")
    assert sesync("clone", "a/b/deep").code == 0
    assert guest.host_key in (home / ".ssh/known_hosts").read_text()


def test_a_server_that_speaks_no_ssh_says_so(sesync, guest, http):
    done = sesync("clone", f"ssh://git@127.0.0.1:{http.port}/x.git")
    assert (done.code, f"127.0.0.1 (port {http.port}) answers, but not as an ssh server" in done.err) == (1, True)


def test_what_was_shown_is_what_is_written(terminal, guest, home, tmp_path):
    """A server that changes its key between the question and the answer gains nothing by it."""
    with sshd(_folder(tmp_path, guest)) as second:
        person = terminal("clone", second.url("a/b/deep"))
        person.wait_for("[y/N]")
        seen = shown(second)
        (second.folder / "host_key").unlink()
        make_key(second.folder / "host_key")
        person.type("y\r")
        assert person.ended() == 1
        assert "somebody may pretend to be it" in " ".join(person.screen.split())
        assert not (home / "deep").exists()
        assert fingerprint((home / ".ssh/known_hosts").read_text().split(" ", 1)[1]).endswith(seen)


def _folder(tmp_path, server):
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "repos").symlink_to(server.folder / "repos")
    (folder / "authorized_keys").write_text((server.folder / "authorized_keys").read_text())
    return folder
