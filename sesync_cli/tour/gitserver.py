"""The tour's git server: a real one over SSH where the machine has sshd, else a bare repository on disk."""

import contextlib
import getpass
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.run import DEVNULL, need, run, started

_SBIN = ":/usr/sbin:/sbin:/usr/local/sbin"
_PATIENCE = 5.0  # seconds for sshd to listen


@dataclass(frozen=True)
class GitServer:
    """Where repositories are had from: the template of their addresses, and the server's public keys."""

    address: str
    host_keys: tuple[str, ...] = ()


def on_disk(repositories: Path) -> GitServer:
    return GitServer(f"file://{repositories}/{{repo}}.git")


@contextlib.contextmanager
def serving(repositories: Path, home: Path, folder: Path) -> Iterator[GitServer]:
    """A server for these repositories, which knows a new key in this home, while the block runs."""
    sshd = shutil.which("sshd", path=os.environ.get("PATH", os.defpath) + _SBIN)
    if not sshd or not shutil.which("ssh-keygen"):
        yield on_disk(repositories)
        return
    host_key, user_key = folder / "host_key", home / ".ssh/id_ed25519"
    for key in (host_key, user_key):
        key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "jsmith", "-f", str(key)])
    port = _free_port()
    config = folder / "sshd_config"
    config.write_text(_config(port, host_key, user_key), encoding="utf-8")
    with _privilege_folder(), started([sshd, "-D", "-e", "-f", str(config)], stdout=DEVNULL, stderr=DEVNULL) as server:
        if _listens(port, lambda: server.poll() is None):
            kind, key_text, *_ = host_key.with_suffix(".pub").read_text(encoding="utf-8").split()
            address = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{repositories}/{{repo}}.git"
            yield GitServer(address, (f"{kind} {key_text}",))
        else:
            yield on_disk(repositories)
        server.terminate()


@contextlib.contextmanager
def _privilege_folder() -> Iterator[None]:
    """The empty folder without which root's sshd does not start; it goes again if it was made here."""
    folder = Path("/run/sshd")
    if os.getuid() or folder.exists():
        yield
        return
    folder.mkdir(mode=0o755)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _config(port: int, host_key: Path, user_key: Path) -> str:
    return f"""\
Port {port}
ListenAddress 127.0.0.1
HostKey {host_key}
PidFile none
AuthorizedKeysFile {user_key}.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int, alive: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + _PATIENCE
    while alive() and time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def fill(repositories: Path, name: str, files: Path, author: str) -> None:
    """Make a bare repository with these files as its first commit."""
    bare = repositories / f"{name}.git"
    work = repositories / "work"
    shutil.copytree(files, work)
    who = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": "jsmith@example.org", "GIT_CONFIG_NOSYSTEM": "1"}
    who |= {"GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": "jsmith@example.org", "HOME": str(repositories)}
    env = {**os.environ, **who}
    git = need("git", hint="The tour needs it: ask support.")
    run([git, "-c", "init.defaultBranch=main", "init", "-q", str(work)], env=env)
    run([git, "-C", str(work), "add", "."], env=env)
    run([git, "-C", str(work), "commit", "-q", "-m", "Ask how much a street tree cools its street"], env=env)
    run([git, "clone", "-q", "--bare", str(work), str(bare)], env=env)
    shutil.rmtree(work)
