"""Over ssh and over https, and what servers say when they refuse."""

import os
import socket

import pytest

from tests.clone.conftest import git
from tests.services.leaks import PASSWORD
from tests.sync.conftest import store_password, write


def hook(shared, name: str, script: str) -> None:
    """A hook of the server's."""
    path = shared.bare / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def commit_one(sesync, *words: str):
    return sesync("sync", "analysis", "-m", "Mine", "heat.py", *words)


def kept(shared) -> bool:
    """Whether the commit is here and not there, and nothing is left to commit."""
    here = git("log", "-1", "--format=%s", cwd=shared.here)
    return here == "Mine\n" and "Mine" not in shared.subjects() and not git("status", "--porcelain", cwd=shared.here)


def test_over_ssh_both_ways(sesync, over_ssh):
    over_ssh.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(over_ssh.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (done.code, done.err) == (0, "")
    assert over_ssh.subjects() == ["Mine", "Theirs", "x"]
    assert (over_ssh.here / "trees.csv").read_text() == "theirs\n"


def test_over_tls_both_ways_and_the_password_goes_nowhere(sesync, over_tls, home, tmp_path):
    seen = tmp_path / "bin/git"
    write(seen, f'#!/bin/sh\n{{ echo "$@"; env; }} >> {tmp_path}/arguments\nexec /usr/bin/git "$@"\n')
    seen.chmod(0o755)
    over_tls.colleague("Theirs", {"trees.csv": "theirs\n"})
    write(over_tls.here / "heat.py", "mine\n")
    env = os.environ | {"PATH": f"{seen.parent}:{os.environ['PATH']}"}
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", env=env)
    assert (done.code, done.err) == (0, "")
    assert over_tls.subjects() == ["Mine", "Theirs", "x"]
    assert "push --progress" in (tmp_path / "arguments").read_text()
    files = [path for path in tmp_path.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert files == [home / ".git-credentials"]
    assert PASSWORD not in done.out


def test_a_wrong_password_changes_nothing(sesync, over_tls, tls_server, home):
    store_password(home, tls_server, "wrong-secret")
    write(over_tls.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (done.code, "does not accept this name and password" in done.err) == (1, True)
    assert "wrong-secret" not in done.err + done.out
    assert git("log", "--format=%s", cwd=over_tls.here) == "x\n"


def test_a_server_that_takes_nothing_over_http_keeps_the_commit_here(sesync, over_tls):
    git("config", "http.receivepack", "false", cwd=over_tls.bare)
    write(over_tls.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (done.code, "but not send anything to it; what you have committed is kept here" in done.err) == (1, True)
    assert "make you a Developer" in done.err
    assert kept(over_tls)
    git("config", "http.receivepack", "true", cwd=over_tls.bare)
    assert sesync("sync", "analysis").out == (f"Sent 1 commit to branch main of cooltrees/{over_tls.bare.stem}.\n")


def test_a_key_that_the_server_does_not_know_changes_nothing(sesync, over_ssh, ssh_server):
    (ssh_server.folder / "authorized_keys").write_text("")
    write(over_ssh.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (done.code, "does not accept your ssh key" in done.err) == (1, True)
    assert git("log", "--format=%s", cwd=over_ssh.here) == "x\n"


@pytest.mark.parametrize("scheme", ["ssh", "https"])
def test_a_server_that_is_down_changes_nothing(sesync, shared, scheme):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        git("remote", "set-url", "origin", f"{scheme}://git@127.0.0.1:{port}/x/y", cwd=shared.here)
        write(shared.here / "heat.py", "mine\n")
        done = commit_one(sesync)
    assert (done.code, f"127.0.0.1 (port {port}) cannot be reached: it refuses connections" in done.err) == (1, True)
    assert git("log", "--format=%s", cwd=shared.here) == "x\n"


def test_a_protected_branch_is_explained_in_the_servers_words(sesync, shared):
    # as GitLab's own pre-receive hook writes it
    hook(
        shared,
        "pre-receive",
        'echo "GitLab: You are not allowed to push code to protected branches on this project." >&2; exit 1',
    )
    write(shared.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: the server protects this branch from being changed by you; what you have committed is kept here:\n"
        "  GitLab: You are not allowed to push code to protected branches on this project.\n"
        f"Hint:  Send it as a branch of its own: 'git -C {shared.here} switch -c NAME', then 'sesync sync analysis',"
        " and ask for it to be merged.\n"
    )
    assert kept(shared)


def test_the_servers_rules_are_shown_as_text(sesync, shared):
    hook(shared, "pre-receive", "printf 'No [bold]tabs[/bold]\\n\\033[31mred\\033[0m\\n' >&2; exit 1")
    write(shared.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert "the server has rules that these commits do not meet" in done.err
    assert "  No [bold]tabs[/bold]\n" in done.err
    assert "\x1b" not in done.err
    assert kept(shared)


def test_files_that_are_too_large_for_the_server_are_explained(sesync, shared):
    git("config", "receive.maxInputSize", "1000", cwd=shared.bare)
    write(shared.here / "heat.py", os.urandom(50_000))
    done = commit_one(sesync)
    assert (done.code, "the server refuses files as large as these" in done.err) == (1, True), done.err
    assert "reset --soft HEAD~1" in done.err
    assert kept(shared)


def test_what_the_server_says_to_a_success_is_passed_on(sesync, shared):
    hook(shared, "post-receive", "echo 'To create a merge request, visit: https://gitlab.example.org/x' >&2")
    write(shared.here / "heat.py", "mine\n")
    assert (
        "The server says:\n  To create a merge request, visit: https://gitlab.example.org/x" in commit_one(sesync).out
    )


def test_somebody_who_is_quicker_is_no_loss(sesync, shared):
    race = shared.bare.with_name("race.sh")
    there, who = shared.there, "-c user.name=x -c user.email=x"
    # the person's own hook runs between the look at the server and the push
    write(
        race,
        f"#!/bin/sh\nunset GIT_DIR GIT_INDEX_FILE GIT_PREFIX\ncd {there} && echo q > q && git add q &&"
        f" git {who} commit -qm Quick && git push -q origin HEAD:main\n",
    )
    race.chmod(0o755)
    (shared.here / ".git/hooks").mkdir(exist_ok=True)
    (shared.here / ".git/hooks/pre-commit").symlink_to(race)
    write(shared.here / "heat.py", "mine\n")
    done = commit_one(sesync)
    assert (
        done.code,
        "in this very moment; nothing is lost" in done.err,
        "Run 'sesync sync analysis' again" in done.err,
    ) == (
        1,
        1,
        1,
    )
    assert kept(shared)
    assert sesync("sync", "analysis", "--merge").code == 0
    assert shared.at_server("q") == "q\n" and shared.at_server("heat.py") == "mine\n"


def test_a_hook_of_the_persons_own_runs_and_may_refuse(sesync, shared):
    write(shared.here / ".git/hooks/pre-commit", "#!/bin/sh\necho 'heat.py:1: no [red]print[/red]' >&2\nexit 1\n")
    (shared.here / ".git/hooks/pre-commit").chmod(0o755)
    write(shared.here / "heat.py", "mine\n")
    write(shared.here / "new.py", "new\n")
    before = git("status", "--porcelain", cwd=shared.here)
    done = sesync("sync", "analysis", "-m", "Mine", "heat.py", "new.py")
    assert (done.code, "  heat.py:1: no [red]print[/red]\n" in done.err) == (1, True)
    assert git("status", "--porcelain", cwd=shared.here) == before
    (shared.here / ".git/hooks/pre-commit").write_text("#!/bin/sh\ntouch ran\n")
    assert sesync("sync", "analysis", "-m", "Mine", "heat.py").code == 0
    assert (shared.here / "ran").exists()


def test_an_unknown_host_is_not_trusted_by_itself(sesync, over_ssh, home):
    (home / ".ssh/known_hosts").unlink()
    done = sesync("sync", "analysis")
    assert (done.code, "does not know the key of 127.0.0.1" in done.err) == (1, True)
    assert not (home / ".ssh/known_hosts").exists()


def test_a_host_that_the_site_vouches_for_is_trusted(sesync, over_ssh, ssh_server, site, home):
    site(gitlab={"host_keys": [ssh_server.host_key]})
    (home / ".ssh/known_hosts").unlink()
    assert sesync("sync", "analysis").code == 0
    assert ssh_server.host_key in (home / ".ssh/known_hosts").read_text()


def test_ctrl_c_while_sending_keeps_the_commit(terminal, sesync, shared, tmp_path):
    hook(shared, "pre-receive", f"touch {tmp_path}/receiving; sleep 30")
    write(shared.here / "heat.py", "mine\n")
    person = terminal("sync", "analysis", "-m", "Mine", "heat.py")
    person.wait_until((tmp_path / "receiving").exists, "the server's hook")
    person.type("\x03")
    assert person.ended() == 130
    assert "Stopped while sending; what you have committed is kept here" in person.screen
    (shared.bare / "hooks/pre-receive").unlink()
    assert kept(shared)
    assert sesync("sync", "analysis").code == 0
    assert shared.subjects() == ["Mine", "x"]
