"""A file server that can be made to hang or to die: bindfs, which shows one folder as another."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import missing, needed, state, wait_for


@contextmanager
def served(source: Path, mount: Path, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`source`, shown at `mount` by the process that is given: SIGSTOP makes it hang, SIGKILL leaves a dead mount."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        missing("/dev/fuse")
    argv = [needed("bindfs"), "-f", "--no-allow-other", *options, str(source), str(mount)]
    mount.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_mounted(mount)
        yield server
    finally:
        server.send_signal(signal.SIGCONT)
        unmount = ["umount", "-l"] if os.getuid() == 0 else [needed("fusermount3"), "-u", "-z"]
        subprocess.run([*unmount, str(mount)], check=False)
        server.kill()
        server.wait()


def hang(server: "subprocess.Popen[bytes]") -> None:
    """Stop it: from now on it answers nobody."""
    server.send_signal(signal.SIGSTOP)
    wait_for(lambda: hangs(server), "the hang")


def hangs(server: "subprocess.Popen[bytes]") -> bool:
    return state(server.pid) == "T"


def _wait_until_mounted(mount: Path) -> None:
    wait_for(lambda: f" {mount} fuse" in Path("/proc/self/mounts").read_text(), f"bindfs on {mount}")
