"""The project as a fresh clone has it."""

import subprocess
from pathlib import Path

from tests.conftest import PROJECT


def fresh_clone(at: Path) -> Path:
    """A copy of all that belongs to the project, without the tests, whose secrets would be found in it."""
    listed = ["git", "-C", PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", ":!tests"]
    files = subprocess.run(listed, capture_output=True, check=True).stdout
    at.mkdir()
    pack = ["tar", "-C", PROJECT, "--null", "-T", "-", "-cf", "-"]
    packed = subprocess.run(pack, input=files, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-C", at, "-xf", "-"], input=packed, check=True)
    return at
