"""Sites that stand for themselves."""

from collections.abc import Callable
from pathlib import Path

import pytest

Standing = Callable[[str], Path]


@pytest.fixture
def standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standing:
    """Put a site file in force that says just this: standing('[gitlab]\\nurl = ...')."""

    def write(text: str) -> Path:
        path = tmp_path / "site.toml"
        path.write_text(text)
        monkeypatch.setenv("SESYNC_SITE", str(path))
        return path

    return write
