"""What is inside a packed file, as far as its first bytes tell."""

import bz2
import lzma
import re
import zlib
from contextlib import suppress

GZIP, BZIP2, XZ, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"PK\x03\x04"
"""How packed files begin."""

BLOCK = 900_000
"""Bytes from the beginning of what bzip2 has packed without which nothing of it can be told."""

_MOST = 65536  # bytes that are unpacked
_STORED, _DEFLATED = 0, 8  # how zip archives pack
_MEMBER = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)


def begun(head: bytes) -> bytes:
    """How what is packed in a file that begins so begins itself; nothing where it is no such file, or holds several."""
    with suppress(zlib.error, OSError, lzma.LZMAError):
        if head.startswith(GZIP):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _MOST)
        if head.startswith(BZIP2):
            return bz2.BZ2Decompressor().decompress(head, _MOST)
        if head.startswith(XZ):
            return lzma.LZMADecompressor().decompress(head, _MOST)
        if len(members(head)) == 1:
            return _only_member(head)
    return b""


def _only_member(head: bytes) -> bytes:
    """How the first file in a zip archive begins; nothing where it is locked, or packed in another way."""
    locked, way = head[6] & 1, head[8]
    content = head[30 + sum(int.from_bytes(head[at : at + 2], "little") for at in (26, 28)) :]
    if locked or way not in (_STORED, _DEFLATED):
        return b""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, _MOST) if way == _DEFLATED else content


def members(head: bytes) -> tuple[str, ...]:
    """The names of the first files in a zip archive that begins so."""
    if not head.startswith(ZIP):
        return ()
    names = (head[found.end() :][: int.from_bytes(found[1], "little")] for found in _MEMBER.finditer(head))
    return tuple(name.decode(errors="replace") for name in names)
