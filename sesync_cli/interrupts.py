"""Interrupts (Ctrl-C, and the signals that ask a program to end), held back where nothing may be left half done."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
