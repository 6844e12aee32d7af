"""The files that a shell reads when it starts: what they set, what bash cannot read of them, and taking lines out."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.doctor.script import SetLine, SetLines, lines_in
from sesync_cli.errors import Conflict, SesyncError
from sesync_cli.plan import Plan, by_hand, opening
from sesync_cli.run import ProgramFailed, run
from sesync_cli.steps import RewriteFile

_FIRST = (".bash_profile", ".bash_login", ".profile")  # of which a login bash reads the first that is there
_BASH = (".bashrc", ".bash_aliases")
_OTHERS = {"zsh": (".zshenv", ".zprofile", ".zshrc", ".zlogin")}
_LARGEST = 1_000_000  # bytes; a larger file is none that somebody wrote
_SECONDS = 5.0  # that bash may take to read a file without running it
_CLEAN = {"PATH": os.defpath, "LC_ALL": "C"}  # what bash says is known in English
_ERROR = re.compile(r": line (?P<line>\d+): (?P<said>.+)")


@dataclass(frozen=True)
class TakeOut:
    """What makes comments of these lines of one file."""

    lines: Sequence[SetLine]

    @property
    def _file(self) -> Path:
        return self.lines[0].file

    @property
    def command(self) -> str:
        """What does that, or opens the file at the last of them."""
        return self._by_hand if self.mend else opening(self._file, self.lines[-1].number)

    @cached_property
    def mend(self) -> Plan | None:
        """The plan that does it; None where it would leave no whole script, or take something else along."""
        if not all(one.alone and one.file == self._file for one in self.lines):
            return None
        if self.lines[0].script and _complaint(self._commented(text_of(self._file))):
            return None
        step = RewriteFile(self._file, self._commented, self._by_hand, f"Taking out {self.lines[0].name}")
        places = " and ".join(one.place for one in self.lines)
        return Plan((step,), f"Made a comment of {places}.")

    @property
    def _by_hand(self) -> str:
        changes = [word for one in self.lines for word in ("-e", f"{one.number}s/^/# /")]
        return by_hand("sed", "-i", "--follow-symlinks", *changes, self._file)

    def _commented(self, text: str) -> str:
        """The file with these lines as comments; a Conflict where they are others by now."""
        lines = text.split("\n")
        for one in self.lines:
            if lines[one.number - 1 : one.number] != [one.text]:
                raise Conflict(f"{self._file} has changed meanwhile", hint="Run the command again.")
            lines[one.number - 1] = f"# {one.text}"
        return "\n".join(lines)


def lines_that_set(caller: Caller) -> dict[str, SetLines]:
    """What the person's start files set for certain, by name."""
    found: dict[str, SetLines] = {}
    for file in start_files(caller):
        lines_in(text_of(file), file, found)
    return found


def start_files(caller: Caller) -> list[Path]:
    """The files that the person's shell reads and that there are, in the order in which it reads them."""
    shell = os.path.basename(caller.env.get("SHELL") or "bash")
    logins = [name for name in _FIRST if (caller.home / name).is_file()]
    names = _OTHERS.get(shell, (*logins[:1], *_BASH))
    return [path for name in names if (path := caller.home / name).is_file() and path.stat().st_size <= _LARGEST]


def login_file(caller: Caller) -> Path:
    """The file for what is to hold in every new terminal."""
    there = [caller.home / name for name in _FIRST if (caller.home / name).is_file()]
    return (there or [caller.home / ".profile"])[0]


def text_of(file: Path) -> str:
    """The text of a file that is not too large, each byte as it is; empty for one that may not be read."""
    try:
        with open(file, "rb") as stream:
            return stream.read(_LARGEST).decode(errors="surrogateescape")
    except OSError:
        return ""


def faults_of_files(caller: Caller) -> Iterator[Finding]:
    """What bash cannot read of its files; it is not run."""
    why = "Bash passes over the rest of that file, or all of it."
    for file in start_files(caller):
        text = text_of(file)
        if file.name not in (*_FIRST, *_BASH):
            continue
        if not os.access(file, os.R_OK):
            message, way = f"you may not read your own {file}", by_hand("chmod", "u+r", file)
            yield Finding("start file", message, f"'{way}' mends it.", why=why, command=way)
        elif "\r\n" in text:
            yield _of_windows(file)
        elif place := _ERROR.search(_complaint(text)):
            edit = opening(file, int(place["line"]))
            is_open = any(end in place["said"] for end in ("unexpected EOF", "end of file"))
            said = "a quote, an if or the like is not closed" if is_open else "a syntax error"
            message = f"bash does not understand {file}: {said}, seen in line {place['line']}"
            yield Finding("start file", message, f"'{edit}' opens it there.", why=why, command=edit)


def _of_windows(file: Path) -> Finding:
    command = by_hand("sed", "-i", "--follow-symlinks", r"s/\r$//", file)
    step = RewriteFile(file, lambda text: text.replace("\r\n", "\n"), command, f"Giving {file.name} the ends of lines")
    message = f"{file} has the line ends of Windows, which bash takes for a part of each command"
    plan = Plan((step,), f"Gave {file} the line ends that bash knows.")
    return Finding(
        "start file", message, f"'{command}' takes them away.", plan, why="Nothing in it works.", command=command
    )


def _complaint(text: str) -> str:
    """What bash says of a script that it only reads; empty if it understands it."""
    try:
        run(["bash", "-n", "/dev/stdin"], said=text, env=_CLEAN, seconds=_SECONDS, exact=True)
    except ProgramFailed as failure:
        return failure.output.err
    except (SesyncError, OSError):
        return ""
    return ""
