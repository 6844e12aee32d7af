"""A real automounter on a folder of its own: what is below it is mounted when it is reached for, and not before."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import needed, needed_root, wait_for


@contextmanager
def automounted(root: Path, sources: Mapping[str, Path], *, options: str = "", slow: float = 0) -> Iterator[Path]:
    """These folders, below `root` by their names; each comes after `slow` seconds.

    Gives a file which is there once a slow one has been asked for; all the names that it was asked for are in `names`
    beside that.
    """
    needed_root()
    automount = needed("automount")
    root.mkdir(parents=True, exist_ok=True)
    base = root.with_name(f"{root.name}.autofs")
    base.mkdir()
    (base / "map").write_text(_map(sources, options, slow, base / "asked"))
    (base / "map").chmod(0o755 if slow else 0o644)
    (base / "master").write_text(f"{root} {'program' if slow else 'file'}:{base}/map --timeout=60 nobrowse\n")
    argv = [
        automount,
        "--foreground",
        "--dont-check-daemon",
        "--pid-file",
        f"{base}/pid",
        "--master-wait",
        "0",
        f"{base}/master",
    ]
    # for the processes of its own group an automounter mounts nothing
    quiet = subprocess.DEVNULL
    daemon = subprocess.Popen(argv, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        _wait_until_mounted(root)
        yield base / "asked"
    finally:
        _stop(daemon, root)


def _map(sources: Mapping[str, Path], options: str, slow: float, asked: Path) -> str:
    lines = {name: f"-fstype=bind{options} :{source}" for name, source in sources.items()}
    if not slow:
        return "".join(f"{name} {line}\n" for name, line in lines.items())
    cases = "".join(f"{name}) touch {asked}; sleep {slow}; echo '{line}';;\n" for name, line in lines.items())
    return f'#!/bin/sh\necho "$1" >>{asked.with_name("names")}\ncase "$1" in\n{cases}esac\n'


def _wait_until_mounted(root: Path) -> None:
    wait_for(lambda: f" {root} autofs " in Path("/proc/self/mounts").read_text(), f"automount on {root}")


def _stop(daemon: "subprocess.Popen[bytes]", root: Path) -> None:
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in reversed([mount for mount in mounts if mount == str(root) or mount.startswith(f"{root}/")]):
        subprocess.run(["umount", "-l", mount], check=False)
    os.killpg(daemon.pid, signal.SIGKILL)  # a slow map of its own may still be thinking
    daemon.wait()
