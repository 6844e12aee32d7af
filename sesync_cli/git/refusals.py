"""What servers for git say to a person: their words out of all that git prints, and what is known of their refusals."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from sesync_cli.errors import NoAnswer, NoRoom, NotFound, Refused, SesyncError
from sesync_cli.names import one_line
from sesync_cli.plan import by_hand
from sesync_cli.secrets import without_secrets

_TABLE = Path(__file__).with_name("refusals.toml")
_KINDS: dict[str, type[SesyncError]] = {one.kind: one for one in (Refused, NotFound, NoAnswer, NoRoom)}
_RULER = re.compile("=+")
_WORK = re.compile(
    r"(Enumerating|Counting|Compressing|Resolving|Finding|Checking) (objects|deltas|sources|connectivity): +\d"
    r"|Total \d+ \(delta"
)
_PREFIX = re.compile(r"^((remote|ERROR|error|fatal|GitLab|GL-[A-Z]+-ERR): *)+")
_PAGE = re.compile(r"https?://[^\s'\"<>]*[^\s'\"<>.,)]")
_MOST_LINES = 12
_MOVED = re.compile(r"Project '([^'\n]+)' was moved to '([^'\n]+)'")
_MOVED_TO = re.compile(r"git remote set-url origin (\S+)")
_ABOUT_MOVING = re.compile(r"Please update your Git remote|git remote set-url origin")


def heard(text: str) -> list[str]:
    """What a server said to a person, line by line: without its frame, and without what it told of its work."""
    lines = (without_secrets(line) for line in _said(text))
    return [line for line in lines if line and not _RULER.fullmatch(line) and not _WORK.match(line)][:_MOST_LINES]


def said_by(*texts: str) -> list[str]:
    """What servers said to a person, as it is passed on; nothing where it was nothing, or only that they were moved."""
    lines = [line for text in texts for line in heard(text)]
    told = [one_line(line) for line in dict.fromkeys(lines) if not (_MOVED.search(line) or _ABOUT_MOVING.search(line))]
    return ["\n  ".join(("The server says:", *told))] if told else []


def words_of(text: str) -> list[str]:
    """The same without the words that only say that it is an error."""
    told = (line for line in heard(text) if not line.startswith("warning:"))
    return [line for line in (_PREFIX.sub("", line) for line in told) if line]


def moved(text: str, folder: Path, remote: str) -> tuple[str, ...]:
    """A warning if the server, which a clone in this folder calls so, said that the repository was moved."""
    name, address = _MOVED.search(text), _MOVED_TO.search(text)
    if not name or not address:
        return ()
    follow = by_hand("git", "-C", folder, "remote", "set-url", remote, without_secrets(address[1]))
    return (f"{name[1]} was moved to {name[2]}, and is found at its old place for a while only: '{follow}' follows it",)


def refusal_in(text: str, facts: Mapping[str, str]) -> SesyncError | None:
    """The error for a refusal that is known; `facts` are the placeholders of the table but for the server's words."""
    said = " ".join(words_of(text))
    for row in _rows():
        found = re.search(row["signs"], said) or ("git" in row and re.search(row["git"], text))
        if found:
            page = _PAGE.search(said)
            told = {**facts, "said": said, "colon_said": f": {said}" if said else ""} | found.groupdict()
            if page:
                told["url"] = page[0]
            error = _KINDS[row.get("kind", Refused.kind)]
            return error(row["error"].format_map(told), hint=row["hint"].format_map(told))
    return None


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    return tuple(tomllib.loads(_TABLE.read_text(encoding="utf-8"))["refusals"])


def _said(text: str) -> Iterator[str]:
    """The server's lines: git marks them, but for those that came by ssh alone, of which only the first is marked."""
    framed, failed = False, "Could not read from remote repository" in text
    for line in text.splitlines():
        words = line.removeprefix("remote:").strip()
        if line.startswith("remote:") and _RULER.fullmatch(words):
            framed = not framed
        elif failed and line.startswith("ERROR: "):
            framed = True
            yield words
        elif line.startswith(("fatal:", "error:", "To ", "From ", " ! ")):
            framed = False
        elif framed or line.startswith("remote:"):
            yield words
