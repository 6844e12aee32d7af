"""Names that some file systems take for one: in capitals or small letters, with accents composed or not."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator


def alike(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Groups of these names that are one on some file systems."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[_folded(name)].append(name)
    return (tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def respelt(names: Iterable[str], there: set[str]) -> list[tuple[str, str]]:
    """Those of these names that are not there, each with one that is and that some file systems take for it."""
    missing = [name for name in names if name not in there]
    by_folded = {_folded(name): name for name in there} if missing else {}
    return [(name, by_folded[_folded(name)]) for name in missing if _folded(name) in by_folded]


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower().rstrip(". ") or name
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip(". ") or name
