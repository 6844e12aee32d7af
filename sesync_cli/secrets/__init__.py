"""What must not be read by others, struck out of texts or found in files: passwords, tokens, keys, people's addresses.

One list of rules serves both: rules.py has it, and is read when the first text comes that may need it.
"""

import functools
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sesync_cli.secrets.rule import Rule, Rules

_GONE = "***"
_LOGIN = r"(?<=://)(?!git@)[^/\s]+@"
_ADDRESS = r"\b(?!git@)[\w.+-]+@((?:[\w-]+\.)+[A-Za-z]{2,})\b"


def without_secrets(text: str) -> str:
    """The text with every password, token and key in it struck out: https://***@example.org, PGPASSWORD=***."""
    from sesync_cli.secrets.rule import Rules
    from sesync_cli.secrets.rules import BLOCKS, LINES, TOKENS

    for rule in (*BLOCKS.hinted(text), *TOKENS.hinted_by_long_words(text)):
        text = _compiled(rule.pattern).sub(_striking(rule), text)
    rules = Rules(*LINES.hinted(text)) if text.count("\n") > 1 else LINES
    return "\n".join(_struck(rules, line) for line in text.split("\n"))


def write_private(file: Path, text: str) -> None:
    """Write a text to a file that nobody else may read, if it is new."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)


def holds_secret(text: str, *, settings: bool = False) -> bool:
    """Whether a file with this text, of settings or of anything else, should never be shared.

    It holds what is a secret for certain; where a program reads settings, any word is a password, and none is code.
    """
    from sesync_cli.secrets.rules import BLOCKS, CERTAIN, HANDED, TOKENS

    if any(_found(rule, text) for rule in (*BLOCKS.hinted(text), *TOKENS.hinted_by_long_words(text))):
        return True
    options = " -" in text or "\t-" in text
    return _in_lines(CERTAIN, text) or (options and _in_lines(HANDED, text)) or (settings and _sets(text))


def without_logins(text: str) -> str:
    """The text with the name and password of every address in it struck out, and nothing else."""
    return _compiled(_LOGIN).sub(f"{_GONE}@", text)


def without_people(text: str, known: Collection[str] = ()) -> str:
    """The text with the mail addresses of people in it struck out, but for those that are known to all."""
    return _compiled(_ADDRESS).sub(lambda found: found[0] if found[0] in known else f"{_GONE}@{found[1]}", text)


def _struck(rules: "Rules", line: str) -> str:
    for rule in rules.hinted(line):
        line = _compiled(rule.pattern).sub(_striking(rule), line)
    return line


def _sets(text: str) -> bool:
    from sesync_cli.secrets.files import SETTINGS

    return _in_lines(SETTINGS, text)


def _in_lines(rules: "Rules", text: str) -> bool:
    from sesync_cli.secrets.rule import Rules

    hinted = rules.hinted(text)
    rules = Rules(*hinted)
    return bool(hinted) and any(_found(rule, line) for line in text.split("\n") for rule in rules.hinted(line))


def _found(rule: "Rule", text: str) -> bool:
    return rule.certain is not None and any(map(rule.certain, _compiled(rule.pattern).finditer(text)))


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:  # once one of its hints is met, not when a command starts
    return re.compile(pattern, re.MULTILINE)


@functools.cache
def _striking(rule: "Rule") -> Callable[[re.Match[str]], str]:
    def struck(found: re.Match[str]) -> str:
        if not found["it"].strip("\"'") or found["it"].startswith(_GONE) or not rule.strikes(found):
            return found[0]
        start, end = found.span("it")
        return found.string[found.start() : start] + _GONE + found.string[end : found.end()]

    return struck
