"""Interrupts (Ctrl-C, and the signals that ask a program to end), held back where nothing may be left half done."""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ONE_WISH = 2.0  # seconds within which several are one
_heard_at = -_ONE_WISH


def stop_at_interrupts() -> None:
    """Let each of them stop this program, by a KeyboardInterrupt, but for a Ctrl-C that the shell has it ignore."""
    for word in INTERRUPTS:
        if word != signal.SIGINT or signal.getsignal(word) == signal.default_int_handler:
            signal.signal(word, _stop)


def ignore_interrupts() -> None:
    """Let none of them stop this program any more: all is done, and it ends by itself."""
    for word in INTERRUPTS:
        signal.signal(word, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    # what follows at once is the same wish: it shall not break off what takes back what was begun
    global _heard_at
    if time.monotonic() - _heard_at >= _ONE_WISH:
        _heard_at = time.monotonic()
        raise KeyboardInterrupt


@contextlib.contextmanager
def calm() -> Iterator[None]:
    """Let nothing interrupt this block; an interrupt that came counts at its end, or at that of a calm block around it.

    What interrupts the very start of a program is lost in the hooks of the fork, or leaves the program running alone.
    """
    heard: list[int] = []
    before: dict[int, Any] = {}
    words = INTERRUPTS if threading.current_thread() is threading.main_thread() else ()
    try:
        for word in words:
            before[word] = signal.signal(word, lambda number, frame: heard.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            handler = before[heard[0]]
            handler(heard[0], None) if callable(handler) else signal.raise_signal(heard[0])


@contextlib.contextmanager
def unhurried(report: Callable[[float | None, str], None]) -> Iterator[Callable[[bool], None]]:
    """Gives a function; once it was called with True, the first Ctrl-C waits for the end of the block.

    The second does not wait, and none does once it was called with False. For installers, which take nothing back when
    they are ended while they write files.
    """
    usual = {word: signal.getsignal(word) for word in INTERRUPTS}

    def restore() -> None:
        for word, handler in usual.items():
            signal.signal(word, handler)

    def later(number: int, frame: FrameType | None) -> None:
        restore()
        report(None, "nearly done; Ctrl-C again breaks it off")

    def let_finish(wait: bool) -> None:
        for word in INTERRUPTS:
            signal.signal(word, later if wait else usual[word])

    try:
        yield let_finish
    finally:
        restore()
