"""What git and ssh say when they fail, told as what happened and what to do. Each from the real thing."""

import socket
from pathlib import Path

import pytest

from sesync_cli.git.address import read_address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.failures import explain, last_line
from sesync_cli.site.reading import load_site
from tests.clone.conftest import know, leftovers
from tests.services.sshd import make_key

ATTEMPT = ServerAttempt(read_address("git@gitlab.sesync.org:a/b.git"), Path("/tmp"), load_site({}).site)


def failed(done, home, kind=1):
    assert (done.code, done.out, leftovers(home)) == (kind, "", [])
    assert not (home / "analysis").exists()
    error, hint = done.err.splitlines()
    assert error.startswith("Error: ")
    return error.removeprefix("Error: "), hint.removeprefix("Hint:  ")


def test_a_refused_key_says_how_to_make_one_and_where_to_paste_it(sesync, stranger, home):
    (home / ".ssh").mkdir(mode=0o700)
    know(stranger, home)
    error, hint = failed(sesync("clone", "cooltrees/analysis"), home)
    assert error == f"127.0.0.1 (port {stranger.port}) wants an ssh key, and you have none"
    assert hint == "'sesync ssh-key' makes one and registers it."
    public = make_key(home / ".ssh/id_ed25519")
    error, hint = failed(sesync("clone", "cooltrees/analysis"), home)
    assert error == f"127.0.0.1 (port {stranger.port}) does not accept your ssh key {public.with_suffix('')}"
    assert hint == (
        f"'sesync ssh-key' registers it, or paste the line in {public} at"
        " https://gitlab.example.org/-/user_settings/ssh_keys."
    )


def test_a_key_that_the_settings_name_may_be_any(sesync, stranger, home):
    (home / ".ssh").mkdir(mode=0o700)
    know(stranger, home)
    (home / ".ssh/config").write_text("IdentityFile ~/.ssh/lab\n")
    error, hint = failed(sesync("clone", "cooltrees/analysis"), home)
    assert error == f"127.0.0.1 (port {stranger.port}) does not accept your ssh key, or you have none"
    assert hint == "'sesync ssh-key' sets one up; 'sesync ssh-key --check' says more."


def test_a_key_with_a_passphrase_needs_a_terminal(sesync, stranger, home):
    stranger.accept(make_key(home / ".ssh/id_ed25519", passphrase="open sesame"))
    know(stranger, home)
    error, hint = failed(sesync("clone", "cooltrees/analysis"), home)
    assert error.startswith(f"127.0.0.1 (port {stranger.port}) did not let you in: your ssh key {home}/.ssh/id_ed25519")
    assert hint.startswith("Type it in a terminal.")


def test_on_a_terminal_the_passphrase_is_asked_for(terminal, stranger, home):
    stranger.accept(make_key(home / ".ssh/id_ed25519", passphrase="open sesame"))
    know(stranger, home)
    person = terminal("clone", "cooltrees/analysis")
    person.wait_for("Enter passphrase for key")
    person.type("open sesame\r")
    assert person.ended() == 0
    assert "Cloned cooltrees/analysis to ~/analysis." in person.screen
    assert "open sesame" not in person.screen


def test_a_key_that_others_can_read_says_how_to_close_it(sesync, friend, home):
    key = home / ".ssh/id_ed25519"
    key.chmod(0o644)
    error, hint = failed(sesync("clone", "cooltrees/analysis"), home)
    assert error == f"others can read your ssh key {key}, so ssh does not use it"
    assert hint == f"'chmod 600 {key}' closes it; then try again."


def test_a_missing_repository_may_be_a_forbidden_one(sesync, friend, home):
    error, hint = failed(sesync("clone", "cooltrees/nope"), home)
    assert error == "127.0.0.1 has no repository cooltrees/nope, or you may not see it: the answer is the same for both"
    assert hint.startswith("Check the spelling at https://gitlab.example.org/cooltrees/nope,")
    assert sesync("clone", "cooltrees/nope", "--json").json["error"]["kind"] == "not-found"


@pytest.mark.parametrize("scheme", ["ssh", "http", "https", "git"])
def test_a_server_that_is_down_cannot_be_reached(sesync, friend, home, scheme):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = sesync("clone", f"{scheme}://u@127.0.0.1:{port}/x/analysis", "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "no-answer")
    assert done.json["error"]["message"] == f"127.0.0.1 (port {port}) cannot be reached: it refuses connections"


def test_a_known_server_that_is_down_cannot_be_reached(sesync, friend, site, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{port} {friend.host_key}\n")
        error, _ = failed(sesync("clone", f"ssh://u@127.0.0.1:{port}/x/analysis"), home)
    assert error == f"127.0.0.1 (port {port}) cannot be reached: it refuses connections"


@pytest.mark.parametrize("scheme", ["ssh", "https"])
def test_a_name_that_no_server_has(sesync, friend, home, scheme):
    error, hint = failed(sesync("clone", f"{scheme}://u@nosuch.invalid/x/analysis"), home)
    assert (error, hint[:15]) == ("nosuch.invalid cannot be reached: no server has this name", "Check the name.")


@pytest.mark.parametrize("scheme", ["ssh", "http"])
def test_a_server_that_never_answers_costs_the_sites_patience(sesync, friend, site, home, scheme):
    site(data={"patience_seconds": 2.0})
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        error, _ = failed(sesync("clone", f"{scheme}://u@127.0.0.1:{port}/x/analysis"), home)
        for one in waiting:
            one.close()
    assert error == f"127.0.0.1 (port {port}) cannot be reached: it does not answer"


def test_https_spoken_to_a_plain_port_says_so(sesync, friend, http, home):
    error, _ = failed(sesync("clone", f"https://127.0.0.1:{http.port}/git/x/analysis.git"), home)
    assert error == f"127.0.0.1 (port {http.port}) answers, but not in https"


def test_settings_that_lead_elsewhere_are_named(sesync, friend, home):
    (home / ".gitconfig").write_text('[url "ext::sh -c date% "]\n\tinsteadOf = https://example.org/\n')
    error, hint = failed(sesync("clone", "https://example.org/x/analysis"), home)
    assert "lead https://example.org/x/analysis to a kind of address that sesync does not use" in error
    assert hint == "'git config --get-regexp insteadof' shows your settings."


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            "remote: \nremote: ========\nremote: ERROR: The project you were looking for could not be found or you"
            " don't have permission to view it.\nremote: ========\nfatal: Could not read from remote repository.",
            "not-found",
            "gitlab.sesync.org has no repository",
        ),
        ("remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://h/'", "refused", "password"),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 403", "not-found", "may not see it"),
        (
            "fatal: unable to access 'https://h/': The requested URL returned error: 502",
            "no-answer",
            "fault of its own",
        ),
        ("client_loop: send disconnect: Broken pipe\nfatal: early EOF", "no-answer", "broke off"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "refused", "does not know"),
        ("fatal: detected dubious ownership in repository at '/tmp'", "refused", "belongs to somebody else"),
        ("fatal: write error: No space left on device", "no-room", "full"),
        ("fatal: write error: Disk quota exceeded", "no-room", "over your quota"),
        ("error: cannot run ssh: No such file or directory", "not-ready", "ssh is not on this machine"),
        ("fatal: something new\n\nPlease make sure you have the correct access rights", "failed", "something new"),
        ("", "failed", "it did not say why"),
    ],
)
def test_what_was_once_printed_is_understood(text, kind, words):
    error = explain(text, ATTEMPT)
    assert (error.kind, words in str(error)) == (kind, True), str(error)
    assert error.hint


def test_the_last_line_never_shows_a_login():
    assert last_line("fatal: unable to read https://jsmith:secret@h/x") == "unable to read https://***@h/x"


def test_a_mistake_in_the_git_settings_names_the_line(sesync, friend, home):
    (home / ".gitconfig").write_text("[user]\n[core\n")
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"Error: git does not start: bad config line 2 in file {home}/.gitconfig\n")
    assert leftovers(home) == []
