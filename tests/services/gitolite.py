"""A real gitolite behind a real sshd, run by the test's own user with a home of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import needed
from tests.services.sshd import Sshd, sshd

_CONFIG = """\
repo cooltrees/analysis
    RW+ = jsmith
repo cooltrees/secret
    RW+ = somebody
"""


@dataclass(frozen=True)
class Gitolite:
    """The server: where it listens, and its home."""

    sshd: Sshd
    home: Path

    @property
    def template(self) -> str:
        """Its address in a site file."""
        return f"ssh://{self.sshd.user}@127.0.0.1:{self.sshd.port}/{{repo}}"

    def accept(self, public: str, name: str = "jsmith") -> None:
        """Know somebody by this public key, under this name."""
        (self.home / ".gitolite/keydir" / f"{name}.pub").write_text(public)
        self.run("trigger", "POST_COMPILE")

    def run(self, *words: str) -> None:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "USER": self.sshd.user}
        subprocess.run([needed("gitolite"), *words], env=env, check=True, capture_output=True)


@contextlib.contextmanager
def gitolite(folder: Path) -> Iterator[Gitolite]:
    """A gitolite with two repositories, of which `jsmith` may see one; stopped with the block."""
    home = folder / "home"
    (home / ".ssh").mkdir(mode=0o700, parents=True)
    (home / ".ssh/authorized_keys").touch(mode=0o600)
    (folder / "authorized_keys").symlink_to(home / ".ssh/authorized_keys")
    with sshd(folder, f"SetEnv HOME={home}\n") as server:
        it = Gitolite(server, home)
        (folder / "admin.pub").write_text((folder / "host_key.pub").read_text())
        it.run("setup", "-pk", str(folder / "admin.pub"))
        (home / ".gitolite/conf/gitolite.conf").write_text(_CONFIG)
        it.run("compile")
        it.run("trigger", "POST_COMPILE")
        yield it
