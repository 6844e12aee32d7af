"""Interrupts that are held back."""

import os
import signal
from contextlib import contextmanager

import pytest

from sesync_cli.interrupts import INTERRUPTS, calm


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
