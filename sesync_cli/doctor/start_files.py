"""The files that a shell reads when it starts: what they set, in which line, and taking such a line out."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.errors import SesyncError
from sesync_cli.plan import Plan, by_hand, opening
from sesync_cli.run import ProgramFailed, run
from sesync_cli.steps import RewriteFile

_BASH = (".bash_profile", ".bash_login", ".profile", ".bashrc", ".bash_aliases")
_ZSH = (".zshenv", ".zprofile", ".zshrc", ".zlogin")
_CSH = (".cshrc", ".tcshrc", ".login")
_LARGEST = 1_000_000  # bytes of such a file that is read
_SECONDS = 5.0  # that bash may take to read a file without running it
_CLEAN = {"PATH": os.defpath, "LC_ALL": "C"}  # what bash says is known in English
_VALUE = r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s;&|#]*)"
_SETS = r"^[ \t]*(?:export[ \t]+|declare -x[ \t]+|setenv[ \t]+)?(?P<name>[A-Za-z_]\w*)[= ]" + _VALUE
_ALONE = re.compile(_SETS + r"[ \t]*(?:#.*)?$")
_ANYWHERE = re.compile(r"\b(?:export|setenv)[ \t]+(?:\w+=\S+[ \t]+)*(?P<name>[A-Za-z_]\w*)[= ]" + _VALUE)
_UNSETS = re.compile(r"^[ \t]*(?:unset|unsetenv)[ \t]+(?:-v[ \t]+)?(?P<names>[\w \t]+)")
_ERROR = re.compile(r": line (?P<line>\d+): (?P<said>.+)")


@dataclass(frozen=True)
class SetLine:
    """A line that sets something: its number and text, and the value as it is written, without quotes.

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

    @property
    def command(self) -> str:
        """What takes it out, or opens the file there."""
        return self._by_hand if self.mend else opening(self.file, self.number)

    @cached_property
    def mend(self) -> Plan | None:
        """The plan that makes a comment of it; None where the file would not be a whole script any more."""
        if not self.alone or (self.script and _complaint(self._commented(_text(self.file)))):
            return None
        step = RewriteFile(self.file, self._commented, self._by_hand, f"Taking out {self.name}")
        return Plan((step,), f"Made a comment of {self.place}.")

    @property
    def _by_hand(self) -> str:
        return by_hand("sed", "-i", f"{self.number}s/^/# /", self.file)

    def _commented(self, text: str) -> str:
        """The file with this line as a comment; as it is if that is another line by now."""
        lines = text.split("\n")
        if lines[self.number - 1 : self.number] == [self.text]:
            lines[self.number - 1] = f"# {self.text}"
        return "\n".join(lines)


def lines_that_set(caller: Caller) -> dict[str, SetLine]:
    """The last line that sets each variable in the files of the person's own; what is unset again is not among them."""
    found: dict[str, SetLine] = {}
    for file in start_files(caller.home):
        for number, line in enumerate(_text(file).split("\n"), 1):
            if gone := _UNSETS.match(line):
                for name in gone["names"].split():
                    found.pop(name, None)
            elif one := _set_in(line, number, file):
                found[one.name] = one
    return found


def start_files(home: Path) -> list[Path]:
    """Those of a shell's files that there are in a home, in the order in which they are read."""
    return [path for name in (*_BASH, *_ZSH, *_CSH) if (path := home / name).is_file()]


def broken_scripts(home: Path) -> Iterator[Finding]:
    """What bash cannot read of its files; it is not run."""
    for file in (home / name for name in _BASH):
        if not file.is_file():
            continue
        said = _complaint(_text(file))
        if place := _ERROR.search(said):
            edit = opening(file, int(place["line"]))
            message = f"bash does not understand line {place['line']} of {file}: {place['said']}"
            why = "It passes over the rest of that file, or all of it."
            yield Finding("start file", message, f"'{edit}' opens it there.", why=why, command=edit)


def _set_in(line: str, number: int, file: Path) -> SetLine | None:
    alone = _ALONE.match(line)
    found = alone or (_ANYWHERE.search(line) if not line.lstrip().startswith("#") else None)
    if not found:
        return None
    return SetLine(file, number, line, found["name"], found["value"].strip("\"'"), bool(alone), file.name not in _CSH)


def _complaint(text: str) -> str:
    """What bash says of a script that it only reads; empty if it understands it."""
    try:
        run(["bash", "-n", "/dev/stdin"], said=text, env=_CLEAN, seconds=_SECONDS, exact=True)
    except ProgramFailed as failure:
        return failure.output.err
    except (SesyncError, OSError):
        return ""
    return ""


def _text(file: Path) -> str:
    with open(file, "rb") as stream:
        return stream.read(_LARGEST).decode(errors="surrogateescape")
