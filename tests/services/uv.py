"""uv as the tests use it by hand: it goes the way to the package index that this machine's pip goes."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sesync_cli.python.uv import uv


def run_uv(
    *words: str | Path, env: Mapping[str, str] | None = None, check: bool = True, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run `uv WORD...` to its end; an exception unless it ends well."""
    argv, told = uv(*map(str, words), env=os.environ if env is None else env)
    return subprocess.run(argv, env=told, check=check, text=True, **options)
