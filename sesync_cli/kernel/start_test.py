"""Kernels that run: started as Jupyter would, asked one thing after the other, ended. The door to jupyter_client."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from sesync_cli.kernel.questions import ended
from sesync_cli.run import end, started

if TYPE_CHECKING:
    from subprocess import Popen

    from jupyter_client.blocking.client import BlockingKernelClient

_SAID = 1_000_000  # bytes of a kernel's own words that are kept
_TAKEN = "Address already in use"
_WARNING = re.compile(r"\[\w+App\] (?:WARNING|INFO|DEBUG) ")
_POLL = 0.2  # seconds between two looks at a kernel that has not answered yet
_AGAIN = 1.0  # seconds until a kernel that has not answered yet is asked again whether it is ready

Meanwhile = Callable[[], object]
"""Called again and again while one waits for a kernel; what it raises ends the kernel."""


@dataclass(frozen=True)
class Running:
    """A kernel that has been started, and is asked one thing after the other, from the language on."""

    client: "BlockingKernelClient"
    process: "Popen[str]"
    words: Path

    def language(self, patience: float, meanwhile: Meanwhile = bool) -> str | None:
        """What language it speaks, in small letters; None if it ends or falls silent.

        This is the first question: a kernel that is not ready yet may lose what it is asked, so it is asked again and
        again. (Source: jupyter_client's `wait_for_ready`.)
        """
        give_up, content, asked = time.monotonic() + patience, None, set[str]()
        while content is None and self.code is None and (left := give_up - time.monotonic()) > 0:
            asked.add(self.client.kernel_info())
            content = self._reply(asked, min(_AGAIN, left), meanwhile)
        return None if content is None else str(content.get("language_info", {}).get("name", "")).lower()

    def values(
        self, expressions: Mapping[str, str], patience: float, *, code: str = "", meanwhile: Meanwhile = bool
    ) -> dict[str, Any] | None:
        """What it says to each of these expressions, once this code has run; None if it ends or falls silent."""
        asked = self.client.execute(
            code, silent=True, store_history=False, user_expressions=dict(expressions), allow_stdin=False
        )
        content = self._reply({asked}, patience, meanwhile)
        return None if content is None else dict(content.get("user_expressions") or {})

    @property
    def code(self) -> int | None:
        """Its exit code, if it has ended."""
        return self.process.poll()

    @property
    def said(self) -> str:
        """What it has written on its own, apart from its answers."""
        return self.words.read_text(encoding="utf-8", errors="replace")

    @property
    def lost_its_port(self) -> bool:
        """Whether another program took a port between the choice and the kernel's start: no fault of the kernel's."""
        return self.code is not None and _TAKEN in self.said

    def forget_said(self) -> None:
        os.truncate(self.words, 0)

    def _reply(self, asked: set[str], patience: float, meanwhile: Meanwhile) -> dict[str, Any] | None:
        from queue import Empty

        give_up = time.monotonic() + patience
        while self.code is None and time.monotonic() < give_up:
            meanwhile()
            if self.words.stat().st_size > _SAID:
                self.forget_said()
            try:
                reply = self.client.get_shell_msg(timeout=_POLL)
            except Empty:
                continue
            if reply["parent_header"].get("msg_id") in asked:
                return dict(reply["content"])
        return None


@contextmanager
def running(
    argv: Sequence[str],
    env: Mapping[str, str],
    folder: Path,
    *,
    ipython: Path | None,
    values: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[Running]:
    """A kernel, started as Jupyter would; it is over when the block is, and what it wrote meanwhile is in the folder.

    `ipython` is the person's IPython folder; without one, an empty one. `values` are put in the place of
    `{resource_dir}` and the like.
    """
    connection, words = folder / "connection.json", folder / "said.txt"
    known = {**(values or {}), "connection_file": str(connection)}
    filled = [os.path.expanduser(re.sub(r"\{(\w+)\}", lambda name: known.get(name[1], name[0]), one)) for one in argv]
    client = _client(connection)
    # each of its programs writes at the end, so that the file can be emptied meanwhile
    with words.open("a", encoding="utf-8") as file:
        own = {"IPYTHONDIR": str(ipython or folder), "JPY_PARENT_PID": str(os.getpid())}
        try:
            with started(filled, env={**env, **own}, cwd=cwd, stdout=file.fileno(), stderr=file.fileno()) as process:
                try:
                    yield Running(client, process, words)
                finally:
                    end(process)
        finally:
            client.stop_channels()


def last_word(said: str) -> str:
    """The last line of what a kernel wrote, which is where Python gives its reason; what ipykernel warns of is none."""
    lines = (line.strip() for line in reversed(said.splitlines()) if not _WARNING.match(line))
    return next(filter(None, lines), "")


def expanded(spec_env: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The environment that Jupyter gives to a kernel: its own, with the spec's on top and `$NAME` filled in."""
    return {**env, **{name: Template(value).safe_substitute(env) for name, value in spec_env.items()}}


def _client(connection: Path) -> "BlockingKernelClient":
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.connect import write_connection_file

    connection.unlink(missing_ok=True)
    write_connection_file(str(connection))
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)  # noqa: S604 (a channel, no shell)
    return client


def value_of(values: Mapping[str, Any] | None, name: str) -> str | None:
    """The value of an expression as the kernel prints it; None if it gave none."""
    text = (values or {}).get(name, {}).get("data", {}).get("text/plain")
    return None if text is None else str(text)


def mute(kernel: Running, patience: float) -> str:
    """Why a kernel does not answer."""
    if kernel.code is None:
        return f"it did not answer within {patience:.0f} seconds"
    return last_word(kernel.said) or f"it ended without a word ({ended(kernel.code)})"
