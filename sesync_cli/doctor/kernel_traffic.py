"""Who can listen to the kernels of a server: all its users, unless Jupyter is told to keep them off the network.

An ordinary kernel speaks ZeroMQ over TCP on 127.0.0.1, which all accounts of a machine share. What it is asked to do is
signed; what it publishes (code and output) goes to whoever subscribes, and asks for no key
(https://jupyter-client.readthedocs.io/en/stable/messaging.html). Seen with ipykernel 6 and 7. Over unix sockets (`ipc`)
the rights of the user's own folder keep others out.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.plan import by_hand

SETTING = 'c.KernelManager.transport = "ipc"'
_SYSTEM = (Path("/etc/jupyter"), Path("/usr/local/etc/jupyter"))
_KEPT_APART = re.compile(
    r"""^[^#\n]*transport(["']?\s*[:=]\s*["']ipc["']|_encryption["']?\s*[:=]\s*["']required)""", re.MULTILINE
)


def findings(caller: Caller) -> Iterator[Finding]:
    """That anybody can listen; nothing where a setting of this machine's Jupyter ends that."""
    folders = [*_SYSTEM]
    if jupyter := shutil.which("jupyter", path=caller.env.get("PATH")):
        folders.append(Path(os.path.realpath(jupyter)).parent.parent / "etc/jupyter")
    if any(_KEPT_APART.search(_text(file)) for folder in folders for file in _settings(folder)):
        return
    file = folders[0] / "jupyter_server_config.py"
    way = f"mkdir -p {by_hand(file.parent)} && echo {by_hand(SETTING)} >> {by_hand(file)}"
    yield Finding(
        "kernels can be heard",
        "every user of this server can read the code and the output of everybody's ordinary kernels",
        f"'{way}', typed by an administrator, ends that for Jupyter servers that start from then on.",
        why="Kernels speak over TCP on 127.0.0.1, which all accounts share, and what they publish is not encrypted.",
        command=way,
        broken=False,
    )


def _settings(folder: Path) -> Iterator[Path]:
    for pattern in ("jupyter*config.py", "jupyter*config.json", "jupyter*config.d/*.json"):
        yield from sorted(folder.glob(pattern))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
