"""A real JupyterLab on a free port, run by the test's own user behind a token."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.services.sshd import free_port, wait_until_open

_ENDS = 60.0  # seconds that it may take to stop all kernels and terminals
_SETTINGS = {
    "terminal-extension/plugin": {"screenReaderMode": True},  # the terminal is drawn as text, too
    "apputils-extension/notification": {"fetchNews": "false"},  # else it asks, over what there is to see
}


def furnish(home: Path, sesync: Path) -> None:
    """What a person has in their home: sesync on PATH in each login shell, and settings of JupyterLab."""
    (home / ".profile").write_text('PATH="$HOME/.local/bin:$PATH"\n')
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/sesync").symlink_to(sesync)
    for name, settings in _SETTINGS.items():
        path = home / f".jupyter/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))


@contextlib.contextmanager
def jupyterlab(home: Path) -> Iterator[str]:
    """A server that shows this home, stopped with the block with all kernels and terminals; its address."""
    port, token = free_port(), "tok-123-secret"
    words = ("--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0")
    argv = [sys.executable, "-m", "jupyterlab", *words, f"--ServerApp.root_dir={home}"]
    env = {**os.environ, "HOME": str(home), "SHELL": "/bin/bash", "JUPYTER_TOKEN": token}
    with (home.parent / "jupyterlab.log").open("w") as log:
        # a server without a terminal opens login shells, as one that a hub starts does
        server = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until_open(port)
        yield f"http://127.0.0.1:{port}/lab?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(_ENDS)
        except subprocess.TimeoutExpired:  # now and then it waits for itself while it stops; its terminals end with it
            server.kill()
            server.wait()
