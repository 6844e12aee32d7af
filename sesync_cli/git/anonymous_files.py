"""Files without a name: only the same account can open them, and they are gone with this process however it ends."""

import os
import tempfile
from typing import IO

_MEMORY = "/dev/shm"  # what is written there is on no disk


def written(text: str) -> IO[bytes]:
    """This text in a file without a name, in memory where there is a place for that; it lasts until it is closed."""
    try:
        return _written(text, _MEMORY)
    except OSError:
        return _written(text)


def place(file: IO[bytes]) -> str:
    """How another process of the same account opens the file: each reads it from the start."""
    return f"/proc/{os.getpid()}/fd/{file.fileno()}"


def _written(text: str, folder: str | None = None) -> IO[bytes]:
    file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115
    file.write(os.fsencode(text))
    return file
