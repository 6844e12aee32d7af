"""Names that some file systems do not take, or take for one: in capitals or small letters, accents composed or not."""

import errno
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sesync_cli.errors import Conflict, SesyncError
from sesync_cli.leftovers import remove

_OURS = 0o700
_ODDEST = 40  # letters of a name that are tried
_DOUBTFUL = '\\:*?"<>|'


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


def try_names(finals: Iterable[str], folder: str, prefix: str) -> None:
    """Write an empty file into a folder with each kind of letters in these names that some file systems do not take."""
    tried: set[str] = set()
    for final in finals:
        name = os.path.basename(final)
        odd = "".join(letter for letter in name if _is_odd(letter))[:_ODDEST]
        if name[-1] in ". ":
            odd += name[-1]
        if odd and odd not in tried:
            tried.add(odd)
            _try(os.path.join(folder, f"{prefix}name{odd}"), final)


def try_alike(groups: Sequence[Sequence[str]], folder: str, prefix: str) -> None:
    """Write empty files with names that are one on file systems that do not tell capitals from small letters."""
    if not groups:
        return
    beside = os.path.join(folder, f"{prefix}names")
    remove(Path(beside))
    os.mkdir(beside, _OURS)
    try:
        for group in groups:
            _need_several(group, beside)
    finally:
        remove(Path(beside))


def _need_several(group: Sequence[str], beside: str) -> None:
    seen = ""
    for path in group:
        try:
            os.close(os.open(os.path.join(beside, os.path.basename(path)), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise _would_be_one(seen, path) from None
        seen = path


def need_no_capitals(groups: Sequence[Sequence[str]]) -> None:
    """Refuse names of which capitals alone make two."""
    for group in groups:
        seen: dict[str, str] = {}
        for path in group:
            name = os.path.basename(path).casefold()
            if name in seen:
                raise _would_be_one(seen[name], path)
            seen[name] = path


def _would_be_one(one: str, other: str) -> Conflict:
    hint = "Give one of them another name, or put it by itself with '--as NAME'."
    return Conflict(f"{one} and {other} would be one: these names are the same there", hint=hint)


def _is_odd(letter: str) -> bool:
    return letter in _DOUBTFUL or not letter.isascii() or not letter.isprintable()


def _try(path: str, final: str) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EILSEQ, errno.ENOENT, errno.ENAMETOOLONG):
            raise
        hint = "Give it another name, for instance without the letters " + " ".join(_DOUBTFUL) + "."
        raise SesyncError(f"there is no such name as {final} on that file system", hint=hint) from None
    os.unlink(path)


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower().rstrip(". ") or name
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip(". ") or name
