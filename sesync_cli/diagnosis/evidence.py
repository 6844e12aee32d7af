"""What a log says is missing: headers, programs, libraries, and the words of pkg-config, CMake and Meson."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("evidence.toml")
_NAME, _QUOTE = r"(?P<name>[\w.+-]+)", r"['\"`\u2018\u2019]"
_TRIAL = re.compile(r"(?:^|/)_?conf(?:ig)?test|^/tmp/tmp")  # a file with which a build only asks what there is
_ASKS = re.compile(r"[\s│]*(?:-- |checking |looking for |Run-time dependency|Found |WARNING)", re.IGNORECASE)


class Evidence(NamedTuple):
    """A thing that is missing: its kind as the table has it, its name, and where the log says so.

    `enough` says that the words leave no doubt, even if the table does not know the thing.
    """

    kind: str
    name: str
    start: int
    end: int
    enough: bool

    @property
    def called(self) -> str:
        """What people call it: libgeos_c for -lgeos_c."""
        return f"lib{self.name}" if self.kind == "libraries" else self.name


def evidence(text: str) -> list[Evidence]:
    """All that is missing, the surest words first; what a build only asked about, to do without it, comes last."""
    sure: list[Evidence] = []
    unsure: list[Evidence] = []
    for kind, pattern, enough in _sayings():
        for match in pattern.finditer(text):
            asked = _only_asked(match, text)
            (unsure if asked else sure).append(_of(kind, match, enough and not asked))
    return sure + unsure


def own_header(text: str, found: Evidence) -> bool:
    """Whether a missing header seems to be one of the package's own, since it is included as `"name.h"`."""
    return f'#include "{found.name}"' in text[found.end : found.end + 300]


@cache
def _sayings() -> tuple[tuple[str, "re.Pattern[str]", bool], ...]:
    import tomllib

    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["saying"]
    return tuple(
        (row["kind"], re.compile(_whole(row["pattern"]), re.MULTILINE), row.get("enough", False)) for row in rows
    )


def _whole(pattern: str) -> str:
    return pattern.replace("<NAME>", _NAME).replace("<Q>", _QUOTE)


def _of(kind: str, match: "re.Match[str]", enough: bool) -> Evidence:
    name = match["name"].rstrip(".")
    bare = name.rpartition("/")[2] if kind == "programs" else name
    return Evidence(kind, bare, match.start(), match.end(), enough)


def _only_asked(match: "re.Match[str]", text: str) -> bool:
    if file := match.groupdict().get("file"):
        return bool(_TRIAL.search(file))
    return bool(_ASKS.match(text, text.rfind("\n", 0, match.start() + 1) + 1))
