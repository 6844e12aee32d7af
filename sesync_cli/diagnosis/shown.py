"""What an installer shows of a program that it ran and that failed, between its own words before and after it."""

import re
from collections.abc import Sequence

_BEGINS = (
    re.compile(
        r"\[\d+ lines? of output\]$|Complete output(?: \(\d+ lines?\):$| from command )|"
        r"^\s*\[stderr\]$|^\s*--- stderr:?$"
    ),
    re.compile(r"^\s*\[stdout\]$|^\s*--- stdout:?$"),
)
_ENDS = re.compile(r"^\s*\[end of output\]$|^\s*-{40}$|^\s*---$|^\s*hint: This usually indicates")


def shown(lines: Sequence[str]) -> list[str]:
    """The innermost first of such blocks that is not empty; what was said as an error before what was not."""
    return next((block for begin in _BEGINS if (block := _block(lines, begin))), [])


def _block(lines: Sequence[str], begin: "re.Pattern[str]") -> list[str]:
    begins = -1
    for number, line in enumerate(lines):
        if begin.search(line):
            begins = number + 1
        elif begins >= 0 and (_ENDS.search(line) or _leaves(line, lines[begins - 1])):
            if any(one.strip() for one in lines[begins:number]):
                return list(lines[begins:number])
            begins = -1
    return list(lines[begins:]) if begins >= 0 else []


def _leaves(line: str, marker: str) -> bool:
    """Whether a line has left the block of uv's that this marker began, since it stands further left."""
    return marker.strip() in ("[stderr]", "[stdout]") and bool(line.strip()) and _indent(line) < _indent(marker)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
