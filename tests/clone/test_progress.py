"""Git's progress, seen by a person and by nobody else."""

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.clone.conftest import know
from tests.services.sshd import Sshd

_AT_ONCE, _PAUSE = 65_536, 0.005  # bytes and seconds: some 13 MB/s


@pytest.fixture
def far(friend: Sshd, site, home) -> Iterator[Sshd]:
    """The site's server at the end of a slow line: else all is there before anything can be drawn."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_lead, args=(listener, friend.port), daemon=True).start()
        server = Sshd(listener.getsockname()[1], friend.folder)
        site(gitlab={"ssh": server.template, "url": "https://gitlab.example.org", "host_keys": []})
        know(server, home)
        yield server


def _lead(listener: socket.socket, port: int) -> None:
    """Pass on what each client and the server behind this port say, the server's words slowly."""
    while True:
        try:
            client = listener.accept()[0]
        except OSError:
            return  # the test is over
        server = socket.create_connection(("127.0.0.1", port))
        for source, to, pause in ((client, server, 0.0), (server, client, _PAUSE)):
            threading.Thread(target=_pass_on, args=(source, to, pause), daemon=True).start()


def _pass_on(source: socket.socket, to: socket.socket, pause: float) -> None:
    try:
        while said := source.recv(_AT_ONCE):
            to.sendall(said)
            time.sleep(pause)
        to.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of them has gone


def test_a_bar_is_seen_on_a_terminal_and_goes_away(terminal, far):
    person = terminal("clone", "cooltrees/big")
    person.wait_for("receiving")
    assert person.ended() == 0
    assert re.search(r"receiving +[\d.]+ [KM]iB", person.raw)
    assert person.screen.splitlines() == ["Cloning cooltrees/big ...", "Cloned cooltrees/big to ~/big."]


def test_a_narrow_terminal_is_wide_enough(terminal, friend):
    person = terminal("clone", "cooltrees/big", columns=40)
    assert person.ended() == 0
    assert person.screen.splitlines()[-1] == "Cloned cooltrees/big to ~/big."


def test_no_bar_is_seen_elsewhere(sesync, friend):
    done = sesync("clone", "cooltrees/big")
    assert (done.code, done.out, done.err) == (0, "Cloned cooltrees/big to ~/big.\n", "")


def test_a_folder_named_like_an_option_of_gits_is_a_folder(sesync, friend, home):
    done = sesync("clone", "a/b/deep", "--", "--upload-pack=touch x")
    assert (done.code, done.err) == (0, "")
    assert (home / "--upload-pack=touch x/deep.txt").exists()
    assert not (home / "x").exists()
