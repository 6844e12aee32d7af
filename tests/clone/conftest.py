"""Git servers with repositories in them, and homes that may or may not know them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gitlab.conftest import api  # noqa: F401
from tests.services.githttp import GitHttp, git_http
from tests.services.sshd import Sshd, make_key, sshd

BIG = 30_000_000


@pytest.fixture(scope="session")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bare repositories: cooltrees/analysis, cooltrees/empty, a/b/deep, cooltrees/big."""
    folder = tmp_path_factory.mktemp("repositories")
    publish(folder / "cooltrees/analysis.git", {"analysis.py": "print(1)\n", "requirements.txt": "numpy\n"})
    publish(folder / "a/b/deep.git", {"deep.txt": "deep\n"})
    publish(folder / "cooltrees/empty.git", {})
    big = publish(folder / "cooltrees/big.git", {f"data/{n}.bin": os.urandom(BIG // 30) for n in range(30)})
    git("repack", "-a", "-d", "--window=0", cwd=big)  # else the server looks for likeness in noise at each clone
    return folder


@pytest.fixture(scope="session")
def ssh(tmp_path_factory: pytest.TempPathFactory, repositories: Path) -> Iterator[Sshd]:
    """An ssh server with these repositories, which sends nothing of one as long as there is a file `held`."""
    folder = tmp_path_factory.mktemp("sshd")
    (folder / "repos").symlink_to(repositories)
    hook = folder / "hook"
    hook.write_text(f'#!/bin/sh\nwhile [ -e {folder}/held ]; do sleep 0.05; done\nexec "$@"\n')
    hook.chmod(0o755)
    setting = f"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=uploadpack.packObjectsHook GIT_CONFIG_VALUE_0={hook}"
    with sshd(folder, f"SetEnv {setting}\n") as server:
        yield server


@pytest.fixture(scope="session")
def http(tmp_path_factory: pytest.TempPathFactory, repositories: Path) -> Iterator[GitHttp]:
    """A server over plain http with a copy of the small ones."""
    with git_http(_with_small(tmp_path_factory.mktemp("http"), repositories)) as server:
        yield server


@pytest.fixture(scope="session")
def https(tmp_path_factory: pytest.TempPathFactory, repositories: Path) -> Iterator[GitHttp]:
    """The same over https, with a certificate that nobody vouches for."""
    with git_http(_with_small(tmp_path_factory.mktemp("https"), repositories), "https") as server:
        yield server


def _with_small(folder: Path, repositories: Path) -> Path:
    for name in ("analysis", "empty"):
        shutil.copytree(repositories / f"cooltrees/{name}.git", folder / f"repos/cooltrees/{name}.git")
    return folder


@pytest.fixture
def stranger(ssh: Sshd, site: Callable[..., Path]) -> Sshd:
    """The site's server, which this home does not know, and which does not know this home."""
    site(gitlab={"ssh": ssh.template, "url": "https://gitlab.example.org", "host_keys": []})
    return ssh


@pytest.fixture
def guest(stranger: Sshd, home: Path) -> Sshd:
    """The site's server, which accepts this home's key, and whose own key this home does not know."""
    stranger.accept(make_key(home / ".ssh/id_ed25519"))
    return stranger


@pytest.fixture
def friend(guest: Sshd, home: Path) -> Sshd:
    """The site's server, and this home: each knows the other."""
    know(guest, home)
    return guest


def know(server: Sshd, home: Path) -> None:
    (home / ".ssh/known_hosts").write_text(f"{server.name} {server.host_key}\n")


def publish(bare: Path, files: dict[str, str | bytes]) -> Path:
    """A bare repository with these files in one commit; with none, an empty one."""
    bare.parent.mkdir(parents=True, exist_ok=True)
    git("init", "--quiet", "--bare", "--initial-branch=main", bare)
    if files:
        add_commit(bare, files)
    return bare


def add_commit(bare: Path, files: dict[str, str | bytes]) -> None:
    """One more commit in a bare repository, as if somebody had pushed it."""
    work = bare.with_name(f"{bare.name}.work")
    git("clone", "--quiet", bare, work)
    commit(work, files)
    git("push", "--quiet", "origin", "HEAD:main", cwd=work)
    shutil.rmtree(work)


def commit(work: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content.encode() if isinstance(content, str) else content)
    git("add", "--all", cwd=work)
    git("-c", "user.name=J. Smith", "-c", "user.email=jsmith@example.org", "commit", "--quiet", "-m", "x", cwd=work)


def git(*words: str | Path, cwd: Path | None = None) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    argv = ["git", "-c", "init.defaultBranch=main", "-c", "core.compression=0", *map(str, words)]
    return subprocess.run(argv, cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout


def contents(home: Path) -> list[str]:
    """All that is in a home but what sesync keeps of a failure."""
    return sorted(str(path) for path in home.rglob("*") if ".local" not in path.parts)


def locking(here: Path, ref: str, lock: str, then: str) -> Path:
    """A hook that makes a lock while git writes such a reference, and says so in .git/waits before it goes on."""
    inside = here / ".git"
    hook = inside / "hooks/reference-transaction"
    hook.write_text(f"#!/bin/sh\ngrep -q {ref} || exit 0\ntouch {inside}/{lock} {inside}/waits\n{then}\n")
    hook.chmod(0o755)
    return hook


def leftovers(folder: Path) -> list[str]:
    """What unfinished runs left there."""
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(".sesync"))
