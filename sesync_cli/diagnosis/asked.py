"""Words that ask for packages, asked otherwise: in another version, in any, or for another package."""

import re
from collections.abc import Mapping, Sequence

from sesync_cli.python.distributions import canonical

_WORD = re.compile(r"(?P<head>(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?)\s*(?P<range>[<>=!~].*)?")


def name_in(word: str) -> str:
    """The package that a word asks for, by its canonical name; empty for a path or an address."""
    match = _WORD.fullmatch(word)
    return canonical(match["name"]) if match else ""


def range_in(word: str) -> str:
    """The versions that a word asks for, as in >=2,<3; empty for any."""
    match = _WORD.fullmatch(word)
    return (match["range"] if match else "") or ""


def is_exact(words: Sequence[str], name: str) -> bool:
    """Whether the package, or any of them if it is not named, is asked for in one very version."""
    return any(range_in(word).startswith("==") and name_in(word) == (name or name_in(word)) for word in words)


def with_versions(words: Sequence[str], versions: Mapping[str, str]) -> tuple[str, ...]:
    """The words with these versions of packages, which need not be among them."""
    there = {name_in(word) for word in words}
    pinned = (f"{_head(one)}=={versions[name_in(one)]}" if name_in(one) in versions else one for one in words)
    return (*pinned, *(f"{name}=={version}" for name, version in versions.items() if name not in there))


def in_any_version(words: Sequence[str], name: str, *, exact: bool) -> tuple[str, ...]:
    """The words without the versions of a package; with `exact` only if it is one very version."""
    return tuple(_head(one) if _means(one, name) and (not exact or is_exact([one], name)) else one for one in words)


def instead(words: Sequence[str], name: str, other: str) -> tuple[str, ...]:
    """The words with another package for this one."""
    return tuple(other if _means(word, name) else word for word in words)


def _means(word: str, name: str) -> bool:
    return bool(name) and name_in(word) == name


def _head(word: str) -> str:
    match = _WORD.fullmatch(word)
    return match["head"] if match else word
