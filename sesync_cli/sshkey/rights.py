"""Rights of what is in ~/.ssh: what ssh refuses to use, what others could read or change, and closing it."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.git.ssh_keys import public_half

_OTHERS = 0o077  # nothing for group and others, as ssh demands it of a private key
_WRITING = 0o022  # no writing for them: ssh demands it of its settings, and nobody else shall choose our known hosts


@dataclass(frozen=True)
class Open:
    """A file or folder that others can do too much with: its mode as it is and as it should be; if ssh refuses it."""

    path: Path
    mode: int
    closed: int
    is_refused: bool

    @property
    def harm(self) -> str:
        """Which harm that is, in words."""
        return f"others can {'change' if self.mode & _WRITING else 'read'} {self.path}"


def find_open(folder: Path, keys: Iterable[Path]) -> list[Open]:
    """What is too open of the folder ~/.ssh, of these private keys, and of what belongs to them."""
    own = list(keys)
    masks = {folder: _OTHERS, **dict.fromkeys(own, _OTHERS)}
    masks |= dict.fromkeys([*map(public_half, own), folder / "config", folder / "known_hosts"], _WRITING)
    found = []
    for path, mask in masks.items():
        facts = path.stat() if path.exists() else None
        if facts and facts.st_uid == os.getuid() and facts.st_mode & mask:
            mode = stat.S_IMODE(facts.st_mode)
            found.append(Open(path, mode, mode & ~mask, path in own or path == folder / "config"))
    return found


def stranger_of(config: Path) -> str:
    """Why ssh refuses these settings whatever their rights are: they belong to somebody else. Empty if they do not."""
    if not config.exists() or config.stat().st_uid in (0, os.getuid()):
        return ""
    return f"{config} belongs to somebody else, so ssh refuses to start"


def others_write(home: Path) -> bool:
    """Whether others can write to home: ssh from here does not mind, but sshd lets nobody in there by key."""
    return bool(home.stat().st_mode & _WRITING)
