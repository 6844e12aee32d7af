"""A filter for git: it tells what Git LFS puts in the place of large files, where git-lfs itself is not there.

Nothing is kept of the files, so it tells whether one has changed and is not for adding any. What it prints is as in Git
LFS's specification (github.com/git-lfs/git-lfs, docs/spec.md), and how it talks with git as in gitattributes,
"Long Running Filter Process".
"""

import hashlib
import sys
from collections.abc import Iterator

VERSION = b"version https://git-lfs.github.com/spec/"
LONGEST = 1024
"""Bytes that a stand-in has at most."""


def main() -> None:
    """Answer git until it has no more questions."""
    _said()
    _say(b"git-filter-server\n", b"version=2\n")
    _said()
    _say(b"capability=clean\n")
    while _said():
        stand_in = _stand_in(_pieces())
        _say(b"status=success\n")
        _say(stand_in)
        _say()  # it is a success still


def _stand_in(pieces: Iterator[bytes]) -> bytes:
    """What stands for a file with these contents; what is a stand-in already stays one."""
    digest, size, head = hashlib.sha256(), 0, b""
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        head += piece[: LONGEST - len(head)]
    if not size or (size < LONGEST and head.startswith(VERSION)):
        return head
    return VERSION + f"v1\noid sha256:{digest.hexdigest()}\nsize {size}\n".encode()


def _pieces() -> Iterator[bytes]:
    """What git says until it pauses, packet by packet; each begins with its length in four hexadecimal digits."""
    source = sys.stdin.buffer
    while length := int(source.read(4) or b"0", 16):
        yield source.read(length - 4)


def _said() -> list[bytes]:
    return list(_pieces())


def _say(*packets: bytes) -> None:
    target = sys.stdout.buffer
    for packet in filter(None, packets):
        target.write(b"%04x" % (len(packet) + 4) + packet)
    target.write(b"0000")
    target.flush()


if __name__ == "__main__":
    main()
