"""The text of a file that a person wrote or a program printed, in whatever encoding."""

import codecs
from pathlib import Path

from sesync_cli.errors import NotFound, NotReady

_LARGEST = 5_000_000  # bytes
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_text(path: Path, by: Path | None = None) -> str:
    """The text in UTF-8, or as Windows writes it; `by` is the file that names this one, for the error.

    PowerShell writes UTF-16 with a mark. What is no UTF-8 is taken for Windows' own Latin letters, which any bytes are.
    """
    said = f", which {by} includes," if by else ""
    try:
        if path.stat().st_size > _LARGEST:
            raise NotReady(f"{path}{said} is too large for a list of packages")
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"{path}{said} does not exist", hint="Is it spelt rightly?") from None
    except OSError as error:
        raise NotReady(f"{path}{said} cannot be read: {error.strerror}") from None
    text = _decoded(data).replace("\r\n", "\n")
    if "\0" in text:
        raise NotReady(f"{path}{said} is no text", hint="A list of packages is a text file, with a package in a line.")
    if text.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        hint = "Save the file itself: on GitHub or GitLab that is behind the button 'Raw' or 'Open raw'."
        raise NotReady(f"{path}{said} is a web page, and no list of packages", hint=hint)
    return text


def is_plain(path: Path) -> bool:
    """Whether installers read this text as it is: UTF-8."""
    data = path.read_bytes()
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
