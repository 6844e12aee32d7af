"""What the package index has ready-made for a Python."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sesync_cli.errors import SesyncError
from sesync_cli.lock import scratch
from sesync_cli.python.distributions import canonical
from sesync_cli.python.uv import uv
from sesync_cli.run import run

_PATIENCE = 6.0  # seconds that a person who waits for an explanation has for this
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def newest_ready_made(name: str, python: Path, env: Mapping[str, str]) -> str:
    """The newest version with a wheel for this Python, as all that it needs; empty without one, or an answer in time.

    The index is asked that pip or uv would ask by their variables and pip's settings.
    """
    if not _NAME.fullmatch(name):
        return ""
    words = ["pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-config"]
    words += ["--only-binary", ":all:", "--python", str(python), "asked.txt"]
    hasty = {"UV_HTTP_TIMEOUT": "4", "UV_HTTP_RETRIES": "0", "UV_PYTHON_DOWNLOADS": "never"}
    argv, asks = uv(*words, env=dict(env) | hasty, python=python)
    try:
        with TemporaryDirectory(dir=scratch()) as folder:
            Path(folder, "asked.txt").write_text(f"{name}\n", encoding="utf-8")
            said = run(argv, env=asks, cwd=Path(folder), seconds=_PATIENCE).out
    except (SesyncError, OSError):
        return ""
    found = re.search(rf"^{canonical(name)}==(\S+)", said, re.MULTILINE)
    return found[1] if found else ""
