"""What is counted here is what tests put into a home: what sesync keeps of its looks is elsewhere."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
