"""A repository that two people share: one with sesync, a colleague with git."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clone.conftest import git, know, publish
from tests.services.githttp import USER, GitHttp, git_http
from tests.services.leaks import PASSWORD, TOKEN
from tests.services.lfs import Lfs, lfs
from tests.services.sshd import Sshd, make_key, sshd

WHO = ("-c", "user.name=Ann Doe", "-c", "user.email=adoe@example.org")


@dataclass(frozen=True)
class Shared:
    """The bare repository, the clone in home, and the colleague's clone."""

    bare: Path
    here: Path
    there: Path

    def colleague(self, subject: str, files: dict[str, str | bytes | None], branch: str = "main") -> None:
        """The colleague commits these contents (None removes a file) and pushes."""
        git("pull", "--quiet", "--ff-only", "origin", branch, cwd=self.there)
        for name, content in files.items():
            write(self.there / name, content)
        git("add", "--all", cwd=self.there)
        git(*WHO, "commit", "--quiet", "-m", subject, cwd=self.there)
        git("push", "--quiet", "origin", f"HEAD:{branch}", cwd=self.there)

    def subjects(self, branch: str = "main") -> list[str]:
        """What the server has, the latest first."""
        return git("log", "--format=%s", branch, cwd=self.bare).splitlines()

    def at_server(self, name: str, branch: str = "main") -> str:
        return git("show", f"{branch}:{name}", cwd=self.bare)


def write(path: Path, content: str | bytes | None) -> None:
    if content is None:
        return path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def share(bare: Path, url: str, home: Path, files: dict[str, str | bytes]) -> Shared:
    """A repository with these files, cloned by both."""
    publish(bare, files)
    return cloned(bare, url, home)


def cloned(bare: Path, url: str, home: Path) -> Shared:
    there = bare.with_name(f"{bare.name}.there")
    git("clone", "--quiet", bare, home / "analysis")
    git("clone", "--quiet", bare, there)
    git("remote", "set-url", "origin", url, cwd=home / "analysis")
    return Shared(bare, home / "analysis", there)


@pytest.fixture
def person(home: Path) -> Path:
    """The home of somebody whose name git knows."""
    (home / ".gitconfig").write_text("[user]\n\tname = J. Smith\n\temail = jsmith@example.org\n")
    return home


FILES: dict[str, str | bytes] = {"heat.py": "print(1)\n", "trees.csv": "a,b\n", "notes/one.md": "one\n"}


@pytest.fixture
def template(tmp_path: Path, site: Callable[..., Path]) -> str:
    """A site whose repositories are in a folder, which is the quickest of servers."""
    address = f"file://{tmp_path}/repos/{{repo}}.git"
    site(gitlab={"ssh": address, "url": "https://gitlab.example.org"})
    return address


@pytest.fixture
def shared(template: str, tmp_path: Path, person: Path) -> Shared:
    """cooltrees/analysis, cloned into home and by a colleague."""
    bare = tmp_path / "repos/cooltrees/analysis.git"
    return share(bare, template.format(repo="cooltrees/analysis"), person, FILES)


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHttp]:
    with git_http(tmp_path_factory.mktemp("https"), "https") as server:
        yield server


@pytest.fixture
def over_ssh(ssh_server: Sshd, site: Callable[..., Path], person: Path) -> Shared:
    """The same over a real ssh server that knows this home, and is known."""
    repo = f"cooltrees/analysis-{os.urandom(4).hex()}"
    site(gitlab={"ssh": ssh_server.template, "url": "https://gitlab.example.org"})
    ssh_server.accept(make_key(person / ".ssh/id_ed25519"))
    know(ssh_server, person)
    return share(ssh_server.folder / f"repos/{repo}.git", ssh_server.url(repo), person, FILES)


@pytest.fixture
def over_tls(tls_server: GitHttp, site: Callable[..., Path], person: Path, monkeypatch: pytest.MonkeyPatch) -> Shared:
    """The same over https with a password, which git's own store knows."""
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)  # it would outdo the settings
    repo = f"cooltrees/analysis-{os.urandom(4).hex()}"
    site(gitlab={"https": tls_server.template, "url": "https://gitlab.example.org", "prefer": "https"})
    store_password(person, tls_server, PASSWORD)
    shared = share(tls_server.folder / f"repos/{repo}.git", tls_server.url(repo), person, FILES)
    git("config", "http.receivepack", "true", cwd=shared.bare)
    return shared


def store_password(home: Path, server: GitHttp, password: str) -> None:
    config = home / ".gitconfig"
    settings = f"[credential]\n\thelper = store\n[http]\n\tsslCAInfo = {server.certificate}\n"
    if settings not in config.read_text():
        config.write_text(config.read_text() + settings)
    kept = home / ".git-credentials"
    kept.touch(mode=0o600)
    kept.write_text(f"https://{USER}:{password}@127.0.0.1%3a{server.port}\n")


@pytest.fixture
def keeper() -> Iterator[Lfs]:
    with lfs() as server:
        yield server


@pytest.fixture
def token_server(
    tmp_path: Path, site: Callable[..., Path], person: Path, keeper: Lfs, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GitHttp]:
    """The site's GitLab over https, which opens all it has for the token alone; python-gitlab's file keeps that."""
    folder = tmp_path / "https"
    bare = publish(folder / "repos/cooltrees/analysis.git", FILES)
    for key in ("http.receivepack", "uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git("config", key, "true", cwd=bare)
    with git_http(folder, "https", {"oauth2": TOKEN}, lfs=keeper.url) as server:
        site(gitlab={"https": server.template, "url": server.root, "prefer": "https"})
        monkeypatch.setenv("GIT_SSL_CAINFO", str(server.certificate))
        kept = person / ".python-gitlab.cfg"
        kept.write_text(f"[global]\ndefault = ours\n[ours]\nurl = {server.root}\nprivate_token = {TOKEN}\n")
        kept.chmod(0o600)
        yield server


@pytest.fixture
def lent(sesync: Callable[..., Any], token_server: GitHttp, person: Path) -> Shared:
    """cooltrees/analysis, cloned by sesync with the token, and by a colleague."""
    done = sesync("clone", "cooltrees/analysis")
    assert (done.code, done.err) == (0, "")
    bare = token_server.folder / "repos/cooltrees/analysis.git"
    git("clone", "--quiet", bare, there := bare.with_name("analysis.there"))
    return Shared(bare, person / "analysis", there)
