"""Real accounts of this machine, which are there for a test: two of a project's group, and one of another."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PROJECT, Ended, Said, missing, needed
from tests.services.uv import run_uv

PYTHON = Path("/usr/bin/python3")  # everybody's, as one in somebody's home is not


@dataclass(frozen=True)
class Account:
    """Somebody: their home, their groups (the first is what all people here have as theirs), and the program."""

    home: Path
    number: int
    groups: Sequence[int]
    program: Path
    site: Path

    def sesync(self, *words: str | Path, umask: int = 0o022) -> Ended:
        """Run the program as they would."""
        return self.run(self.program, *words, umask=umask)

    def run(self, *argv: str | Path, umask: int = 0o022) -> Ended:
        """Run any program as they would."""
        who = [needed("setpriv"), f"--reuid={self.number}", f"--regid={self.groups[0]}"]
        who.append(f"--groups={','.join(map(str, self.groups))}")
        env = {"HOME": str(self.home), "TMPDIR": str(self.home / ".tmp"), "SESYNC_SITE": str(self.site)}
        env |= {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "100"}
        done = subprocess.run(
            [*who, *map(str, argv)],
            env=env,
            cwd=self.home,
            umask=umask,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return Ended(done.returncode, Said(done.stdout), Said(done.stderr))


@dataclass(frozen=True)
class People:
    """Ann and Bob, who are in the project's group; Carl, who is not; and the folder of the data directories."""

    ann: Account
    bob: Account
    carl: Account
    nfs: Path
    project: int

    def directory(self, mode: int) -> Path:
        """The project's data directory, with this mode."""
        folder = self.nfs / "cooltrees-data"
        folder.mkdir()
        os.chown(folder, -1, self.project)
        folder.chmod(mode)
        return folder


@contextlib.contextmanager
def program() -> Iterator[Path]:
    """The program where everybody on this machine may run it, as an administrator installs it."""
    if os.getuid():
        missing("root, to make accounts")
    said = subprocess.run([PYTHON, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True)
    if said.stdout != b"True\n":
        missing("a Python of the system that is 3.11 or newer")
    with tempfile.TemporaryDirectory(prefix="program-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        venv = Path(folder, "venv")
        run_uv("venv", "--quiet", "--python", PYTHON, venv)
        run_uv("pip", "install", "--quiet", "--python", venv / "bin/python", PROJECT)
        yield venv / "bin/sesync"


@contextlib.contextmanager
def people(program: Path) -> Iterator[People]:
    """Three people with homes of their own; they, their groups and all their files are gone after the block."""
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="people-", dir="/tmp")))
        place.chmod(0o755)
        site, nfs = place / "site.toml", place / "nfs"
        nfs.mkdir()
        site.write_text(f'extends = "sesync"\n[data]\npath = "{nfs}/{{project}}-data"\n')
        all_, project = (stack.enter_context(_group(f"{name}-{os.getpid()}")) for name in ("everybody", "cooltrees"))
        made = {}
        for name in ("ann", "bob", "carl"):
            groups = (all_,) if name == "carl" else (all_, project)
            number = stack.enter_context(_user(f"{name}-{os.getpid()}", groups))
            made[name] = Account(place / name, number, groups, program, site)
            for folder in (place / name, place / name / ".tmp"):
                folder.mkdir(mode=0o700)
                os.chown(folder, number, all_)
        yield People(**made, nfs=nfs, project=project)


@contextlib.contextmanager
def _group(name: str) -> Iterator[int]:
    import grp

    subprocess.run([needed("groupadd"), name], check=True)
    try:
        yield grp.getgrnam(name).gr_gid
    finally:
        subprocess.run([needed("groupdel"), "--force", name], check=True)


@contextlib.contextmanager
def _user(name: str, groups: Sequence[int]) -> Iterator[int]:
    import pwd

    more = ",".join(map(str, groups[1:]))
    words = ("--no-create-home", "--no-user-group", "--gid", str(groups[0]), *(["--groups", more] if more else []))
    subprocess.run([needed("useradd"), *words, name], check=True)
    try:
        yield pwd.getpwnam(name).pw_uid
    finally:
        subprocess.run([needed("userdel"), "--force", name], check=True, capture_output=True)
