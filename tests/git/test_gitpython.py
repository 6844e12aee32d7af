"""The door to GitPython."""

import subprocess

import pytest
from git.exc import UnsafeProtocolError

from sesync_cli.git.gitpython import Progress, refuse_programs, remotes


def test_gits_stages_are_one_fraction_that_only_grows():
    heard = []
    progress = Progress(lambda fraction, words: heard.append((fraction, words)))
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
        progress.hear(line)
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert (fractions[-1], heard[4][1]) == (1.0, "receiving 10.00 MiB | 2.00 MiB/s")
    assert progress.said == "Cloning into 'x'..."


def test_what_is_no_progress_is_kept():
    progress = Progress(lambda fraction, words: None)
    assert progress.said == ""
    for line in ("remote: hello\n", "fatal: no\n"):
        progress.hear(line)
    assert progress.said == "remote: hello\nfatal: no"


def test_an_address_that_git_would_run_is_refused():
    with pytest.raises(UnsafeProtocolError):
        refuse_programs("ext::sh -c whoami")
    refuse_programs("git@example.org:a/b")


def test_a_clone_s_servers_are_read_as_they_stand(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path / "a"], check=True)
    for name, url in {"origin": "git@example.org:$HOME/b", "mine": "/srv/b"}.items():
        subprocess.run(["git", "-C", tmp_path / "a", "remote", "add", name, url], check=True)
    assert remotes(tmp_path / "a") == {"origin": "git@example.org:$HOME/b", "mine": "/srv/b"}
    assert remotes(tmp_path) == {}
    (tmp_path / "a/.git/config").write_text("[core\n")
    assert remotes(tmp_path / "a") == {}
