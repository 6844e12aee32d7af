"""The ground of these tests is large: it goes with each of them."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def swept(tmp_path: Path) -> Iterator[None]:
    """Remove the files of a test when it has ended, and leave alone what is still mounted."""
    yield
    subprocess.run(["rm", "-rf", "--one-file-system", str(tmp_path)], check=False)


@pytest.fixture
def memory(site: Callable[..., Path]) -> Iterator[Path]:
    """A folder in memory with a data directory in it, for tests that would wait for the disk most of their time."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        site(data={"path": f"{folder}/{{project}}-data"})
        (Path(folder) / "cooltrees-data").mkdir()
        yield Path(folder)
