"""sesync ssh-key with a person at the terminal: a passphrase, pasting, waiting, second thoughts."""

import termios

from tests.services.sshd import make_key
from tests.sshkey.conftest import accept, accepted_key, know, tree

PROMPT = "(empty for no passphrase): "
PRESS = "and press Enter here."


def answer(person, words=""):
    person.wait_for(PROMPT)
    person.type(f"{words}\r")
    person.wait_for("Enter same passphrase again: ")
    person.type(f"{words}\r")


def test_what_is_pasted_is_proved_at_once(terminal, server, home):
    person = terminal("ssh-key")
    answer(person)
    person.wait_for(PRESS)
    public = (home / ".ssh/id_ed25519.pub").read_text()
    assert public.strip() in person.screen
    assert "Paste it as a new key at https://gitlab.example.org/-/user_settings/ssh_keys" in person.screen
    person.type("\r")
    person.wait_for("does not know it yet")
    accept(server, public)
    person.type("\r")
    assert person.ended() == 0
    assert "Welcome to GitLab, @jsmith!" in person.screen


def test_it_is_tried_again_although_nobody_presses_enter(terminal, server, home):
    know(server, home)
    make_key(home / ".ssh/id_ed25519")
    person = terminal("ssh-key", columns=40)
    person.wait_for(PRESS)
    public = (home / ".ssh/id_ed25519.pub").read_text()
    assert public.strip() in person.screen.replace("\n", "")
    accept(server, public)
    assert person.ended() == 0
    assert "Welcome to GitLab, @jsmith!" in " ".join(person.screen.split())


def test_those_who_knock_in_vain_are_not_let_go_on_until_they_are_blocked(terminal, server, home):
    know(server, home)
    make_key(home / ".ssh/id_ed25519")
    log = server.folder / "sshd.log"
    before = log.read_text().count("Connection closed by authenticating user")
    person = terminal("ssh-key")
    person.wait_for(PRESS)
    for number in range(1, 4):
        person.type("\r")
        while person.raw.count("does not know it yet") < number and person.child.isalive():
            person._read()
    assert person.ended() == 1
    assert "'sesync ssh-key --show' prints" in " ".join(person.screen.split())
    assert log.read_text().count("Connection closed by authenticating user") - before <= 4


def test_a_passphrase_is_asked_for_and_typed_for_the_proof(terminal, sesync, server, home):
    person = terminal("ssh-key")
    answer(person, "open sesame")
    person.wait_for(PRESS)
    accept(server, (home / ".ssh/id_ed25519.pub").read_text())
    person.type("\r")
    person.wait_for("Enter passphrase for key")
    person.type("open sesame\r")
    assert person.ended() == 0
    assert "Welcome to GitLab, @jsmith!" in person.screen
    assert "open sesame" not in person.raw
    assert not [path for path in home.rglob("*") if path.is_file() and b"open sesame" in path.read_bytes()]
    assert "has a passphrase" in sesync("ssh-key", "--check").out


def test_without_a_passphrase_none_is_asked_for(terminal, server, home):
    person = terminal("ssh-key", "--no-passphrase")
    person.wait_for(PRESS)
    assert PROMPT not in person.raw


def test_ctrl_c_at_the_passphrase_leaves_nothing_behind(terminal, server, home):
    person = terminal("ssh-key")
    person.wait_for(PROMPT)
    person.type("half a passph\x03")
    assert person.ended() == 130
    assert list(home.iterdir()) == []
    assert "half a passph" not in person.raw


def test_ctrl_c_while_waiting_keeps_the_key(terminal, sesync, server, home):
    person = terminal("ssh-key", "--no-passphrase")
    person.wait_for(PRESS)
    echo = termios.tcgetattr(person.child.child_fd)[3] & termios.ECHO
    person.type("\x03")
    assert (person.ended(), bool(echo)) == (130, True)
    assert "your key is there, and stays" in " ".join(person.screen.split())
    assert sorted(name for name in tree(home)) == [
        ".ssh",
        ".ssh/id_ed25519",
        ".ssh/id_ed25519.pub",
        ".ssh/known_hosts",
    ]


def test_40_columns_are_enough(terminal, server, home):
    accepted_key(server, home)
    know(server, home)
    (home / ".ssh/known_hosts").chmod(0o622)
    person = terminal("ssh-key", "--check", columns=40)
    assert person.ended() == 1
    assert "127.0.0.1 knows your key, but:" in person.screen.replace("\n", "")
