"""The words that sesync has for one thing, as CONTRIBUTING lists them: looked for in all that it says in any test."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Rule(NamedTuple):
    """What no text of sesync's has, and what it says instead: in its source, in what it says, or in both."""

    wrong: str
    instead: str
    in_source: bool = True
    said: bool = True


RULES = (
    Rule(r"did you mean|[Pp]erhaps you|[Mm]aybe you", "Did you mean NAME?"),
    Rule(r"Did you mean [^?]*'sesync ", "Did you mean NAME?", in_source=False),
    Rule(r"\b(?:is|are|was|were|has|have) already\b|\balready (?:is|are|has|have|exists?|there)\b", "is there already"),
    Rule(r"(?<!Then, in open notebooks: )Kernel ▸ Restart", "Then, in open notebooks: Kernel ▸ Restart."),
    Rule(r"\b[Rr]eload (?!the page of JupyterLab)", "Reload the page of JupyterLab"),
    Rule(r"\bwhich one:|\bSay which one\b", "Say which: ..."),
    Rule(r"(?i)as you wish[;,.]", "As you wish: nothing was done."),
    Rule(r"\b[KMGT]iB\b|\bKB\b|\bMb\b", "1.5 GB, by view.size", said=False),  # uv and pip say such things
    Rule(r"(?m)[ \t]+$", "no blanks at the end of a line", in_source=False),
)
_OTHERS = (("kernel", "run"), ("tour",), ("completion",))  # commands that let other programs speak
_LABELLED = re.compile(r"^(Error: |Hint:  |Warning: )(.*)$", re.MULTILINE)


def wrong_words(words: Sequence[str], out: str, err: str) -> Iterator[str]:
    """What a command line said in words that are not those of sesync, each with what it should say."""
    home = os.environ.get("HOME", "")
    if any(tuple(words[: len(one)]) == one for one in _OTHERS) or "--json" in words:
        return
    for text in (out, err):
        for rule in RULES:
            for found in re.finditer(rule.wrong, text) if rule.said else ():
                line = text[: found.end()].rpartition("\n")[2]
                yield f"{line!r} is to be: {rule.instead}"
        if home and (at := re.search(rf"(?m)(?<![^\s(]){re.escape(home)}(?:/.*)?$", text)) and "report" not in words:
            yield f"home is to be ~: {at[0]!r}"
    for label, said in _LABELLED.findall(err):
        if label == "Error: " and re.search(r"[^.]\.$", said) and ": " not in said:  # what others said, they may end so
            yield f"an error ends in a full stop: {said!r}"
        if label == "Hint:  " and not re.search(r"[.?!:)]$|: [^.]*|\n", said):
            yield f"a hint is no sentence: {said!r}"
