"""Git's progress, seen by a person and by nobody else."""

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from sesync_cli.git.client import _progress
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


def test_gits_stages_are_one_fraction_that_only_grows():
    heard = []
    progress = _progress(lambda fraction, words: heard.append((fraction, words)))
    for line in (
        "Cloning into 'x'...",
        "remote: Enumerating objects: 31, done.",
        "remote: Counting objects:  50% (1/2)",
        "remote: Counting objects: 100% (2/2), done.",
        "remote: Compressing objects: 100% (31/31), done.",
        "Receiving objects:  10% (1/10), 1.00 MiB | 2.00 MiB/s",
        "Receiving objects: 100% (10/10), 10.00 MiB | 2.00 MiB/s, done.",
        "Resolving deltas: 100% (3/3), done.",
        "Updating files:  50% (5/10)",
        "Updating files: 100% (10/10), done.",
    ):
        progress.new_message_handler()(line)
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert (fractions[-1], heard[4][1]) == (1.0, "receiving 10.00 MiB | 2.00 MiB/s")
    assert progress.other_lines == ["Cloning into 'x'..."]


def test_a_folder_named_like_an_option_of_gits_is_a_folder(sesync, friend, home):
    done = sesync("clone", "a/b/deep", "--", "--upload-pack=touch x")
    assert (done.code, done.err) == (0, "")
    assert (home / "--upload-pack=touch x/deep.txt").exists()
    assert not (home / "x").exists()
