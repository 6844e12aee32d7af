"""Text as people see it: nothing in it commands the terminal, home is ~, and lines end between words."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from functools import cache

_LEAST = 12  # columns for words, however narrow the terminal is
_BLANK = "\ue000"  # a blank between two words that stay together; no text has it, since `printable` shows it otherwise
_COMMAND = re.compile(r"(?<![^\s(])'\S[^'\n]* [^'\n]*\S'(?!\w)")
_SHELL_WORD = re.compile(r"""(?<!\S)\#.*|(?:[^\s'"\\]|'[^']*'|"(?:\\.|[^"\\])*"|\\.)+""", re.DOTALL)


def shown(text: str) -> str:
    """The text as it is shown; what it names below home begins with ~, and can be typed as before."""
    text = printable(text)
    home = _named(os.path.expanduser("~")) if "/" in text else None
    return home.sub(_with_tilde, text) if home else text


def printable(text: str) -> str:
    """The text with control characters and undecodable bytes made visible, so that no name can command a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def cells(text: str) -> int:
    """The columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text in so many columns: a word stays whole, and a command in quotes if a line has room for it.

    A line goes on below where it began.
    """
    for line in text.split("\n"):
        if cells(line) <= width:
            yield line
            continue
        words = line.lstrip(" ")
        indent = line[: len(line) - len(words)]
        room = max(_LEAST, width - len(indent))
        for command in _COMMAND.findall(words):
            if cells(command) <= room:
                words = words.replace(command, command.replace(" ", _BLANK))
        yield from (indent + one.replace(_BLANK, " ") for one in _filled(words.split(" "), room))


def folded(command: str, width: int) -> Iterator[str]:
    """The lines of a shell's command in so many columns; a line that goes on ends as a shell has it."""
    words = _SHELL_WORD.findall(command)
    if command.startswith("#"):
        yield from (line if line.startswith("#") else f"# {line}" for line in wrapped(command, width - 2))
    elif cells(command) <= width or "\n" in command or _SHELL_WORD.sub("", command).strip():
        yield from command.split("\n")
    else:
        first, *rest = _filled(words, max(_LEAST, width - 6))
        lines = [first, *(f"    {line}" for line in rest)]
        yield from (f"{line} \\" for line in lines[:-1])
        yield lines[-1]


def _filled(words: Iterable[str], room: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and cells(f"{line} {word}") > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


@cache
def _named(home: str) -> re.Pattern[str] | None:
    """Where home, or a path below it, is a word of its own: for a reader, or in a shell's quotes."""
    spellings = [re.escape(one) for one in {home, os.path.realpath(home)} if os.path.isabs(one) and one.strip("/")]
    if not spellings:
        return None
    # behind '=' or ':' a shell does not take '~' for home
    anyhow = f"(?:{'|'.join(sorted(spellings, reverse=True))})"
    return re.compile(rf"(?<![^\s(`]){anyhow}(?![\w-]|\.\w)|(?<![^\s(])'(?P<whole>{anyhow}/(?P<below>[^'\n]*))'")


def _with_tilde(found: re.Match[str]) -> str:
    if found["whole"] is None:
        return "~"
    goes_on = found.string[found.end() :].startswith('"')  # a word with a quote in it
    needs_quotes = goes_on or shlex.quote(found["whole"]) != found["whole"]
    return f"~/'{found['below']}'" if needs_quotes else f"'~/{found['below']}'"
