"""Text as people see it: nothing in it commands the terminal, home is ~, and lines end between words."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

_LEAST = 12  # columns for words, however narrow the terminal is
_WIDEST = 2  # columns that a letter takes at most
_BLANK = "\x1f"  # a blank between two words that stay together; no text has it, since `printable` shows it otherwise
_LABEL = re.compile(r" +\S+ {2,}(?=\S)")
_COMMAND = re.compile(r"(?<![^\s(])'\S[^'\n]* [^'\n]*\S'(?!\w)")
_SHELL_WORD = re.compile(r"""(?<!\S)\#.*|(?:[^\s'"\\]|'[^']*'|"(?:\\.|[^"\\])*"|\\.)+""", re.DOTALL)


def shown(text: str) -> str:
    """The text as people see it: printable, and with ~ for home."""
    return with_tilde(printable(text))


def with_tilde(text: str) -> str:
    """The text in which what is below home begins with ~, where a reader takes it for that."""
    home = _home() if "/" in text else None
    return home.named.sub(_spelt, text) if home else text


def typed(command: str) -> str:
    """A shell's command as it is shown: home is ~ at the beginning of its words, where a shell takes it for that."""
    home = _home() if "/" in command else None
    text = printable(command)
    return _SHELL_WORD.sub(lambda found: home.shortened(found[0]), text) if home else text


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


def wrapped(text: str, width: int, least: int = _LEAST) -> Iterator[str]:
    """The lines of a text in so many columns: a word stays whole, and a command in quotes if a line has room for it.

    A line goes on below where it began, or where what follows a label did: `  data    link ...`. Words have at `least`
    so many columns, however narrow it is.
    """
    for line in text.split("\n"):
        if len(line) * _WIDEST <= width or cells(line) <= width:
            yield line
            continue
        labelled = _LABEL.match(line)
        begin = labelled.end() if labelled else len(line) - len(line.lstrip(" "))
        lead, words, indent = line[:begin], line[begin:], " " * cells(line[:begin])
        room = max(least, width - len(indent))
        for command in _COMMAND.findall(words):
            if cells(command) <= room:
                words = words.replace(command, command.replace(" ", _BLANK))
        for number, one in enumerate(_filled(words.split(" "), room)):
            yield (indent if number else lead) + one.replace(_BLANK, " ")


def folded(command: str, width: int) -> Iterator[str]:
    """The lines of a shell's command in so many columns; a line that goes on ends as a shell has it."""
    lines = command.split("\n")
    if len(lines) > 1:
        # a line that is no command by itself is in quotes that go on: those stay as they are
        apart = all(map(_is_whole, lines))
        yield from (part for line in lines for part in (folded(line, width) if apart else [line]))
    elif command.startswith("#"):
        yield from (f"# {line}" for line in wrapped(command[1:].lstrip(), width - 2))
    elif len(command) * _WIDEST <= width or cells(command) <= width or not _is_whole(command):
        yield command
    else:
        words = _SHELL_WORD.findall(command)
        first, *rest = _filled(words, max(_LEAST, width - 6))
        lines = [first, *(f"    {line}" for line in rest)]
        yield from (f"{line} \\" for line in lines[:-1])
        yield lines[-1]


def _is_whole(command: str) -> bool:
    return not _SHELL_WORD.sub("", command).strip()


def _filled(words: Iterable[str], room: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and cells(f"{line} {word}") > room:
            yield line.rstrip()
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


class _Home(NamedTuple):
    """Where home is: `named` where a text names it or what is below it, as a word of its own or in quotes."""

    named: re.Pattern[str]
    plain: re.Pattern[str]
    quoted: re.Pattern[str]

    def shortened(self, word: str) -> str:
        """A word of a command with ~ for home, if it begins with it; a comment is a text."""
        if word.startswith("#"):
            return self.named.sub(_spelt, word)
        if found := self.quoted.match(word):
            rest = word[found.end() :]
            return f"~/{shlex.quote(rest[:-1])}" if "'" not in rest[:-1] else f"~/'{rest}"
        return self.plain.sub("~", word, count=1)


def _home() -> _Home | None:
    return _home_at(os.path.expanduser("~"))


@cache
def _home_at(home: str) -> _Home | None:
    """What finds this home in texts; None where home is nobody's own."""
    spellings = {one for one in (home, os.path.realpath(home)) if os.path.isabs(one) and one.strip("/")}
    if not spellings:
        return None
    plain = f"(?:{'|'.join(sorted(map(re.escape, spellings), reverse=True))})"
    quoted = f"(?:{'|'.join(sorted((re.escape(shlex.quote(f'{one} ')[1:-2]) for one in spellings), reverse=True))})"
    end = r"(?=/|$|[\s'`\")\]]|[.,:;?!](?:\s|$))"
    # behind '=' or ':' nobody takes '~' for home
    named = rf"(?m)(?<![^\s(`]){plain}{end}|(?<![^\s(])'(?P<whole>{quoted}/(?P<below>[^'\n]*))'"
    return _Home(re.compile(named), re.compile(rf"^{plain}(?=/|$)"), re.compile(rf"^'{quoted}/"))


def _spelt(found: re.Match[str]) -> str:
    if found["whole"] is None:
        return "~"
    if found.string[found.end() :].startswith('"'):  # a word with a quote in it goes on
        return f"~/'{found['below']}'"
    is_named = shlex.quote(found["whole"]) == found["whole"]  # in quotes that no shell needs
    return f"'~/{found['below']}'" if is_named else f"~/{shlex.quote(found['below'])}"
