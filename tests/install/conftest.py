"""Every test of installing has the machine's Pythons in its site, and an index that is a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.install import ground


@pytest.fixture(autouse=True)
def pythons(site: Callable[..., Path]) -> None:
    """The site knows where the machine's Pythons are; 3.8 is its default."""
    ground.python("3.8")
    site(python={"default": "3.8", "places": ground.PLACES}, support={"email": "help@example.org"})


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that pip and uv can find is in this folder: wheels that a test makes."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(folder),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(folder),
    }.items():
        monkeypatch.setenv(name, value)
    return folder
