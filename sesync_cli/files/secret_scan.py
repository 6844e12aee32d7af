"""What files secrets may stand in, by their names, and whether they do, by their first bytes."""

import codecs
import os
import re
from typing import NamedTuple

from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.secrets import holds_secret

WORDS = frozenset({Kind.SOURCE, Kind.NOTEBOOK, Kind.RECORDS, Kind.DOCUMENT, Kind.LOG, Kind.OTHER})
"""Kinds that people write by hand: a password may stand in them."""
HEAD = 65536
"""As many bytes from the beginning tell all that can be told here."""
_KEYS = (".pem", ".key")
_DER = re.compile(rb"0(?:\x82..|\x81.|.)\x02\x01[\0\1]", re.DOTALL)  # a private key as bytes; a certificate has none
_GLANCE = 1024  # bytes that tell text from what is none, mostly
_TOLD = (".vrt", ".asc")  # kinds of data that are text, and may say an address, or be a key
_BACKUPS = frozenset(
    {"bak", "old", "orig", "save", "tmp", "temp", "swp", "swo", "swn", "rej", "part", "partial"}
    | {"crdownload", "download"}
)
_SETTINGS = re.compile(
    r".+\.(?:ya?ml|ini|cfg|conf|cnf|toml|properties|config|env)|\.?config|\.\w+rc|\.env.*|\.renviron"
)
_ENVIRONMENT = re.compile(r"\.env(?:\..*)?|\.renviron")
_FOLDERS = re.compile(r"(?:^|/)(?:\.vnc/passwd|private-keys-v1\.d/[^/]+\.key)$")
_KEY = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:-----BEGIN [^-\n]{0,40}PRIVATE KEY|PuTTY-User-Key-File-\d"
    rb"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----|\(\d+:(?:[a-z]+-)*private-key"
    rb"|(?:Created: \w+\s+)?Key: \((?:[a-z]+-)*private-key)"
)
_MARKS = (  # the longer one first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SWAP = b"b0VIM"  # of vim's files, which have zeros between the lines
_SET = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][\w.]*)\s*=\s*(?P<value>.*)")
_TELLING = re.compile(r"(?i)pass|pwd|pw\b|secret|token|key|credential|auth|_pat\b|login|cookie|dsn|salt|sid|hash")
_HARMLESS = re.compile(  # a number, a word, a list of folders, an address without a login
    r"[-+]?[\d.,:]*|[A-Za-z][A-Za-z_-]{0,19}|(?:[~.]|\$\{?\w+\}?)?(?:[:/][\w.+~%$\{\} -]*)+|[a-z+]+://[\w.:/-]*|[\w-]+(?:\.[a-z][\w-]*)+"
)


class Named(NamedTuple):
    """What a path says before its file is looked at: its kind, and its name in small letters.

    A backup is called and judged as what it was made of: `id_rsa.bak` as `id_rsa`, `.db.py.swp` as `db.py`.
    """

    kind: Kind
    name: str
    is_secret: bool
    may_tell: bool


def by_path(path: str) -> Named:
    """What a path says; the logs that shells and other programs keep of commands are logs."""
    name = _under(os.path.basename(path).lower())
    kind = Kind.LOG if name == "nohup.out" or _is_history(name) else kind_by_name(name)
    secret = kind == Kind.SECRET or by_folder(path)
    return Named(kind, name, secret, secret or kind in WORDS or name.endswith(_TOLD))


def by_folder(path: str) -> bool:
    """Whether it is a secret as it stands in its folder, as `.vnc/passwd` is."""
    return path.lower().endswith(("passwd", ".key")) and bool(_FOLDERS.search(os.path.abspath(path).lower()))


def is_secret(path: str, size: int) -> bool:
    """Whether a file of so many bytes is a secret, by its name or by what it begins with.

    Raises OSError where it cannot be opened.
    """
    if not size or not (what := by_path(path)).may_tell:
        return False
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        head = os.read(file, _GLANCE)
        if len(head) == _GLANCE and (what.is_secret or is_text(head)):
            head += os.read(file, HEAD)
    finally:
        os.close(file)
    return tells_secret(what, head) or named_secret(what, path, head)


def named_secret(what: Named, path: str, head: bytes) -> bool:
    """Whether it is one by its name, and no certificate for everybody, slide show or settings without any secret."""
    if not what.is_secret or says_nothing(what, head):
        return False
    return by_folder(path) or not what.name.endswith(_KEYS) or bool(_DER.match(head))


def tells_secret(what: Named, head: bytes) -> bool:
    """Whether a file that begins with these bytes holds a secret."""
    if not what.may_tell or not is_text(head):
        return False
    settings = bool(_SETTINGS.fullmatch(what.name))
    return bool(_KEY.match(head)) or holds_secret(text_of(head), settings=settings)


def says_nothing(what: Named, head: bytes) -> bool:
    """Whether a file that is for secrets, and for other settings as well, has only these: `.env` with DEBUG=1."""
    if not _ENVIRONMENT.fullmatch(what.name) or not is_text(head):
        return False
    lines = (line.strip() for line in text_of(head).splitlines())
    return all(map(_harmless, filter(None, lines)))


def _under(name: str) -> str:
    """The name that a backup was made of; else the name itself."""
    while name.endswith("~") or name.rpartition(".")[2] in _BACKUPS:
        inner = name[:-1] if name.endswith("~") else name.rpartition(".")[0]
        if not inner.strip("."):
            return name
        swap = name.endswith((".swp", ".swo", ".swn")) and inner.startswith(".") and "." in inner[1:]
        name = inner[1:] if swap else inner
    return name


def _is_history(name: str) -> bool:
    return name.startswith(".") and name.endswith("history")


def is_text(head: bytes) -> bool:
    """Whether these first bytes are text: in UTF-16 with its mark, or in anything that knows no zero byte."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, _SWAP)) or b"\0" not in head


def text_of(head: bytes) -> str:
    """The text that these bytes are, as their mark says; half a letter at the end is no matter."""
    if head.startswith(_SWAP):
        return head.replace(b"\0", b"\n").decode(errors="replace")
    return head.decode(next((code for mark, code in _MARKS if head.startswith(mark)), "utf-8"), errors="replace")


def _harmless(line: str) -> bool:
    if line.startswith("#"):
        return True
    found = _SET.fullmatch(line)
    if not found:
        return False
    value = found["value"].partition(" #")[0].strip().strip("\"'")
    return not value or (not _TELLING.search(found["name"]) and bool(_HARMLESS.fullmatch(value)))
