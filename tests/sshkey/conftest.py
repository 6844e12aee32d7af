"""An ssh server that knows nobody at first, as a GitLab, a GitHub or a plain machine would answer."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.gitolite import Gitolite, gitolite
from tests.services.sshd import Sshd, make_key, sshd

GITLAB = "echo 'Welcome to GitLab, @jsmith!'"
GITHUB = (
    'echo \\"Hi jsmith! You\'ve successfully authenticated, but GitHub does not provide shell access.\\" >&2; exit 1'
)


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """One real server for all tests; every test has keys of its own."""
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def server(machine: Sshd, site: Callable[..., Path]) -> Sshd:
    """The site's GitLab, which vouches for its own key and knows nobody."""
    at_site(site, machine, host_keys=[machine.host_key])
    return machine


def at_site(site: Callable[..., Path], machine: Sshd, **changes: object) -> None:
    gitlab = {"ssh": machine.template, "url": "https://gitlab.example.org", "host_keys": [], **changes}
    site(gitlab=gitlab)


def accept(server: Sshd, public: str, command: str = GITLAB) -> None:
    """Let the owner of this public line in, and have the server say what a server of that kind says."""
    with (server.folder / "authorized_keys").open("a") as file:
        file.write(f'command="{command}" {public.strip()}\n' if command else f"{public.strip()}\n")


def accepted_key(server: Sshd, home: Path, name: str = "id_ed25519", passphrase: str = "") -> Path:
    """A key in this home that the server knows; the private file."""
    public = make_key(home / ".ssh" / name, passphrase)
    accept(server, public.read_text())
    return public.with_suffix("")


def know(server: Sshd, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700, exist_ok=True)
    (home / ".ssh/known_hosts").write_text(f"{server.name} {server.host_key}\n")


def where(server: Sshd) -> str:
    return f"127.0.0.1 (port {server.port})"


def tree(home: Path) -> dict[str, tuple[int, bytes]]:
    """What is in ~/.ssh, with modes and contents."""
    return {
        str(path.relative_to(home)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in [home / ".ssh", *sorted((home / ".ssh").rglob("*"))]
        if path.exists()
    }


def keygen(*words: str | Path) -> str:
    argv = ["ssh-keygen", *map(str, words)]
    return subprocess.run(argv, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitolite]:
    """A gitolite, which says who one is, and what one may see."""
    with gitolite(tmp_path_factory.mktemp("gitolite")) as server:
        yield server


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ssh agent without keys."""
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    while not path.exists():
        time.sleep(0.01)
    yield path
    process.terminate()
    process.wait()
