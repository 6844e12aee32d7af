"""The one door for programs."""

import signal
import subprocess
import sys

import pytest

from sesync_cli.errors import NotReady
from sesync_cli.run import ProgramFailed, follow, need, run, started
from tests.conftest import runs, wait_for


def test_it_gives_what_was_printed():
    output = run(["sh", "-c", "echo out; echo err >&2"])
    assert (output.out, output.err, output.code) == ("out\n", "err\n", 0)


def test_a_failure_says_its_last_line():
    with pytest.raises(ProgramFailed, match="sh failed: it broke"):
        run(["sh", "-c", "echo first >&2; echo 'it broke' >&2; exit 3"])


def test_words_reach_the_program_unchanged():
    odd = ["a b", "it's", "$(x)", "*", "[bold]", "é\n"]
    assert run([sys.executable, "-c", "import sys; print(sys.argv[1:])", *odd]).out == f"{odd}\n"


def test_lines_are_told_as_they_come_and_kept_privately(tmp_path):
    heard = []
    follow(["sh", "-c", "echo one; echo two >&2"], heard.append, log=tmp_path / "logs/x.log")
    assert heard == ["one", "two"]
    assert (tmp_path / "logs/x.log").read_text() == "one\ntwo\n"
    assert (tmp_path / "logs/x.log").stat().st_mode & 0o777 == 0o600


def test_passwords_in_addresses_are_struck_out(tmp_path):
    heard = []
    follow(["echo", "from https://jsmith:s3cret@example.org/x"], heard.append, log=tmp_path / "x.log")
    assert "s3cret" not in str(heard) + (tmp_path / "x.log").read_text()


def test_an_exception_ends_the_program_and_what_it_started():
    with pytest.raises(RuntimeError), started(["sh", "-c", "sleep 1000 & echo $!; wait"]) as process:
        grandchild = int(process.stdout.readline())
        raise RuntimeError
    assert process.returncode is not None
    wait_for(lambda: not runs(grandchild), "its end")


def test_nothing_outlives_a_killed_sesync():
    code = "from sesync_cli.run import started\nwith started(['sleep', '999']) as p: print(p.pid, flush=True); p.wait()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    wait_for(lambda: not runs(child), "its end")


def test_a_missing_program_is_named_with_its_hint():
    with pytest.raises(NotReady, match="the program nosuchprogram is not on this machine"):
        need("nosuchprogram", hint="Ask support.")
