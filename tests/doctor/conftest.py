"""A home in which all is well: data, code, a key, a token, kernels. Each test breaks one thing of it."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clone.conftest import api  # noqa: F401
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.services.gitlabapi import TOKEN, GitLabApi
from tests.services.sshd import Sshd, make_key
from tests.sshkey.conftest import know
from tests.sync.conftest import FILES, Shared, person, share, ssh_server  # noqa: F401


@dataclass
class Well:
    """The home, and what is in it and around it."""

    home: Path
    nfs: Path
    tmp: Path
    site: Callable[..., Path]
    server: Sshd
    gitlab: GitLabApi
    code: Shared
    kernel: Path
    set: Callable[[str, str], None]
    unset: Callable[[str], None]

    def write(self, name: str, text: str, mode: int = 0o600) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path


@pytest.fixture
def well(
    person: Path,  # noqa: F811
    nfs: Path,
    tmp_path: Path,
    site: Callable[..., Path],
    ssh_server: Sshd,  # noqa: F811
    api: GitLabApi,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Well:
    ground.python("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))
    home, repo = person, f"cooltrees/analysis-{os.urandom(4).hex()}"
    home.chmod(0o755)
    vouched = [ssh_server.host_key]
    site(
        gitlab={"ssh": ssh_server.template, "url": api.url.rstrip("/"), "host_keys": vouched},
        data={"patience_seconds": 80},
    )
    ssh_server.accept(make_key(home / ".ssh/id_ed25519"))
    (home / ".ssh").chmod(0o700)
    know(ssh_server, home)
    code = share(ssh_server.folder / f"repos/{repo}.git", ssh_server.url(repo), home, FILES)
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    kernel = made(home, "heat")
    wheel = ground.wheel(tmp_path / "wheels", "sesync_tree")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(kernel / "lib/python3.11/site-packages")
    (home / ".bashrc").write_text("# mine\nif true; then\n    alias ll='ls -l'\nfi\n")
    found = Well(home, nfs, tmp_path, site, ssh_server, api, code, kernel, monkeypatch.setenv, monkeypatch.delenv)
    found.write(".python-gitlab.cfg", f"[global]\ndefault = here\n[here]\nurl = {api.url}\nprivate_token = {TOKEN}\n")
    return found


@pytest.fixture
def found(sesync: Callable[..., Any]) -> Callable[..., list[tuple[str, str]]]:
    """found() are the names and kinds of all that doctor finds."""

    def ask(*words: str) -> list[tuple[str, str]]:
        said = sesync("doctor", *words, "--json").json
        return [(one["check"], one["kind"]) for one in said["findings"]]

    return ask
