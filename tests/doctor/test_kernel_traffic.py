"""What administrators are told of kernels is so: others hear what a kernel says, until the setting ends that."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sesync_cli.doctor.kernel_traffic import SETTING
from tests.conftest import HANG

LISTEN = """
import sys, zmq
socket = zmq.Context().socket(zmq.SUB)
socket.subscribe(b"")
socket.connect(sys.argv[1])
print("heard" if socket.poll(int(sys.argv[2]) * 1000) else "silence")
"""


@contextmanager
def kernel(folder: Path, setting: str) -> Iterator[tuple[Any, str]]:
    """A kernel as a Jupyter server with this line in its settings starts it, and where it publishes."""
    from jupyter_client.manager import AsyncKernelManager, KernelManager
    from traitlets.config import PyFileConfigLoader

    (folder / "jupyter_server_config.py").write_text(setting)
    config = PyFileConfigLoader("jupyter_server_config.py", path=str(folder)).load_config()
    assert (
        AsyncKernelManager(config=config).transport == KernelManager(config=config).transport
    )  # a server has the first
    manager = KernelManager(config=config, connection_file=str(folder / "kernel.json"))
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=HANG)
        place = (
            f"{manager.ip}-{manager.iopub_port}" if manager.transport == "ipc" else f"{manager.ip}:{manager.iopub_port}"
        )
        yield client, f"{manager.transport}://{place}"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    "setting,who,hears", [("", "bob", "heard"), (SETTING, "bob", "silence"), (SETTING, "its owner", "heard")]
)
def test_another_account_hears_a_kernel_unless_the_setting_keeps_it_apart(here, tmp_path, setting, who, hears):
    def run(*argv: str | Path) -> Any:
        return here.bob.run(*argv).out if who == "bob" else subprocess.check_output(argv, text=True)

    python = here.bob.program.with_name("python")
    with kernel(tmp_path, setting) as (client, place), ThreadPoolExecutor(1) as pool:
        listening = pool.submit(run, python, "-c", LISTEN, place, str(int(HANG)) if hears == "heard" else "3")
        while not listening.done():
            client.execute_interactive("1+1", output_hook=lambda message: None, timeout=HANG)
    assert listening.result() == f"{hears}\n"
