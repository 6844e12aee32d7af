"""A shell script as lines that set something for certain: read statement by statement, and never run.

What stands in a condition, a function or a text for another file is not certain.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SETS = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*[\"'\\]?(?P<end>[A-Za-z_]\w*)")
_LONGEST = 10_000  # letters of a statement; where a quote is never closed, the rest of a file is one
_GOES_ON = ("&&", "||", "|", "&")
_EXPORTS = (["export"], ["declare", "-x"], ["typeset", "-x"])
_OPENS, _CLOSES = ("if", "for", "while", "until", "case", "select", "{"), ("fi", "done", "esac", "}", ")")


@dataclass(frozen=True)
class SetLine:
    """A line that sets something for certain: its number and text, and the value as it is written, without quotes.

    What stands `alone` in its line can be taken out with it; in a `script`, what is left has to be one.
    """

    file: Path
    number: int
    text: str
    name: str
    value: str
    alone: bool = True
    script: bool = True

    @property
    def place(self) -> str:
        return f"line {self.number} of {self.file}"


@dataclass(frozen=True)
class SetLines:
    """All lines that set one thing; what is unset again is none of them. `exported` says that programs see it."""

    lines: Sequence[SetLine]
    exported: bool = False

    @property
    def last(self) -> SetLine:
        return self.lines[-1]


def lines_in(text: str, file: Path, found: dict[str, SetLines]) -> None:
    """Add what this script sets to what others, that are read before it, have set."""
    _ScriptReader(file, found).read(text)


@dataclass
class _ScriptReader:
    """Reads one file, statement by statement, and keeps what is certain."""

    file: Path
    found: dict[str, SetLines]
    depth: int = 0
    goes_on: bool = False
    waits_for: str = ""
    begun: str = ""

    def read(self, text: str) -> None:
        for number, line in enumerate(text.split("\n"), 1):
            if len(self.begun) > _LONGEST:
                return
            if self.waits_for:
                self.waits_for = "" if line.strip() == self.waits_for else self.waits_for
            elif self.begun or not line.lstrip().startswith("#"):
                self._line(number, line)

    def _line(self, number: int, line: str) -> None:
        if line.endswith("\\"):
            self.begun += line.removesuffix("\\") or " "
            return
        words = _words(self.begun + line)
        if words is None:  # a quote is closed in a later line
            self.begun += f"{line}\n"
            return
        whole, self.begun = not self.begun, ""
        statements = _statements(words)
        for operator, statement in statements:
            certain = not (self.depth or self.goes_on or operator in _GOES_ON)
            self._block(statement)
            if certain and not self.depth:
                self._statement(statement, number, line, whole and len(statements) == 1)
        self.goes_on = words[-1] in _GOES_ON if words else self.goes_on
        heredoc = _HEREDOC.search(line)
        self.waits_for = heredoc["end"] if heredoc and "<<<" not in line else ""

    def _block(self, words: Sequence[str]) -> None:
        """Count what a statement begins or ends: a condition, a loop, a function, a shell of its own."""
        first = words[0]
        opens = first in _OPENS or ("{" in words and (first == "function" or "()" in words))
        opens = opens or (first.startswith("(") and ")" not in words[-1])
        self.depth = max(0, self.depth + opens - (first in _CLOSES))

    def _statement(self, words: Sequence[str], number: int, line: str, alone: bool) -> None:
        if words[0] in ("unset", "unsetenv"):
            for name in words[1:]:
                self.found.pop(name, None)
            return
        exports = next((len(one) for one in _EXPORTS if list(words[: len(one)]) == one), 0)
        rest = words[exports:]
        if any(set(word) <= set("()<>") for word in rest):
            return  # what a program prints, or what is written somewhere
        if not exports and not all(_SETS.fullmatch(word) for word in rest):
            return  # a program, before which variables may be set for it alone
        for word in rest:
            sets = _SETS.fullmatch(word)
            name = sets["name"] if sets else word
            known = self.found.get(name, SetLines(()))
            more = (SetLine(self.file, number, line, name, sets["value"], alone and len(rest) == 1),) if sets else ()
            self.found[name] = SetLines((*known.lines, *more), known.exported or bool(exports))


def _words(text: str) -> list[str] | None:
    """The words of a line and the operators between them, without a comment; None where a quote is not closed."""
    for comments in ("", "#"):  # which is one only where a word begins
        reader = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
        reader.whitespace, reader.whitespace_split, reader.commenters = " \t\r", True, comments
        try:
            words = list(reader)
        except ValueError:
            if " #" in text or "\t#" in text:
                continue
            return None
        return words[: next((at for at, word in enumerate(words) if word.startswith("#")), len(words))]
    return None


def _statements(words: list[str]) -> list[tuple[str, list[str]]]:
    """The commands of a line, each with the operator that stands before it."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for word in words:
        if word in (";", ";;", *_GOES_ON):
            found.append((word, []))
        elif word in ("then", "do", "else", "!"):
            found.append(("", []))
        else:
            found[-1][1].append(word)
    return [(operator, one) for operator, one in found if one]
