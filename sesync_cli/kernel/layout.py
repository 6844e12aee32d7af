"""How environments are laid out on disk: what tells that a folder is one, and what it says of itself."""

import os
from collections.abc import Sequence
from pathlib import Path

USUAL = (".venv", "venv", "env", ".env")  # what people call the environment in a project's own folder
WITHOUT_PYTHONHOME = ("/usr/bin/env", "-u", "PYTHONHOME")  # what may stand before a kernel's command


def command_of(argv: Sequence[str]) -> Sequence[str]:
    """What a kernel's spec starts in the end."""
    before = len(WITHOUT_PYTHONHOME)
    return argv[before:] if tuple(argv[:before]) == WITHOUT_PYTHONHOME and len(argv) > before else argv


def environment_of(argv: Sequence[str]) -> Path | None:
    """The environment whose Python this command starts, if it is one's: virtual, or conda's."""
    command = command_of(argv)
    if command and os.path.isabs(command[0]):
        folder = Path(command[0]).parent.parent
        if os.path.exists(folder / "pyvenv.cfg") or is_conda(folder):
            return folder
    return None


def is_conda(environment: Path) -> bool:
    return os.path.exists(environment / "conda-meta")
