"""What the tests of kernels stand on: notebooks run in them as by Jupyter, real Pythons, tiny packages."""

import base64
import csv
import hashlib
import io
import os
import pwd
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import HANG, missing
from tests.services.uv import run_uv

PYENV = Path(os.environ.get("PYENV_ROOT") or Path(pwd.getpwuid(os.getuid()).pw_dir, ".pyenv"))
JUPYTER = Path(sys.executable).with_name("jupyter")


def python(version: str) -> Path:
    """A real Python of this version, which is no shim and no environment."""
    found = sorted(PYENV.glob(f"versions/{version}.*/bin/python{version}"))
    if not found:
        missing(f"Python {version}")
    return found[0]


def copied(prefix: Path, at: Path) -> None:
    """A copy of a Python's whole folder, of hard links where that can be."""
    if subprocess.run(["cp", "-al", str(prefix), str(at)], capture_output=True).returncode:
        subprocess.run(["cp", "-a", str(prefix), str(at)], check=True)


def specs(home: Path) -> Path:
    return home / ".local/share/jupyter/kernels"


def environments(home: Path) -> Path:
    return home / ".local/share/sesync/kernels"


def log(home: Path, name: str) -> Path:
    return home / f".local/state/sesync/logs/kernel-create-{name}.log"


def leftovers(home: Path) -> list[str]:
    """What runs that ended should not have left behind."""
    found = [path for path in (home / ".local").rglob(".sesync-*") if "site-packages" not in path.parts]
    return [str(path) for path in found] + [str(path) for path in environments(home).glob("*/.proof")]


def nothing(home: Path) -> bool:
    """Whether there is no kernel, no environment, and nothing half-made."""
    return not leftovers(home) and not list(specs(home).glob("*")) and not list(environments(home).glob("*"))


def spec(home: Path, name: str, argv: list[str], **more: Any) -> Path:
    """A kernel that somebody has registered by hand."""
    import json

    folder = specs(home) / name
    folder.mkdir(parents=True)
    facts = {"argv": [*argv, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": f"The {name}"}
    (folder / "kernel.json").write_text(json.dumps(facts | {"language": "python"} | more))
    return folder


@contextmanager
def notebook(name: str, said: Path, env: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A notebook with this kernel, started by jupyter_client; call it with a cell to get what the cell prints.

    What the kernel writes to its own stderr is in the file `said`; `env` is added to the Jupyter server's environment.
    """
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=name)
    with said.open("w") as errors:
        manager.start_kernel(env={**os.environ, **(env or {})}, stderr=errors)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=HANG)
        yield lambda cell: _printed(client, cell)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _printed(client: Any, cell: str) -> str:
    printed: list[str] = []

    def hear(message: Any) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        elif message["msg_type"] == "error":
            printed.append(f"{message['content']['ename']}: {message['content']['evalue']}")

    client.execute_interactive(cell, output_hook=hear, timeout=HANG)
    return "".join(printed)


def starts(name: str, said: Path) -> bool:
    """Whether Jupyter can start this kernel."""
    with notebook(name, said) as run:
        return bool(run("print(1 + 1)") == "2\n")


def listed(env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `jupyter kernelspec list --json` says, by name."""
    import json

    argv = [str(JUPYTER), "kernelspec", "list", "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env={**os.environ, **(env or {})})
    found: dict[str, Any] = json.loads(done.stdout)["kernelspecs"]
    return found


def wheel(folder: Path, name: str, version: str = "1.0", meta: str = "", **files: str) -> Path:
    """A wheel with one tiny module and these files (x_dot_pth for x.pth), and with more lines of metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    at = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    contents = {file.replace("_dot_", "."): text.encode() for file, text in files.items()}
    contents |= {
        f"{name}.py": f"version = {version!r}\n".encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{meta}".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = io.StringIO()
    lines = [(path, _digest(data), len(data)) for path, data in contents.items()]
    csv.writer(record).writerows([*lines, (f"{info}/RECORD", "", "")])
    contents[f"{info}/RECORD"] = record.getvalue().encode()
    with zipfile.ZipFile(at, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
    return at


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def survivors(home: Path) -> list[str]:
    """The command lines of programs that still run in this home long after they should have ended."""
    end = time.monotonic() + HANG
    while (running := list(_running(home))) and time.monotonic() < end:
        time.sleep(0.05)
    return running


def _running(home: Path) -> Iterator[str]:
    mine = os.fsencode(f"HOME={home}\0")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ, words = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
        except OSError:
            continue
        if process.name != str(os.getpid()) and (mine in environ + b"\0" or os.fsencode(str(home)) in words):
            yield words.replace(b"\0", b" ").decode(errors="replace")


def venv(folder: Path, *packages: str) -> Path:
    """An environment that somebody has made by hand, for Python 3.11."""
    run_uv("venv", "--quiet", "--python", python("3.11"), folder)
    run_uv("pip", "install", "--quiet", "--python", folder / "bin/python", *packages)
    return folder
