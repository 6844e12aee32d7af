"""The one door for programs: argument lists in, text out, and nothing left running."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sesync_cli.errors import NoAnswer, NotReady, SesyncError
from sesync_cli.interrupts import calm
from sesync_cli.secrets import without_secrets

DEVNULL = subprocess.DEVNULL
STDOUT = subprocess.STDOUT
Process = subprocess.Popen[Any]

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_GRACE = 5.0  # seconds between asking a program to end and ending it

_TEXT: dict[str, Any] = {"encoding": "utf-8", "errors": "replace"}  # of what programs say


@dataclass(frozen=True)
class Output:
    """What a program left: its exit code and what it printed."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str


class ProgramFailed(SesyncError):
    """A program said that it failed; `output` keeps all it said."""

    def __init__(self, output: Output, log: Path | None = None) -> None:
        said = [line.strip() for line in (output.err or output.out).splitlines() if line.strip()]
        super().__init__(f"{Path(output.argv[0]).name} failed: {said[-1] if said else f'exit code {output.code}'}")
        self.output, self.log = output, log


def need(program: str, *, hint: str, path: str | None = None) -> str:
    """Where this program is; an error with this hint if it is nowhere."""
    found = shutil.which(program, path=path)
    if found is None:
        raise NotReady(f"the program {program} is not on this machine", hint=hint)
    return found


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float | None = None,
    said: str | None = None,
    exact: bool = False,
    reads: bool = False,
    umask: int = -1,
) -> Output:
    """Run a program to its end, without a terminal; `ProgramFailed` unless it exits with 0.

    What is `said` comes to it on standard input. One that takes longer than this is ended, which is `NoAnswer`. What it
    prints is text, whatever bytes are in it; with `exact`, `os.fsencode` makes the very bytes of it again. One that
    only `reads` may outlive our sudden end. With `umask`, it has that one, and not ours.
    """
    stdin = DEVNULL if said is None else subprocess.PIPE
    with started(argv, env=env, cwd=cwd, stdin=stdin, exact=exact, reads=reads, umask=umask) as process:
        try:
            out, err = process.communicate(said if said is None or not exact else os.fsencode(said), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise NoAnswer(f"{Path(argv[0]).name} did not end within {seconds:.0f} seconds") from None
    return _checked(Output(tuple(argv), process.returncode, os.fsdecode(out), os.fsdecode(err)))


def follow(
    argv: Sequence[str],
    on_line: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    umask: int = -1,
) -> Output:
    """Like `run`, with both streams as one, told line by line while they come, and kept whole in `log`.

    Secrets are struck out of all of it.
    """
    with _kept(log) as keep, started(argv, env=env, stderr=subprocess.STDOUT, umask=umask) as process:
        lines = []
        for line in map(without_secrets, process.stdout or ()):
            lines.append(line)
            keep(line)
            on_line(line.rstrip())
    return _checked(Output(tuple(argv), process.returncode, "".join(lines), ""), log)


def attended(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, catch: bool, asks: bool = False) -> Output:
    """Run a program as a shell would, its words caught or not; any exit code will do; one that `asks` hears us."""
    program = need(argv[0], hint="Is it spelt rightly?", path=env.get("PATH"))
    pipe, keys = subprocess.PIPE if catch else None, None if asks else DEVNULL
    argv = [program, *argv[1:]]
    done = subprocess.run(argv, env=env, cwd=cwd, stdin=keys, stdout=pipe, stderr=pipe, **_TEXT)
    return Output(tuple(argv), done.returncode, done.stdout or "", done.stderr or "")


def launch(argv: Sequence[str], env: Mapping[str, str]) -> None:
    """Start a program that goes on without us, and says nothing here."""
    subprocess.Popen(argv, env=dict(env), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)


@contextlib.contextmanager
def started(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int = DEVNULL,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    exact: bool = False,
    asks: bool = False,
    reads: bool = False,
    umask: int = -1,
) -> Iterator[subprocess.Popen[Any]]:
    """A program that runs beside us, in a session of its own; it is over when the block is.

    Leaving the block in order waits for the program. Leaving it by an exception (Ctrl-C, for one) ends the program,
    and so does the end of this process by any means, so that nothing goes on writing behind the user's back.
    With `exact`, its streams are of bytes. One that `asks` shares our terminal, and so hears Ctrl-C itself. One that
    only `reads` is not bound to our sudden end (`kill -9`): without that, it starts three times as fast.
    """
    bound, process = None if reads else dies_with_parent(), None
    try:
        with calm():
            process = subprocess.Popen(
                argv,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=None if env is None else dict(env),
                cwd=cwd,
                **({} if exact else _TEXT),
                start_new_session=not asks,
                umask=umask,
                preexec_fn=bound,
            )
        yield process
        process.wait()
    finally:
        if process:
            _close(process, group=not asks)


def _close(process: subprocess.Popen[Any], *, group: bool) -> None:
    if process.returncode is None:
        end(process, group=group)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def end(process: subprocess.Popen[Any], *, group: bool = True) -> None:
    """End a program, and what it started if it has a group of its own: asked first, then forced."""
    for word, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, _GRACE)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, word) if group else os.kill(process.pid, word)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def ended_by(process: Process, until: float) -> int | None:
    """The exit code of a program; None for one that did not end by that moment of the monotonic clock: it is ended."""
    try:
        return process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        end(process)
        return None


def _checked(output: Output, log: Path | None = None) -> Output:
    if output.code:
        raise ProgramFailed(output, log)
    return output


@contextlib.contextmanager
def _kept(log: Path | None) -> Iterator[Callable[[str], object]]:
    if log is None:
        yield lambda line: None
        return
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", buffering=1, encoding="utf-8") as file:
        yield file.write


def dies_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    import ctypes

    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before its death could be a signal
            os._exit(1)

    return bind


def become(argv: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Turn this process into another program, which has its own exit code and its own say on the terminal."""
    program = need(argv[0], hint="Is it spelt rightly?", path=env.get("PATH"))
    sys.stdout.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and an ignored signal would be handed on
    try:
        os.execve(program, list(argv), dict(env))
    except OSError as error:
        raise SesyncError(f"{argv[0]} cannot be run: {error.strerror}") from None
