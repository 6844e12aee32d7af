"""A real OpenSSH server, run by the test's own user on a free port; only that user can log in."""

import contextlib
import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import HANG, needed

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
"""


@dataclass(frozen=True)
class Sshd:
    """The server: where it listens, who may log in, and the folder that holds its repositories."""

    port: int
    folder: Path

    @property
    def user(self) -> str:
        return pwd.getpwuid(os.getuid()).pw_name

    @property
    def name(self) -> str:
        """How files of known hosts call it."""
        return f"[127.0.0.1]:{self.port}"

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    @property
    def template(self) -> str:
        """Its address in a site file."""
        return f"ssh://{self.user}@127.0.0.1:{self.port}{self.folder}/repos/{{repo}}.git"

    def url(self, repo: str) -> str:
        return self.template.format(repo=repo)

    def accept(self, public_key: Path) -> None:
        """Let the owner of this key in."""
        with (self.folder / "authorized_keys").open("a") as file:
            file.write(public_key.read_text())


@contextlib.contextmanager
def sshd(folder: Path, more: str = "") -> Iterator[Sshd]:
    """A server whose files are in this folder, stopped with the block; `more` are lines of its configuration."""
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    make_key(folder / "host_key")
    (folder / "authorized_keys").touch(mode=0o600)
    port = free_port()
    (folder / "sshd_config").write_text(_CONFIG.format(port=port, folder=folder) + more)
    argv = [needed("sshd"), "-D", "-f", str(folder / "sshd_config"), "-E", str(folder / "sshd.log")]
    server = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    try:
        wait_until_open(port)
        yield Sshd(port, folder)
    finally:
        server.terminate()
        server.wait()


def make_key(path: Path, passphrase: str = "") -> Path:
    """A new key pair; the path of the public half."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return path.with_name(f"{path.name}.pub")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_open(port: int) -> None:
    end = time.monotonic() + HANG
    while True:
        with contextlib.suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        assert time.monotonic() < end, f"nothing listens on port {port}"
        time.sleep(0.02)
