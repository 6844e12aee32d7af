"""Requirements that do not fit together, as one sentence: who wants what."""

import re
from collections.abc import Iterable

from sesync_cli.python.distributions import canonical

_WORD = r"[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?"
_RANGE = r"(?:\s*\(?[<>=!~]=?=?\s*[\w.*+!-]+(?:\s*,\s*[<>=!~]=?=?\s*[\w.*+!-]+)*\)?)?"
_PIP_ASKED = re.compile(rf"^\W*The user requested (?P<held>\(constraint\) )?(?P<what>{_WORD}{_RANGE})", re.MULTILINE)
_PIP_NEEDS = re.compile(rf"^\W*(?P<who>{_WORD} [\w.+!]+) depends on (?P<what>{_WORD}{_RANGE})", re.MULTILINE)
_UV_ASKED = re.compile(rf"(?<!conclude that )you require (?P<what>{_WORD}{_RANGE})")
_UV_NEEDS = re.compile(
    rf"(?P<who>(?:all versions of )?{_WORD}{_RANGE}) depends? on (?P<what>(?!Python\b){_WORD}{_RANGE})"
)
_MOST = 3  # demands in a sentence
_CONSTRAINT = "a constraint"  # who demands it where neither a package nor the person does

Demand = tuple[str, str]  # who, empty for the person; and what


def conflict(text: str) -> str:
    """tree 1.0 needs leaf<2, and you ask for leaf>=2; empty where the log does not say it so that it can be told."""
    story = " ".join(text.split())
    demands = list(_demands((_PIP_ASKED, _PIP_NEEDS), text)) or list(_demands((_UV_ASKED, _UV_NEEDS), story))
    by_name: dict[str, list[Demand]] = {}
    for who, what in dict.fromkeys(demands):
        by_name.setdefault(_name(what), []).append((who, what))
    clashes = [wants for wants in by_name.values() if len({what for _, what in wants}) > 1]
    if clashes:
        return _sentence(min(clashes, key=len)[:_MOST])
    return next((_wanted_by_all(wants) for wants in by_name.values() if all(who for who, _ in wants)), "")


def held(text: str) -> str:
    """What a person can do about it, by whether a file of constraints has a part in it."""
    if any(match["held"] for match in _PIP_ASKED.finditer(text)):
        return "A file of constraints holds it: the one that PIP_CONSTRAINT, pip's settings or '-c' name."
    return "Ask for fewer fixed versions, or give them a kernel of their own."


def asked_by_person(text: str) -> str:
    """What uv says that the person requires: tree, leaf>=2."""
    story = " ".join(text.split())
    return ", ".join(dict.fromkeys(_tidy(match["what"]) for match in _UV_ASKED.finditer(story)))


def _demands(patterns: Iterable["re.Pattern[str]"], text: str) -> Iterable[Demand]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            words = match.groupdict()
            who = _CONSTRAINT if words.get("held") else words.get("who") or ""
            who = who.replace("==", " ").removeprefix("all versions of ")
            yield who, _tidy(match["what"])


def _sentence(wants: list[Demand]) -> str:
    wants = sorted(wants, key=lambda one: not one[0])
    parts = [_part(who, what) for who, what in wants]
    *rest, last = parts
    return f"{', '.join(rest)}, and {last}" if rest else last


def _part(who: str, what: str) -> str:
    if who == _CONSTRAINT:
        return f"{who} holds {what}"
    return f"{who} needs {what}" if who else f"you ask for {what}"


def _wanted_by_all(wants: list[Demand]) -> str:
    return f"{' and '.join(who for who, _ in wants[:_MOST])} need {wants[0][1]}, which is not to be had here"


def _tidy(what: str) -> str:
    return re.sub(r"\s*\(?([<>=!~,]=?=?)\s*", r"\1", what).rstrip(").")


def _name(what: str) -> str:
    return canonical(re.split(r"[\s\[<>=!~(]", what, maxsplit=1)[0])
