"""The file kernel.json, read as whoever wrote it may have left it: no folder, pipe, link or nonsense stops a list."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LARGEST = 1_000_000  # bytes; one with a long environment has some thousand


class BadSpec(Exception):
    """Why this file describes no kernel, in a few words."""


@dataclass(frozen=True)
class SpecFile:
    """What a kernel.json says; `ours` is what sesync wrote into it."""

    argv: tuple[str, ...]
    display_name: str
    language: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, Any] = field(default_factory=dict)


def is_there(folder: Path) -> bool:
    """Whether a folder is meant to be a kernel's: it has a kernel.json of whatever kind, or leads nowhere."""
    return os.path.lexists(os.path.join(folder, "kernel.json")) or (folder.is_symlink() and not os.path.exists(folder))


def read_spec(folder: Path) -> SpecFile:
    """What the kernel.json in this folder says; `BadSpec` for one that Jupyter could not use either."""
    data = _parsed(_bytes(os.path.join(folder, "kernel.json")))
    if not isinstance(data, dict):
        raise BadSpec("kernel.json does not describe a kernel")
    argv, env = data.get("argv"), data.get("env") or {}
    if not isinstance(argv, list) or not argv or not _are_words(argv):
        raise BadSpec("kernel.json does not say what to start ('argv')")
    if not isinstance(env, dict) or not _are_words([*env, *map(str, env.values())]):
        raise BadSpec("kernel.json sets variables that there cannot be ('env')")
    metadata = data.get("metadata")
    ours = metadata.get("sesync") if isinstance(metadata, dict) else None
    return SpecFile(
        tuple(argv),
        str(data.get("display_name", folder.name)),
        str(data.get("language", "")),
        {name: str(value) for name, value in env.items()},
        ours if isinstance(ours, dict) else {},
    )


def _bytes(path: str) -> bytes:
    try:
        # without waiting for whoever writes into it, should it be a pipe
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        leads = os.path.islink(path) or os.path.islink(os.path.dirname(path))
        lost = isinstance(error, FileNotFoundError) and leads
        raise BadSpec("its link leads nowhere" if lost else f"kernel.json: {error.strerror}") from None
    mode = os.fstat(file).st_mode
    if not stat.S_ISREG(mode):
        os.close(file)
        raise BadSpec(f"kernel.json is {'a folder' if stat.S_ISDIR(mode) else 'a pipe or the like'}, and no file")
    try:
        with open(file, "rb") as stream:
            text = stream.read(_LARGEST + 1)
    except OSError as error:
        raise BadSpec(f"kernel.json: {error.strerror}") from None
    if len(text) > _LARGEST:
        raise BadSpec("kernel.json is far too large")
    return text


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        raise BadSpec("kernel.json is not JSON" if text.strip() else "kernel.json is empty") from None


def _are_words(values: list[Any]) -> bool:
    """Whether a program can be given these texts."""
    try:
        return all(isinstance(value, str) for value in values) and b"\0" not in os.fsencode("".join(values))
    except UnicodeEncodeError:
        return False
