"""What is inside a packed file, as far as its first bytes tell."""

import bz2
import lzma
import re
import zlib
from contextlib import suppress

GZIP, BZIP2, XZ, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"PK\x03\x04"
"""How packed files begin."""

_MOST = 65536  # bytes that are unpacked
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
    return b""


def members(head: bytes) -> tuple[str, ...]:
    """The names of the first files in a zip archive that begins so."""
    if not head.startswith(ZIP):
        return ()
    names = (head[found.end() :][: int.from_bytes(found[1], "little")] for found in _MEMBER.finditer(head))
    return tuple(name.decode(errors="replace") for name in names)
