"""A home with a link to its data directory, and a site of its own."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BIG = 6_000_000  # bytes; the site's limit is 5 MB
TIFF = b"II*\0"


@pytest.fixture(autouse=True)
def linked(site, home: Path, nfs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory, which is linked in home."""
    monkeypatch.setenv("USER", "jsmith")
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    return nfs / "cooltrees-data"


@pytest.fixture
def write() -> Callable[..., Path]:
    """Write a file with these bytes, or of this text, padded to so many bytes: write(path, b"II*", BIG)."""

    def make(path: Path, content: bytes | str = b"", size: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if size:
            os.truncate(path, size)
        return path

    return make


@pytest.fixture
def table(write) -> Callable[..., Path]:
    """Write a CSV of so many rows under a heading."""
    return lambda path, rows: write(path, "id,height\n" + "".join(f"{row},{row % 40}.5\n" for row in range(rows)))


@pytest.fixture
def git() -> Callable[..., Any]:
    """Run git in a folder: git(folder, "init")."""

    def run(folder: Path, *words: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        person = ("-c", "user.name=J. Smith", "-c", "user.email=jsmith@example.org")
        subprocess.run(["git", *person, *words], cwd=folder, check=True, capture_output=True)

    return run


def as_typed(path: str, named: list[dict[str, Any]]) -> str:
    """A path of the answer as one types it, by what was named."""
    near = max((one for one in named if Path(path).is_relative_to(one["path"])), key=lambda one: len(one["path"]))
    return str(Path(near["typed"], os.path.relpath(path, near["path"])))


@pytest.fixture
def advised(sesync) -> Callable[..., dict[str, dict[str, Any]]]:
    """What `sesync where` says of each item, by its path as one types it: kind, git, should, why, command and so on."""

    def ask(*words: str | Path, **options: Any) -> dict[str, dict[str, Any]]:
        result = sesync("where", "--json", *words, **options)
        assert result.code == 0, result.out
        named = result.json["named"]
        items = [said | item for said in result.json["advice"] for item in said["items"]]
        return {as_typed(item["path"], named): item for item in items}

    return ask
