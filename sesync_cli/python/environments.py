"""Virtual environments: what they say of themselves, the Python behind them, and where their packages are."""

import os
import re
from pathlib import Path

from sesync_cli.caller import Caller

_OF_PYTHON = re.compile(r"python(3\.\d+)")


def settings_of(environment: Path) -> dict[str, str]:
    """What an environment's pyvenv.cfg says."""
    try:
        lines = (environment / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}


def version_in(environment: Path) -> str:
    """The version of Python in an environment, as it was when it was made; empty if it does not tell."""
    settings = settings_of(environment)
    return ".".join((settings.get("version") or settings.get("version_info") or "").split(".")[:3])


def prefixes(python: Path) -> tuple[Path, ...]:
    """The folders (`sys.prefix`) of the installation behind a Python, and of its environment, if it is one's."""
    own = python.parent.parent
    home = settings_of(own).get("home", "")
    return (Path(home).parent, own) if home else (python.resolve().parent.parent,)


def site_packages(environment: Path) -> Path | None:
    """Where an environment keeps its packages; None where there is none."""
    lib = os.path.join(environment, "lib")  # texts are ten times quicker than paths, and a list asks for hundreds
    try:
        versions = sorted(name for name in os.listdir(lib) if name.startswith("python3"))
    except OSError:
        return None
    folders = (os.path.join(lib, version, "site-packages") for version in versions)
    return next((Path(folder) for folder in folders if os.path.isdir(folder)), None)


def user_folders(caller: Caller) -> dict[str, Path]:
    """Where each Python (3.8) keeps what its user has installed, of those that keep anything, the oldest first."""
    lib = Path(caller.env.get("PYTHONUSERBASE") or caller.home / ".local") / "lib"
    try:
        versions = [match[1] for name in os.listdir(lib) if (match := _OF_PYTHON.fullmatch(name))]
    except OSError:
        return {}
    ordered = sorted(versions, key=lambda version: [int(part) for part in version.split(".")])
    return {version: lib / f"python{version}/site-packages" for version in ordered}
