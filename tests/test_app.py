"""The one place where every failure is told."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from tests.conftest import DRAFTS, HANG, SESYNC

SURPRISE = """
import sys
import sesync_cli.site.cli as site
def surprise(env): raise RuntimeError("nobody foresaw this")
site.load_site = surprise
sys.argv = ["sesync", "site", "show"]
from sesync_cli.app import main
main()
"""
KEYS = ["kind", "message", "hint", "log", "remedies", "diagnosis", "problems", "left"]


def test_the_version_is_told(sesync):
    assert sesync("--version").out.startswith("sesync, version 0.")


def test_a_wrong_command_names_the_near_one(sesync):
    ended = sesync("kernl")
    assert (ended.code, ended.out) == (2, "")
    hint = "Did you mean kernel? 'sesync --help' shows the words."
    assert ended.err == f"Error: no such command 'kernl'\nHint:  {hint}\n"


def test_a_wrong_option_is_json_where_json_was_asked_for(sesync):
    ended = sesync("kernel", "list", "--json", "--nope")
    assert ended.code == 2
    assert (list(ended.json["error"]), ended.json["error"]["kind"]) == (KEYS, "usage")


def test_json_behind_two_dashes_is_somebody_elses(sesync):
    ended = sesync("kernel", "run", "nope", "--", "program", "--json")
    assert ended.code == 1
    assert ended.err.startswith("Error: there is no kernel named nope")


def test_a_bug_is_kept_for_support_and_exits_with_70(home):
    ended = subprocess.run([sys.executable, "-c", SURPRISE], capture_output=True, text=True)
    assert ended.returncode == 70
    kept = next((home / ".local/state/sesync").glob("bug-*.txt"))
    assert "RuntimeError: nobody foresaw this" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    hint = f"Please send ~/{kept.relative_to(home)} to support {DRAFTS}."
    said = f"Error: this is a mistake in sesync itself\nHint:  {hint}\n"
    assert ended.stderr == said


def test_a_bug_with_nowhere_to_keep_it_is_still_told(home):
    (home / ".local").write_text("a file in the way")
    ended = subprocess.run([sys.executable, "-c", SURPRISE], capture_output=True, text=True)
    assert (ended.returncode, "SESYNC_DEBUG=1" in ended.stderr) == (70, True)


def test_control_characters_never_reach_the_terminal(sesync, site):
    ended = sesync("link", "a\x1b[31mb")
    assert ended.code == 2
    assert "\x1b" not in ended.err + ended.out


def test_a_reader_that_leaves_early_is_no_bug(site):
    done = subprocess.run(["bash", "-c", f"'{SESYNC}' site show | head -1"], capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "mistake" not in done.stderr


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_exits_with_130(background, site, home, word):
    fifo = home / "site.toml"
    os.mkfifo(fifo)
    running = background("site", "check", fifo)
    with fifo.open("w"):  # opened once it reads
        running.send_signal(word)
        _, err = running.communicate(timeout=HANG)
    assert running.returncode == 130
    assert err.strip() == "Stopped."


def test_errors_on_a_narrow_terminal_are_whole(terminal, site):
    seen = terminal("link", "nosuch", columns=40)
    assert seen.ended() == 1
    assert "Error:" in seen.screen and "nosuch" in seen.screen
    assert all(len(line) <= 40 for line in seen.screen.splitlines())


def test_no_color_is_respected(terminal, site, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    seen = terminal("link", "nosuch")
    seen.ended()
    assert "\x1b[1;31m" not in seen.raw and "\x1b[31m" not in seen.raw


def test_a_low_home_is_warned_about(sesync, site, nfs):
    site(home={"quota_gb": 10_000_000})
    ended = sesync("link", "cooltrees")
    assert ended.code == 0
    assert "your home folder has only" in ended.err


def test_every_error_in_json_has_the_same_shape(sesync, site):
    for words in (
        ("link", "nosuch"),
        ("kernel", "remove", "nope"),
        ("clone", "x", "y", "z"),
        ("site", "check", "/nope"),
    ):
        document = json.loads(sesync(*words, "--json").out)
        assert set(document) == {"error"} and set(document["error"]) == {*KEYS}


def test_a_closed_or_full_output_is_no_bug(site):
    closed = subprocess.run(["bash", "-c", f"'{SESYNC}' site show >&-"], capture_output=True, text=True)
    assert (closed.returncode, closed.stderr) == (0, "")
    full = subprocess.run(["bash", "-c", f"'{SESYNC}' site show >/dev/full"], capture_output=True, text=True)
    assert full.returncode == 1
    assert full.stderr == "Error: the answer could not be written: No space left on device\n"


def test_a_home_or_a_folder_that_is_gone_is_told(sesync, site, home):
    ended = sesync("link", env={**os.environ, "HOME": str(home / "gone")})
    assert (ended.code, "is not there" in ended.err) == (3, True)
    inside = f"mkdir here; cd here; rmdir ../here; '{SESYNC}' kernel create"
    gone = subprocess.run(["bash", "-c", inside], capture_output=True, text=True)
    assert gone.returncode == 3
    assert "the folder that you are in is gone" in gone.stderr
    (home / "notes.txt").write_text("x")
    for word, code in (("notes.txt", 3), (home / "notes.txt", 0)):
        inside = f"mkdir here; cd here; rmdir ../here; '{SESYNC}' where {word}"
        gone = subprocess.run(["bash", "-c", inside], capture_output=True, text=True)
        assert (gone.returncode, "the folder that you are in is gone" in gone.stderr) == (code, code == 3)


def test_json_of_another_programs_words_is_not_ours(sesync, site):
    assert sesync("kernel", "run", "nope", "program", "--json").err.startswith("Error: there is no kernel named nope")


def test_a_file_where_the_locks_should_be_is_told(sesync, site, nfs):
    lock = f"{os.environ['TMPDIR']}/sesync-{os.getuid()}"
    with open(lock, "w"):
        ended = sesync("link", "cooltrees")
    assert (ended.code, "belongs to somebody else" in ended.err) == (3, True)
