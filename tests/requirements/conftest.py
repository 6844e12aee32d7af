"""Tests of lists have the machine's Pythons, as those of kernels do, and a folder that they are in."""

from pathlib import Path

import pytest

from tests.kernel import ground
from tests.kernel.conftest import pythons

__all__ = ["pythons"]


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for version in ("3.8", "3.11"):
        ground.python(version)
    (home / "heat").mkdir()
    monkeypatch.chdir(home / "heat")
    monkeypatch.setenv("PWD", str(home / "heat"))
    return home / "heat"
