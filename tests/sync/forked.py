"""The program, run in a fork of the tests, which have loaded it already, and killed in the middle where wanted."""

import ctypes
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.conftest import Ended, children

BEFORE, DURING, NOTES = "before a git", "during a git", "before a file is renamed or removed"
REFS, FILES = "while git moves branches", "while git writes files"
_LOADED = (
    *("filelock", "git", "sesync_cli.app", "sesync_cli.failure", "sesync_cli.lock", "sesync_cli.quota"),
    *("sesync_cli.workers", "sesync_cli.git.gitpython", "sesync_cli.secrets.rules", "sesync_cli.secrets.values"),
    *("sesync_cli.site.reading", "sesync_cli.sync.cli"),
)
_GIT_STARTS, _FILES_MOVE = ("subprocess.Popen",), ("os.rename", "os.remove", "os.link")  # Python's names for it
_SUBREAPER = 36  # <linux/prctl.h>
_MOST = 1 << 20  # letters of what is said
KILLED = -int(signal.SIGKILL)
_KILLER = """#!/bin/sh
# the next of so many kills the run and the git that has called this
read left run 2>/dev/null <{armed} || exec {otherwise}
if [ "$left" -gt 0 ]; then
    echo "$((left - 1)) $run" >{armed}
    exec {otherwise}
fi
rm {armed}
kill -9 "$run" $PPID
"""


@dataclass(frozen=True)
class Kill:
    """The moment of a run at which it is killed: one of the five above, of which so many have gone by."""

    when: str
    after: int


def run(
    words: Sequence[str],
    cwd: Path,
    scratch: Path,
    kill: Kill | None = None,
    become: Callable[[], object] = lambda: None,
) -> Ended:
    """Run `sesync` with these words, without a terminal; the exit code of one that was killed is KILLED.

    What runs is made another account's, or is told other things, by `become`.
    """
    for name in _LOADED:
        import_module(name)
    said = [os.memfd_create(name) for name in ("out", "err")]
    process = os.fork()
    if not process:
        become()
        _guarded(words, cwd, said, _armed(scratch, kill), kill) if kill else _run(words, cwd, said)
    _, status = os.waitpid(process, 0)
    out, err = (os.pread(one, _MOST, 0).decode(errors="replace") for one in said)
    for one in said:
        os.close(one)
    code = os.waitstatus_to_exitcode(status)
    return Ended(KILLED if kill and code == signal.SIGKILL else code, out, err)


def _run(words: Sequence[str], cwd: Path, said: Sequence[int]) -> NoReturn:
    """What the program's first process does, from its first to its last moment."""
    code = 255
    try:
        for given, wanted in zip((os.open(os.devnull, os.O_RDONLY), *said), range(3), strict=True):
            os.dup2(given, wanted)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.chdir(cwd)
        os.environ["PWD"], sys.argv = str(cwd), ["sesync", *words]
        # a run is named when the program is loaded, and here that was before the fork
        import_module("sesync_cli.lock")._ME = f"{os.getpid()}-{time.monotonic_ns()}"  # type: ignore[attr-defined]
        import_module("sesync_cli.app").main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException as error:
        print(f"Traceback: {error!r}", file=sys.stderr)
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _guarded(words: Sequence[str], cwd: Path, said: Sequence[int], armed: Path, kill: Kill) -> NoReturn:
    """Start the run, and wait for all that it has started: nothing of a killed one is at work any more."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    run = os.fork()
    if not run:
        os.environ.update(_hooked(armed))
        armed.write_text(f"{kill.after} {os.getpid()}\n" if kill.when in (REFS, FILES) else "")
        if kill.when not in (REFS, FILES):
            _kill_itself(kill)
        _run(words, cwd, said)
    _, status = os.waitpid(run, 0)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    code = os.waitstatus_to_exitcode(status)
    os._exit(signal.SIGKILL if code < 0 else code)


def _kill_itself(kill: Kill) -> None:
    """Have this process kill itself when it does such a thing, or as soon as that has begun."""
    left = kill.after

    def count(event: str, _: object) -> None:
        nonlocal left
        if event not in (_FILES_MOVE if kill.when == NOTES else _GIT_STARTS):
            return
        left -= 1
        if left < 0 and kill.when != DURING:
            os.kill(os.getpid(), signal.SIGKILL)
        if left == -1:
            threading.Thread(target=_kill_with_child, daemon=True).start()

    sys.addaudithook(count)


def _kill_with_child() -> None:
    while not children(os.getpid()):
        time.sleep(0)
    os.kill(os.getpid(), signal.SIGKILL)


def _armed(scratch: Path, kill: Kill) -> Path:
    """Where the number is of what goes by before the kill; beside it are the hook and the filter that look there."""
    scratch.mkdir(exist_ok=True)
    armed = scratch / "armed"
    when = "reference-transaction" if kill.when == REFS else "write-file"
    for name, otherwise in (("reference-transaction", "true"), ("write-file", "cat")):
        text = _KILLER.format(armed=armed if name == when else f"{armed}-never", otherwise=otherwise)
        (scratch / name).write_text(text)
        (scratch / name).chmod(stat.S_IRWXU)
    (scratch / "attributes").write_text("* filter=writes\n")
    return armed


def _hooked(armed: Path) -> dict[str, str]:
    """Settings by which git calls these."""
    folder = armed.parent
    settings = {
        "core.hooksPath": folder,
        "core.attributesFile": folder / "attributes",
        "filter.writes.smudge": folder / "write-file",
    }
    env = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": str(value)}
    return env
