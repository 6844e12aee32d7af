"""What the tests of the diagnosis stand on: what installers really printed, and what that means."""

import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def logs(folder: str) -> list[tuple[str, str]]:
    """The names of the logs in a folder here, and what its `expected.toml` says of each."""
    return list(tomllib.loads((HERE / folder / "expected.toml").read_text()).items())


def log(folder: str, name: str) -> str:
    return (HERE / folder / f"{name}.txt").read_text(errors="replace")
