"""Saved logs of installers: found in folders, read whole, and told apart from what is no log."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_MOST = 20_000_000  # bytes of the largest log that is read
KEPT = Path(".local/state/sesync/logs")
"""Where sesync keeps its logs, below a home."""

_NAME = re.compile(r"(?:\d{8}-\d{6}-(?:un)?install|kernel-[a-z]+)-(?P<about>.+)\.log")
_SUCCESS = re.compile(
    r"\s*(?:Successfully (?:un)?installed|Requirement already satisfied|(?:Would )?(?:Una|A)udited|"
    r"(?:Uninstalled|Installed|Resolved|Prepared|Checked) \d+ package|(?:WARNING: )?Skipping \S+ as it is)|"
    r"\s*[-+~] [\w.-]+==\S+"
)
# what pip says behind its last word: to root, of its own age, of names that it has no place for
_BEHIND = re.compile(r"(?i:warning: )|DEPRECATION: |\[notice\]|You should consider upgrading|You are using pip version")
_INSTALLER = re.compile(
    r"^\s*(?:Collecting \S+|Processing \S+|Looking in (?:indexes|links): |Requirement already |Using Python 3"
    r"|Resolved \d+ pack|Building (?:\S+ )?wheel|Defaulting to user|Found existing installation|Installing collected"
    r"|Obtaining \S+|(?:ERROR|error|WARNING|Traceback)\b|\s*\u2570|Preparing metadata"
    r"|[Rr]unning (?:setup\.py|build|egg_info))",
    re.MULTILINE,
)
_ROUTINE = re.compile(
    r"^[ \t│|]*(?:(?:copying|creating|adding) \S.*"
    r"|(?:\S*/)?(?:[\w.]+-linux-gnu-)?(?:gcc|g\+\+|cc|c\+\+|gfortran|clang)(?:-\d+)? -.* -c \S+ -o \S+.*)\n",
    re.MULTILINE,
)


class UnreadableLog(Exception):
    """A file that is no log, or that may not be read; the text says why."""


def logs_in(place: Path) -> Iterator[Path]:
    """The file itself, or every .log and .txt below a folder, in the order of their names; links are not followed.

    Of a home, those that sesync keeps there are meant, and not the texts that people have.
    Raises `UnreadableLog` where the folder cannot be listed; a closed folder further down is given as if it were a log.
    """
    if not place.is_dir():
        yield place
        return
    closed: list[Path] = []
    for folder, folders, files in os.walk(
        place, onerror=lambda error: closed.append(Path(os.fsdecode(error.filename)))
    ):
        if os.path.isdir(Path(folder, KEPT)):
            folders[:], files = [], []
            yield from logs_in(Path(folder, KEPT))
        folders.sort()
        yield from (Path(folder, name) for name in sorted(files) if name.endswith((".log", ".txt")))
    yield from closed


def log_text(path: Path) -> str:
    """What a log says; `UnreadableLog` for what is binary, huge, no file, or not to be read."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableLog("is a folder" if stat.S_ISDIR(facts.st_mode) else "is not a file")
            if facts.st_size > _MOST:
                raise UnreadableLog(f"is too large ({facts.st_size // 1_000_000} MB)")
            data = file.read()
    except OSError as error:
        raise UnreadableLog(f"cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise UnreadableLog("is not text")
    return data.decode(errors="replace")


def brief(text: str) -> str:
    """A log without the copying and compiling of a build, which is most of it and tells of no failure."""
    return _ROUTINE.sub("", text)


def about(path: Path) -> str:
    """The package or the kernel that a log of sesync's is about, by its name; empty for other logs."""
    named = _NAME.fullmatch(path.name)
    return named["about"] if named else ""


def ended_well(text: str) -> bool:
    """Whether the last line of a log, but for warnings, is one of those that installers end with when all went well.

    One that says nothing ended well, too: no installer fails without a word.
    """
    for line in reversed(text.splitlines()):
        if _SUCCESS.match(line):
            return True
        if line.strip() and not _BEHIND.match(line):
            return False
    return not text.strip()


def package_in_name(path: Path) -> str:
    """The package that a log of sesync's is about, by its name; empty for a kernel's, which may be about any."""
    return "" if path.name.startswith("kernel-") else about(path)


def is_of_an_installer(text: str) -> bool:
    """Whether a text has words of pip or uv in it, as a log has, and other texts have not."""
    return bool(_INSTALLER.search(text))
