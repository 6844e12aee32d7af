"""Questions about places that may never answer, each asked by a child process.

A look at a dead file server can hang where no signal arrives, and whoever waits for the one who hangs, hangs too. So a
child looks; one that is late is killed and left alone, whether or not the kill arrives.
"""

import marshal
import os
import select
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from sesync_cli.plan import Watch

Question = Callable[[], Any]
"""Gives plain values (texts, numbers, lists and dictionaries of them); what it raises counts as no answer."""

_OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INHERITED = 1024


def ask(questions: Mapping[Path, Question], until: float, watch: Watch) -> dict[Path, Any]:
    """The answers that came until that moment of the monotonic clock; None for each that did not come."""
    children: dict[int, tuple[Path, int]] = {}
    heard: dict[int, bytes] = {}
    try:
        for key, question in questions.items():
            pipe, child = _sent(question, until)
            children[pipe] = (key, child)
        # the children are there before the display and its thread: a fork copies one thread only
        with watch("Waiting for the file server"):
            heard = _heard(children, until)
    finally:
        _leave(children)
    return {key: _read(heard.get(pipe, b"")) for pipe, (key, _) in children.items()}


def _sent(question: Question, until: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    # a Ctrl-C between the fork and the child's own settings would send two of us up the same stack
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
    try:
        child = os.fork()
        if not child:
            _tell(question, until, writing)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(writing)
    return reading, child


def _tell(question: Question, until: float, writing: int) -> NoReturn:
    try:
        for word in _OURS:
            signal.signal(word, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        signal.alarm(max(1, int(until - time.monotonic()) + 2))  # should nobody be left to kill it
        # a child that hangs must hold neither our lock nor the pipe that somebody reads us by
        os.closerange(0, writing)
        os.closerange(writing + 1, _INHERITED)
        os.write(writing, marshal.dumps(question()))  # both ends are this very program
    finally:
        os._exit(0)


def _heard(pipes: Iterable[int], until: float) -> dict[int, bytes]:
    heard = dict.fromkeys(pipes, b"")
    waiting, poll = set(heard), select.poll()
    for pipe in waiting:
        poll.register(pipe, select.POLLIN)
    while waiting and (left := until - time.monotonic()) > 0:
        for pipe, _ in poll.poll(left * 1000):
            said = os.read(pipe, 65536)
            heard[pipe] += said
            if not said:
                poll.unregister(pipe)
                waiting.remove(pipe)
    return heard


def _leave(children: Mapping[int, tuple[Any, int]]) -> None:
    for pipe, (_, child) in children.items():
        os.close(pipe)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def _read(said: bytes) -> Any:
    try:
        return marshal.loads(said)
    except (EOFError, ValueError, TypeError):  # killed in the middle of it, or before
        return None
