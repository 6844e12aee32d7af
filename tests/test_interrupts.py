"""Interrupts that are held back."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from sesync_cli.interrupts import INTERRUPTS, calm
from tests.conftest import HANG


@contextmanager
def heard():
    """What an interrupt does in the program: it raises."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    before = {word: signal.signal(word, interrupt) for word in INTERRUPTS}
    try:
        yield
    finally:
        for word, handler in before.items():
            signal.signal(word, handler)


@pytest.mark.parametrize("word", INTERRUPTS)
def test_an_interrupt_counts_at_the_end(word):
    done = []
    with heard(), pytest.raises(KeyboardInterrupt), calm():
        os.kill(os.getpid(), word)
        os.kill(os.getpid(), word)
        done.append("all")
    assert done == ["all"]


def test_in_one_calm_block_another_is_calm_too():
    done = []
    with heard(), pytest.raises(KeyboardInterrupt), calm():
        with calm():
            os.kill(os.getpid(), signal.SIGINT)
        done.append("all")
    assert done == ["all"]


def test_a_signal_that_is_ignored_stays_so():
    with heard():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with calm():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


SEVERAL = """
import os, signal
from sesync_cli.interrupts import ignore_interrupts, stop_at_interrupts
stop_at_interrupts()
try:
    os.kill(os.getpid(), signal.SIGTERM)
except KeyboardInterrupt:
    for word in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), word)
    print("taken back", flush=True)
ignore_interrupts()
os.kill(os.getpid(), signal.SIGTERM)
print("over")
"""


def test_several_at_once_are_one_wish_and_none_counts_once_all_is_over():
    ended = subprocess.run([sys.executable, "-c", SEVERAL], capture_output=True, text=True, timeout=HANG)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "taken back\nover\n", "")


def test_a_ctrl_c_that_the_shell_has_it_ignore_is_still_ignored():
    code = (
        "import signal; from sesync_cli.interrupts import stop_at_interrupts\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN); stop_at_interrupts()\n"
        "signal.raise_signal(signal.SIGINT); print('goes on')"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "goes on\n"
