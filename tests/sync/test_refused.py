"""What servers and checks say when they refuse, on the whole command line: over ssh, over https, by a hook."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone.conftest import git, know
from tests.services.sshd import Sshd, make_key, sshd
from tests.sync.conftest import FILES, Shared, share, write

FRAME = "remote: \nremote: {rule}\nremote: \nremote: ERROR: {words}\nremote: \nremote: {rule}\nremote: \n"
EXPIRED = "Your SSH key has expired."
BLOCKED = "Your account has been blocked."
KEPT = "what you have committed is kept here"


@pytest.fixture(scope="session")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """An ssh server that prints what is in `words`, framed, and ends; without that file, it does what it is asked."""
    folder = tmp_path_factory.mktemp("refusing")
    script = folder / "script"
    said = f"[ -e {folder}/words ] && {{ cat {folder}/words >&2; exit 1; }}"
    pushes = said.replace("words", "push")
    case = f"case $SSH_ORIGINAL_COMMAND in *receive-pack*)\n{pushes}\nesac"
    write(script, f'#!/bin/sh\n{said}\n{case}\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n')
    script.chmod(0o755)
    with sshd(folder, f"ForceCommand {script}\n") as server:
        yield server


@pytest.fixture
def ours(refusing: Sshd, site, person: Path) -> Iterator[Shared]:
    repo = f"cooltrees/analysis-{os.urandom(4).hex()}"
    site(gitlab={"ssh": refusing.template, "url": "https://gitlab.example.org"})
    refusing.accept(make_key(person / ".ssh/id_ed25519"))
    know(refusing, person)
    yield share(refusing.folder / f"repos/{repo}.git", refusing.url(repo), person, FILES)
    for name in ("words", "push"):
        (refusing.folder / name).unlink(missing_ok=True)


def refuse(server: Sshd, words: str, when: str = "words") -> None:
    (server.folder / when).write_text(FRAME.format(words=words, rule="=" * 72))


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (EXPIRED, "your ssh key has expired at", "https://gitlab.example.org/-/user_settings/ssh_keys; then 'sesync"),
        (BLOCKED, "your account at 127.0.0.1", "Ask cyberhelp@sesync.org why"),
        ("OTP verification is required to access the repository.", "two-factor login first", "2fa_verify' asks for it"),
        ("The moon is in the wrong quarter.", "refuses this: The moon is in the wrong quarter.", "says nothing to you"),
    ],
)
def test_getting_says_what_is_the_matter_and_what_to_do(sesync, ours, refusing, home, words, message, hint):
    refuse(refusing, words)
    for line in (("sync", "analysis"), ("clone", refusing.url(f"cooltrees/{ours.bare.stem}"), home / "again")):
        done = sesync(*line)
        assert (done.code, message in done.err, hint in done.err) == (1, True, True), done
        assert "====" not in done.err and "remote:" not in done.err
    assert not (home / "again").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("You can't push code to an archived project.", "is archived: it can be read, and takes nothing new"),
        ("You can't push code to a read-only GitLab instance.", "is being looked after (maintenance)"),
        ("The repository is temporarily read-only. Please try again later.", "takes nothing new for the moment"),
        ("This deploy key does not have write access to this project.", "it is a deploy key, not your own"),
        ("Your account has been blocked.", "is blocked"),
    ],
)
def test_sending_says_so_too_keeps_the_commit_and_asks_for_no_role(sesync, ours, refusing, words, message):
    refuse(refusing, words, "push")
    write(ours.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, message in done.err, KEPT in done.err) == (1, True, True), done
    assert "Developer" not in done.err
    assert git("log", "-1", "--format=%s", cwd=ours.here) == "Mine\n"


def test_who_may_only_read_is_told_whom_to_ask(sesync, ours, refusing):
    refuse(refusing, "You are not allowed to push code to this project.", "push")
    write(ours.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert "but not send anything to it" in done.err and "Ask its owner to make you a Developer" in done.err


def test_what_the_server_says_beside_comes_with_the_answer(sesync, ours, refusing, home):
    moved = (
        "Project 'cooltrees/analysis' was moved to 'forest/analysis'.\n\nPlease update your Git remote:\n\n"
        "  git remote set-url origin git@gitlab.example.org:forest/analysis.git\n"
    )
    script = refusing.folder / "script"
    before = script.read_text()
    try:
        said = f"printf 'remote: %s\\n' {shlex.quote(moved)} 'INFO: Your SSH key is expiring soon.' >&2\n"
        script.write_text(before.replace("exec ", f"{said}exec "))
        for line in (("sync", "analysis"), ("clone", refusing.url(f"cooltrees/{ours.bare.stem}"), home / "again")):
            done = sesync(*line)
            assert done.code == 0, done
            assert "The server says:\n  INFO: Your SSH key is expiring soon.\n" in f"{done.out}\n"
            assert "Warning: cooltrees/analysis was moved to forest/analysis" in done.err
            command = "remote set-url origin git@gitlab.example.org:forest/analysis.git' follows it"
            assert command in done.err and "Please update" not in done.out + done.err
    finally:
        script.write_text(before)


def test_where_a_server_says_nothing_it_may_be_the_role_or_the_token(sesync, over_tls):
    git("config", "http.receivepack", "false", cwd=over_tls.bare)
    write(over_tls.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert done.code == 1
    assert "If you are one, your token lacks the scope write_repository" in done.err
    assert "https://gitlab.example.org/-/user_settings/personal_access_tokens" in done.err


@pytest.mark.parametrize(
    "words",
    [
        "echo 'no [bold]data[/bold] here' >&2",
        "echo no data here",
        "echo fatal: no data here",
        "echo remote: no data here >&2",
        "echo 'You are not allowed to push data to the protected branch main' >&2",
        "echo 'data/x.csv is too large' >&2",
    ],
)
def test_a_pre_push_check_is_heard(sesync, shared, words):
    write(shared.here / ".git/hooks/pre-push", f"#!/bin/sh\n{words}\nexit 1\n")
    (shared.here / ".git/hooks/pre-push").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, "a check (hook) that is set up in ~/analysis did not let this be sent" in done.err) == (1, True)
    assert KEPT in done.err and "data" in done.err.partition("kept here")[2]
    assert shared.subjects() == ["x"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'GitLab: PUSH BLOCKED: Secrets detected in code changes' >&2", "has found a password or a token"),
        (
            "echo 'GitLab: LFS objects are missing. Ensure LFS is properly set up' >&2",
            "lfs push --all origin' sends them",
        ),
        ("echo 'GL-HOOK-ERR: Commit message does not follow the pattern' >&2", "the server has rules"),
        ("echo 'write error: No space left on device' >&2", "is full, so it takes nothing new"),
        ("echo 'fatal: Unable to create temporary file: Read-only file system' >&2", "the server has rules"),
    ],
)
def test_rules_of_the_server_are_told_apart(sesync, shared, script, said):
    hook = shared.bare / "hooks/pre-receive"
    write(hook, f"#!/bin/sh\n{script}\nexit 1\n")
    hook.chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, said in done.err, KEPT in done.err) == (1, True, True), done
    assert "Developer" not in done.err


def test_a_name_that_another_branch_leaves_no_room_for(sesync, shared):
    git("push", "--quiet", "origin", "HEAD:refs/heads/feature/x", cwd=shared.there)
    git("switch", "--quiet", "-c", "feature", cwd=shared.here)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", "-y")
    assert (done.code, "the server has a branch feature/x" in done.err) == (1, True), done
    assert f"'git -C {shared.here} branch -m NAME' gives yours another name" in done.err


def test_a_colleagues_bare_repository_is_the_one_that_is_blamed(sesync, shared, accounts_other):
    os.chown(shared.bare, *accounts_other)
    done = sesync("sync", "analysis")
    assert (done.code, f"{shared.bare} belongs to somebody else" in done.err) == (1, True), done
    assert f"safe.directory {shared.bare}'" in done.err


@pytest.fixture
def accounts_other() -> tuple[int, int]:
    if os.getuid():
        pytest.skip("only root can give a folder away")
    return 12345, 12345


def test_a_check_that_says_nothing_is_named(sesync, shared):
    write(shared.here / ".git/hooks/pre-push", "#!/bin/sh\nexit 1\n")
    (shared.here / ".git/hooks/pre-push").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert "did not let this be sent; what you have committed is kept here, and it does not say why\n" in done.err


def test_words_of_a_check_that_agrees_are_not_the_servers(sesync, shared):
    write(shared.here / ".git/hooks/pre-push", "#!/bin/sh\nprintf '=====\nmy checks: fine\nERROR: none\n' >&2\n")
    (shared.here / ".git/hooks/pre-push").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py")
    assert (done.code, "The server says" in done.out) == (0, False)
