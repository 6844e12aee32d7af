"""What the package index has ready-made for a Python. The door to uv's answer."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sesync_cli.errors import SesyncError
from sesync_cli.lock import scratch
from sesync_cli.run import run

_PATIENCE = 6.0  # seconds that a person who waits for an explanation has for this
_PIPS = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def newest_ready_made(name: str, python: Path, env: Mapping[str, str]) -> str:
    """The newest version with a wheel for this Python, as all that it needs; empty without one, or an answer in time.

    The index is asked that pip or uv would ask by their variables and pip's settings, and none where they may not.
    """
    from uv import find_uv_bin

    if not _NAME.fullmatch(name):
        return ""
    asks = _asking(python, env)
    if asks is None:
        return ""
    words = ["pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-config"]
    words += ["--only-binary", ":all:", "--python", str(python), "asked.txt"]
    try:
        with TemporaryDirectory(dir=scratch()) as folder:
            Path(folder, "asked.txt").write_text(f"{name}\n")
            said = run([find_uv_bin(), *words], env=asks, cwd=Path(folder), seconds=_PATIENCE).out
    except (SesyncError, OSError):
        return ""
    normal = re.sub(r"[-_.]+", "-", name).lower()
    found = re.search(rf"^{normal}==(\S+)", said, re.MULTILINE)
    return found[1] if found else ""


def _asking(python: Path, env: Mapping[str, str]) -> dict[str, str] | None:
    """The environment in which uv asks the index that pip would ask; None if pip may ask none."""
    asks = dict(env) | {"UV_HTTP_TIMEOUT": "4", "UV_HTTP_RETRIES": "0", "UV_PYTHON_DOWNLOADS": "never"}
    asks["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip chooses among several
    settings = _pip_settings(python, env)
    for key, value in settings.items():
        if key in _PIPS and value:
            asks.setdefault(_PIPS[key], ",".join(value.split()) if key == "find-links" else value)
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        if "UV_FIND_LINKS" not in asks:
            return None
        asks["UV_NO_INDEX"] = "1"
    if "cert" in settings:
        asks.setdefault("SSL_CERT_FILE", settings["cert"])
    return asks


def _pip_settings(python: Path, env: Mapping[str, str]) -> dict[str, str]:
    """pip's settings from its files and variables, by their names without the section; the later ones count."""
    quiet = dict(env) | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    found = {}
    try:
        said = run([str(python), "-m", "pip", "config", "list"], env=quiet, seconds=_PATIENCE, cwd=Path(os.sep)).out
    except SesyncError:
        said = ""  # an environment without pip has uv's settings alone
    for line in said.splitlines():
        if match := re.fullmatch(r"(?:global|install|:env:)\.(?P<key>[\w-]+)='(?P<value>.*)'", line):
            found[match["key"]] = match["value"].replace("\\n", " ")
    return found
