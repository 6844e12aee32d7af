"""What is seen of trees from outside, without a word of what the product thinks of them."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

READ, WRITE, ENTER = 4, 2, 1


class Fact(NamedTuple):
    """One file, folder or link: all that the system tells of it but for its name."""

    kind: int
    mode: int
    owner: int
    group: int
    size: int
    time: int
    text: str
    digest: bytes
    room: int
    inode: int
    changed: int
    attributes: dict[str, bytes]

    @property
    def is_file(self) -> bool:
        return self.kind == stat.S_IFREG

    @property
    def is_folder(self) -> bool:
        return self.kind == stat.S_IFDIR

    @property
    def is_link(self) -> bool:
        return self.kind == stat.S_IFLNK

    @property
    def is_odd(self) -> bool:
        return not (self.is_file or self.is_folder or self.is_link)

    @property
    def own(self) -> dict[str, bytes]:
        """The attributes that users give."""
        return {name: value for name, value in self.attributes.items() if name.startswith("user.")}

    @property
    def listed(self) -> bool:
        """Whether there is a list of rights."""
        return any(name.startswith("system.posix_acl") for name in self.attributes)

    @property
    def still(self) -> "Fact":
        """The same without what changes when another name of the file goes or comes, or something in the folder."""
        return self._replace(changed=0, inode=0, room=0, time=0 if self.is_folder else self.time, size=self.length)

    @property
    def length(self) -> int:
        return 0 if self.is_folder else self.size

    def gives(self, whom: int) -> int:
        """The rights of the owner (2), the group (1) or all others (0)."""
        return self.mode >> 3 * whom & 7


def seen(top: Path) -> dict[str, Fact]:
    """Everything below a folder by its path from there, which itself is ''; empty if there is nothing."""
    return dict(_seen(str(top), "")) if os.path.lexists(top) else {}


def _seen(path: str, rel: str) -> Iterator[tuple[str, Fact]]:
    found = os.lstat(path)
    kind = stat.S_IFMT(found.st_mode)
    text = os.readlink(path) if kind == stat.S_IFLNK else ""
    digest = _digest(path) if kind == stat.S_IFREG else b""
    names = os.listxattr(path, follow_symlinks=False)
    attributes = {name: os.getxattr(path, name, follow_symlinks=False) for name in names}
    mode = stat.S_IMODE(found.st_mode)
    facts = (kind, mode, found.st_uid, found.st_gid, found.st_size, found.st_mtime_ns, text, digest)
    yield rel, Fact(*facts, found.st_blocks * 512, found.st_ino, found.st_ctime_ns, attributes)
    if kind == stat.S_IFDIR:
        for name in os.listdir(path):
            yield from _seen(f"{path}/{name}", f"{rel}/{name}" if rel else name)


def _digest(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha1").digest()


def below(facts: dict[str, Fact], rel: str) -> dict[str, Fact]:
    """What is seen of one thing and all below it, by the paths from there."""
    found = {path[len(rel) + 1 :]: fact for path, fact in facts.items() if path.startswith(f"{rel}/")}
    return ({"": facts[rel]} if rel in facts else {}) | found


def leads_to(top: Path, rel: str) -> str | None:
    """Where a link below a folder leads in the end, as seen from that folder; None if that is not in it."""
    real = os.path.realpath(top)
    end = os.path.realpath(f"{real}/{rel}")
    return os.path.relpath(end, real) if end == real or end.startswith(f"{real}/") else None
