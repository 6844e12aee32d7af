"""Kernels that are running right now, as this machine's list of processes tells: no file of theirs is looked at."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sesync_cli.kernel.layout import command_of
from sesync_cli.kernel.specs import Kernel

_PROCESSES = Path("/proc")
_STARTED = 19  # which word after the program's name says when it was started, in ticks since the machine was


def running(kernel: Kernel) -> str:
    """That notebooks have this kernel running, and since when, in words; empty if none has, as far as one sees.

    Of notebooks on other machines nothing is known.
    """
    since = sorted(_started(kernel))
    if not since:
        return ""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(since[0]))
    if len(since) == 1:
        return f"The kernel {kernel.name} is running, in a notebook that has been open since {when}"
    return f"The kernel {kernel.name} is running, in {len(since)} notebooks, the first of them open since {when}"


def _started(kernel: Kernel) -> Iterator[float]:
    """When each of this account's processes was started that run this kernel's command."""
    words = [os.fsencode(word) for word in command_of(kernel.argv)]
    for process in _PROCESSES.glob("[0-9]*") if words else ():
        with suppress(OSError, ValueError, IndexError):
            if process.stat().st_uid == os.geteuid() and _is_of(words, (process / "cmdline").read_bytes()):
                yield _since(process)


def _is_of(words: list[bytes], said: bytes) -> bool:
    """Whether a command line is that of a spec, in which Jupyter has put a file's name in the place of `{...}`."""
    typed = said.removesuffix(b"\0").split(b"\0")
    return len(typed) == len(words) and all(b"{" in word or word == one for word, one in zip(words, typed, strict=True))


def _since(process: Path) -> float:
    booted = time.time() - float((_PROCESSES / "uptime").read_text(encoding="utf-8").split()[0])
    ticks = int((process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[_STARTED])
    return booted + ticks / os.sysconf("SC_CLK_TCK")
