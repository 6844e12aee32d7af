"""A network of one's own, with nobody in it but a name server that knows no name and writes down which were asked for.

As a program, it is what holds that network: it makes the calling process's own namespaces into it.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing, needed

_QUESTION = 12  # where the first question of a DNS message begins
_NO_SUCH_NAME = b"\x81\x83"  # the flags of the answer


@dataclass(frozen=True)
class Network:
    """The network: the words before a command line that is to run in it, and where the names are written down."""

    prefix: tuple[str, ...]
    log: Path

    def asked(self) -> set[str]:
        """The names that have been asked for until now."""
        return set(self.log.read_text().split())


@contextlib.contextmanager
def network(folder: Path) -> Iterator[Network]:
    """Such a network, for as long as the block."""
    log = folder / "names"
    log.touch()
    user = () if os.getuid() == 0 else ("--user", "--map-root-user")
    argv = [needed("unshare"), *user, "--mount", "--net", "--propagation", "private"]
    argv += [sys.executable, "-m", "tests.services.network", str(log)]
    place = Path(__file__).parents[2]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=place
    ) as one:
        assert one.stdin and one.stdout and one.stderr
        if one.stdout.readline() != b"ready\n":
            missing(f"a network of one's own ({one.stderr.read().decode().strip()[-200:]})")
        enter = [needed("nsenter"), f"--target={one.pid}", "--mount", "--net", *(user[:1] and ("--user",))]
        enter += ["--preserve-credentials"] if user else []
        try:
            yield Network((*enter, f"--wd={Path.home()}", "--"), log)
        finally:
            one.stdin.close()


def main(log: Path) -> None:
    """Become the network, and answer until standard input ends."""
    subprocess.run([_program("ip"), "link", "set", "lo", "up"], check=True)
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\noptions timeout:5\n"), ("nsswitch.conf", _SWITCH)):
        own = log.with_name(name)
        own.write_text(text)
        if (there := Path("/etc", name)).exists():
            subprocess.run([_program("mount"), "--bind", own, there.resolve()], check=True)
    for daemon in ("/run/nscd", "/run/systemd/resolve"):  # they would ask for us, in the network outside
        if Path(daemon).is_dir():
            subprocess.run([_program("mount"), "-t", "tmpfs", "none", daemon], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    if os.fork():
        sys.stdin.read()
        return
    with contextlib.suppress(OSError):
        _serve(server, log)


_SWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


def _serve(server: socket.socket, log: Path) -> None:
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: gone with who holds the network
    with log.open("a") as file:
        while True:
            message, sender = server.recvfrom(4096)
            name, end = _name(message)
            file.write(f"{name}\n")
            file.flush()
            head = message[:2] + _NO_SUCH_NAME + b"\0\1\0\0\0\0\0\0"
            server.sendto(head + message[_QUESTION : end + 4], sender)


def _name(message: bytes) -> tuple[str, int]:
    """The name in the first question, and where it ends."""
    at, labels = _QUESTION, []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") or name


if __name__ == "__main__":
    main(Path(sys.argv[1]))
