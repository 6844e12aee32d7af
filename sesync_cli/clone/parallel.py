"""Several repositories side by side: each is there whole or not at all, and none suffers from another's failure."""

import os
import shlex
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from sesync_cli.clone.working_copy import Clone, existing
from sesync_cli.disk import system_failure
from sesync_cli.errors import SesyncError, Stopped
from sesync_cli.git.address import read_address
from sesync_cli.git.client import end_all, rewritten_address
from sesync_cli.leftovers import remove
from sesync_cli.lock import alone
from sesync_cli.plan import Report, Watch
from sesync_cli.run import attended, run
from sesync_cli.sync.update import Update

_AT_ONCE = 4  # how many at a time: servers count connections
_LASTS = 60  # seconds that a shared login outlives its last use, should nobody be left to end it

One = Clone | Update


@dataclass(frozen=True)
class SharedLogin:
    """One ssh login for several gits: what ssh asks (a passphrase), it asks once. `command` is the ssh to start."""

    command: str
    whom: tuple[str, ...]

    @contextmanager
    def held(self) -> Iterator[dict[str, str]]:
        """The variable by which git uses the login. If none came about, git asks nobody, and says why it fails."""
        # a socket's name may have some 100 letters, which many a temporary folder's name uses up
        folder = Path(tempfile.mkdtemp(prefix="sesync-", dir=os.environ.get("XDG_RUNTIME_DIR") or "/tmp"))
        ssh = [*shlex.split(self.command), "-o", f"ControlPath={folder}/ssh"]
        master = [*ssh, "-M", "-N", "-f", "-o", f"ControlPersist={_LASTS}", *self.whom]
        try:
            begun = attended(master, env=os.environ, cwd=Path("/"), catch=False)
            yield {"GIT_SSH_COMMAND": shlex.join([*ssh, "-o", "BatchMode=yes"])}
            if not begun.code:
                run([*ssh, "-O", "exit", *self.whom])
        finally:
            remove(folder)


def shared_login(ones: Iterable[One]) -> SharedLogin | None:
    """The login that several gits can share; None where all go another way, or nobody is there to be asked."""
    for one in ones:
        command, actual = (
            one.connection.env.get("GIT_SSH_COMMAND"),
            read_address(rewritten_address(one.attempt.address.url)),
        )
        if command and one.connection.interactive and actual:
            port = ("-p", str(actual.port)) if actual.port else ()
            return SharedLogin(command, (*port, f"{actual.user}@{actual.host}" if actual.user else actual.host))
    return None


@dataclass(frozen=True)
class Together:
    """Clone or update several repositories; `failed` tells afterwards which could not be, by their labels, and why."""

    ones: tuple[One, ...]
    watch: Watch
    login: SharedLogin | None
    failed: dict[str, SesyncError] = field(default_factory=dict, compare=False)
    _over: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return f"{len(self.ones)} repositories ..."

    def do(self, report: Report) -> None:
        with ExitStack() as held:
            login = held.enter_context(self.login.held()) if self.login else {}
            pool = held.enter_context(ThreadPoolExecutor(_AT_ONCE))
            futures = [pool.submit(self._do, _quiet(one, login)) for one in self.ones]
            try:
                for future in futures:
                    future.result()
            except BaseException as error:
                self._over.set()
                while wait(futures, timeout=0.1).not_done:
                    end_all()
                if not isinstance(error, KeyboardInterrupt):
                    raise
                there = sum(one.attempt.folder.exists() for one in self.ones)
                raise Stopped(f"stopped; {there} of {len(self.ones)} repositories are there, whole") from None

    def _do(self, one: One) -> None:
        label, folder = one.attempt.address.label, one.attempt.folder
        if self._over.is_set():
            return
        with alone(folder, nullcontext()), self.watch(folder.name) as report:
            try:
                if isinstance(one, Update) or not existing(one.attempt.address, folder, False):
                    one.do(report)
            except (SesyncError, OSError) as error:
                one.undo()
                told = system_failure(error, folder) if isinstance(error, OSError) else error
                self.failed[label] = told or SesyncError(str(error))
            except BaseException:
                one.undo()
                raise

    def undo(self) -> None:
        # what is there is whole, and what is not has been undone by itself
        return

    def __str__(self) -> str:
        return "\n".join(map(str, self.ones))


def _quiet(one: One, login: Mapping[str, str]) -> One:
    """The same without a terminal, at which several would ask at once."""
    env = {**one.connection.env, "GIT_TERMINAL_PROMPT": "0", **login}
    return replace(one, connection=replace(one.connection, env=env, interactive=False))
