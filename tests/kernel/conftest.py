"""Every test of kernels has the machine's Pythons; those that only look share kernels that were made once."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import PROJECT, SESYNC
from tests.kernel import ground


@pytest.fixture(autouse=True)
def pythons(site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """pyenv's Pythons are found as its user's own are; 3.11 is the site's default."""
    ground.python("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))


@pytest.fixture(autouse=True)
def compiled(home: Path, request: pytest.FixtureRequest) -> None:
    """Tests share what kernels in their own homes compile: half the work of a first start. A `bare_home` does not."""
    if request.node.get_closest_marker("bare_home") is None:
        store = PROJECT / ".cache/bytecode"
        store.mkdir(parents=True, exist_ok=True)
        (home / ".cache/sesync").mkdir(parents=True)
        (home / ".cache/sesync/bytecode").symlink_to(store)


@dataclass
class Shared:
    """A home with kernels in it that are made when first asked for, and that no test changes."""

    home: Path
    made: dict[str, str] = field(default_factory=dict)

    def kernel(self, name: str, *words: str) -> str:
        """What sesync said when it made this kernel."""
        if name not in self.made:
            done = subprocess.run(
                [str(SESYNC), "kernel", "create", name, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "HOME": str(self.home)},
            )
            assert done.returncode == 0, done.stderr
            self.made[name] = done.stdout + done.stderr
        return self.made[name]


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    return Shared(tmp_path_factory.mktemp("shared") / "home")


@pytest.fixture
def shared(shared_home: Shared, monkeypatch: pytest.MonkeyPatch) -> Shared:
    """The shared home is this test's home."""
    shared_home.home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(shared_home.home))
    monkeypatch.chdir(shared_home.home)
    monkeypatch.setenv("PWD", str(shared_home.home))
    return shared_home


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose wheels can be installed beside those of the real index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    return folder
