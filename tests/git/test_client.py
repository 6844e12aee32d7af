"""The one door to git."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sesync_cli.errors import NoAnswer, NotReady
from sesync_cli.git import client
from sesync_cli.git.client import Connection, GitFailed, ask_git, commit, origin, work
from tests.conftest import HANG, runs, wait_for

HERE = Connection({}, interactive=False)
ODD = b"odd \xff\r\n[bold] $x.txt"


def git(*words: str | Path | bytes) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git("init", "--quiet", tmp_path / "analysis")
    git("config", "--global", "user.name", "J. Smith")
    git("config", "--global", "user.email", "jsmith@example.org")
    return tmp_path / "analysis"


def script(folder: Path, name: str, text: str) -> Path:
    """A program of this name in a folder of its own."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return folder


def test_an_answer_is_whole_whatever_the_exit_code(folder):
    assert ask_git(["rev-parse", "--is-bare-repository"], folder).out == "false\n"
    said = ask_git(["rev-parse", "--verify", "HEAD"], folder)
    assert (said.code, said.out, said.err) == (128, "", "fatal: Needed a single revision\n")


def test_names_keep_their_bytes_and_their_line_ends(folder):
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + ODD))).write_text("x")
    said = ask_git(["ls-files", "--others", "-z"], folder)
    assert os.fsencode(said.out) == ODD + b"\0"


def test_names_are_no_patterns(folder):
    (folder / "a*.txt").touch()
    (folder / "abc.txt").touch()
    assert ask_git(["ls-files", "--others", "-z", "--", "a*.txt"], folder).out == "a*.txt\0"
    assert len(ask_git(["ls-files", "--others", "-z", "--", "a*.txt"], folder, literal=False).out.split("\0")) == 3


def test_git_speaks_english(folder, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "fatal: ambiguous argument 'nothing'" in ask_git(["rev-parse", "nothing"], folder).err


def test_what_is_said_to_it_comes_on_standard_input(folder):
    assert ask_git(["hash-object", "--stdin"], folder, said="x\n").out == "587be6b4c3f93f93c489c0111bba5596147a26cb\n"


def test_who_does_not_answer_is_not_waited_for(folder, tmp_path, monkeypatch):
    slow = script(tmp_path / "bin", "git", f"exec sleep {HANG * 2}")
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    with pytest.raises(NoAnswer, match="git did not end within"):
        ask_git(["status"], folder, seconds=0.2)


def test_no_git_is_said_so(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    client._need_git.cache_clear()
    starts = (
        lambda: ask_git(["status"], folder),
        lambda: origin(folder),
        lambda: work(["status"], HERE, print, folder),
    )
    for start in starts:
        with pytest.raises(NotReady, match="the program git is not on this machine"):
            start()


def test_a_mistake_in_the_settings_is_told_in_git_s_words(folder, home):
    (home / ".gitconfig").write_text("[user\n")
    client._need_git.cache_clear()
    with pytest.raises(NotReady, match=r"git does not start: bad config line 1 in file .*/\.gitconfig"):
        ask_git(["status"], folder)
    with pytest.raises(NotReady, match="git does not start: bad config"):
        origin(folder)


def test_work_reports_its_progress_and_gives_the_rest(folder, tmp_path):
    (folder / "heat.py").write_text("x")
    git("-C", folder, "add", "heat.py")
    git("-C", folder, "commit", "-m", "x")
    heard: list[tuple[float | None, str]] = []
    work(["clone", "--progress", f"file://{folder}", str(tmp_path / "clone")], HERE, lambda *told: heard.append(told))
    assert commit(tmp_path / "clone") == commit(folder) != ""
    assert ("receiving" in str(heard), [told for told, _ in heard]) == (True, sorted(told for told, _ in heard))
    assert origin(tmp_path / "clone") == f"file://{folder}"
    with pytest.raises(GitFailed, match="does not exist"):
        work(["clone", "--progress", f"{tmp_path}/gone", str(tmp_path / "new")], HERE, lambda *told: None)


def test_git_and_what_it_starts_end_with_us(folder, tmp_path):
    """A git that waits for a server, when sesync is killed."""
    waits = script(tmp_path / "bin", "ssh", f"echo $PPID $$ >{tmp_path}/started; exec cat")
    code = (
        "from sesync_cli.git.client import Connection, work\n"
        f"here = Connection({{'GIT_SSH_COMMAND': '{waits}/ssh'}}, False)\n"
        "work(['ls-remote', 'git@example.org:a/b'], here, print)"
    )
    sesync = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    wait_for(lambda: (tmp_path / "started").exists() and (tmp_path / "started").read_text().strip(), "git's ssh")
    started = [int(number) for number in (tmp_path / "started").read_text().split()]
    sesync.send_signal(signal.SIGKILL)
    sesync.wait()
    wait_for(lambda: not any(map(runs, started)), "their end")


def test_a_question_loads_no_library():
    code = "import sys; from sesync_cli.git.client import ask_git; ask_git(['version']); print('git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
