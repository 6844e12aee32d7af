"""The proof that a kernel works: it is started as Jupyter would, and asked what 1+1 is. The door to jupyter_client."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from sesync_cli.disk import full_in, no_room
from sesync_cli.errors import SesyncError
from sesync_cli.kernel.bytecode import keep
from sesync_cli.lock import remove
from sesync_cli.plan import Report, by_hand
from sesync_cli.run import end, started

if TYPE_CHECKING:
    from subprocess import Popen

    from jupyter_client.blocking.client import BlockingKernelClient


@dataclass(frozen=True)
class ProveKernel:
    """Start a kernel and have it answer; what it writes meanwhile stays in its environment, its bytecode for others."""

    environment: Path
    argv: tuple[str, ...]
    spec_env: Mapping[str, str]
    env: Mapping[str, str]
    patience: float
    bytecode: Path
    doing: str = "Starting the kernel once, to see that it works"

    def do(self, report: Report) -> None:
        folder = self.environment / ".proof"
        folder.mkdir(mode=0o700, exist_ok=True)
        answer, ended, said = self._asked(folder)
        remove(folder)
        if answer != "2":
            raise self._failure(ended, said)
        keep(self.environment, self.bytecode)

    def _asked(self, folder: Path) -> tuple[str | None, bool, str]:
        connection, said = folder / "connection.json", folder / "said.txt"
        env = expanded(self.spec_env, self.env) | {"IPYTHONDIR": str(folder)}
        client = _client(connection)
        argv = [str(connection) if word == "{connection_file}" else word for word in self.argv]
        with said.open("w") as file, started(argv, env=env, stdout=file.fileno(), stderr=file.fileno()) as kernel:
            try:
                answer = _answer(client, kernel, self.patience)
                ended = kernel.poll() is not None
            finally:
                client.stop_channels()
                end(kernel)
        return answer, ended, said.read_text(errors="replace")

    def _failure(self, ended: bool, said: str) -> SesyncError:
        if number := full_in(said):
            return no_room(self.environment, number)
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        why = f"it did not answer within {self.patience:.0f} seconds"
        if ended:
            why = lines[-1] if lines else "it ended without a word"
        return SesyncError(
            f"the kernel does not start: {why}", hint="Send this to support, with the command you typed."
        )

    def undo(self) -> None:
        return

    def __str__(self) -> str:
        return f"# {by_hand(*self.argv[:-2])} is started once, and asked what 1+1 is"


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


def _answer(client: "BlockingKernelClient", kernel: "Popen[str]", patience: float) -> str | None:
    """What the kernel says 1+1 is; None if it ends or falls silent."""
    from queue import Empty

    asked = client.execute("", silent=True, user_expressions={"sum": "1+1"})
    give_up = time.monotonic() + patience
    while kernel.poll() is None and time.monotonic() < give_up:
        try:
            reply = client.get_shell_msg(timeout=0.2)
        except Empty:
            continue
        if reply["parent_header"].get("msg_id") == asked:
            data = reply["content"].get("user_expressions", {}).get("sum", {}).get("data", {})
            return str(data.get("text/plain"))
    return None
