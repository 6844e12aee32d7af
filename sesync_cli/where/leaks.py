"""What files secrets may stand in, by their names, and whether they do, by their first bytes."""

import codecs
import os
import re

from sesync_cli.secrets import holds_secret
from sesync_cli.where.kinds import Kind, kind_by_name

WORDS = frozenset({Kind.SOURCE, Kind.NOTEBOOK, Kind.RECORDS, Kind.DOCUMENT, Kind.LOG, Kind.OTHER})
"""Kinds that people write by hand: a password may stand in them."""
HEAD = 65536
"""As many bytes from the beginning tell all that can be told here."""
SMALL = 16384
"""Bytes that no key has more of: data that is larger is not opened to look for one."""

_BEGINNING = 128  # bytes that tell whether a file is a key
_TOLD = (".vrt",)  # kinds of data that are text, and may say an address
_HISTORIES = re.compile(r"nohup\.out|\.\w+_?history")
_BACKUP = re.compile(
    r"(?P<under>.+?)(?:~|\.(?:bak|old|orig|save|tmp|temp|swp|swo|swn|rej|part|partial|crdownload|download))"
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


def under(name: str) -> str:
    """The name that a backup was made of: `id_rsa` of `id_rsa.bak`, `db.py` of `.db.py.swp`; else the name itself."""
    while found := _BACKUP.fullmatch(name.lower()):
        inner, name = name[: found.end("under")], name[: found.end("under")]
        if re.search(r"\.sw[pon]$", found[0]) and inner.startswith(".") and "." in inner[1:]:
            name = inner[1:]
    return name


def by_folder(path: str) -> bool:
    """Whether it is a secret as it stands in its folder, as `.vnc/passwd` is."""
    return path.lower().endswith(("passwd", ".key")) and bool(_FOLDERS.search(os.path.abspath(path).lower()))


def kind_under(path: str) -> Kind:
    """What the name says, and the folder; of a backup, what that of its file says; logs of commands are logs."""
    if by_folder(path):
        return Kind.SECRET
    name = os.path.basename(path)
    return Kind.LOG if _HISTORIES.fullmatch(name.lower()) else kind_by_name(under(name))


def to_read(path: str, size: int) -> int:
    """How many bytes of so many tell whether it is a secret: a few of small data, none of large."""
    kind = kind_under(path)
    if kind in WORDS or kind == Kind.SECRET or under(path.lower()).endswith(_TOLD):
        return HEAD
    return _BEGINNING if size <= SMALL else 0


def tells_secret(path: str, head: bytes) -> bool:
    """Whether a file that begins with these bytes holds a secret, whatever its name says."""
    if _KEY.match(head[:_BEGINNING]):
        return True
    name, kind = under(os.path.basename(path)).lower(), kind_under(path)
    if kind not in WORDS and kind != Kind.SECRET and not name.endswith(_TOLD):
        return False
    return is_text(head) and holds_secret(text_of(head), settings=bool(_SETTINGS.fullmatch(name)))


def says_nothing(path: str, head: bytes) -> bool:
    """Whether a file that is for secrets, and for other settings as well, has only these: `.env` with DEBUG=1."""
    if not _ENVIRONMENT.fullmatch(under(os.path.basename(path)).lower()) or not is_text(head):
        return False
    lines = (line.strip() for line in text_of(head).splitlines())
    return all(map(_harmless, filter(None, lines)))


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
