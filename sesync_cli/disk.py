"""What file systems hold and have free, and the errors for those that are full."""

import errno
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NoRoom, Refused, SesyncError
from sesync_cli.view import size

PARTIAL = ".sesync-partial"
"""How a name begins under which something is built beside its place, by `leftovers.partial`."""

FULL = {errno.ENOSPC: "full", errno.EDQUOT: "over your quota"}
_FULL_TEXTS = {"No space left on device": errno.ENOSPC, "Disk quota exceeded": errno.EDQUOT}
_FULL_TEXTS |= {form.format(number): number for number in FULL for form in ("[Errno {}]", "(os error {})")}

_SHARED = 100_000_000_000  # bytes; a larger disk is many people's, not nearly full while there is room for one of them
_NOTHING = 100_000  # bytes that are left on a disk that is full: a file of some size did not fit
_NOT_WRITTEN = re.compile(
    r"(?i)(unable to|cannot|could not|failed to|can't) (write|create|append|store|flush|copy)|write error"
)
_QUOTED_PATH = re.compile(r"'(/[^'\n]+)'")
_ANY_PATH = re.compile(r"[`'\"](/[^`'\"\n]+)[`'\"]|(?<![\w/.:~-])(/[^\s`'\":;,()]+)")
_UNEXPLAINED = 0.05  # of a file system that is free: what did not fit has been taken away again
_ELSEWHERE = "'mkdir -p ~/tmp && export TMPDIR=~/tmp' has temporary files elsewhere; then run the same command again."
_MAKE_ROOM = "Make room first: 'sesync usage' shows what fills your home, 'sesync usage --clean' asks what may go."


@dataclass(frozen=True)
class Room:
    """A file system as `df` sees it: where it is mounted, bytes in all, used and free for this user."""

    mount: Path
    total: int
    used: int
    free: int


def room(path: Path) -> Room:
    """The room on the file system of this path, or of the nearest folder above it that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    facts = os.statvfs(path)
    mount = Path(os.path.realpath(path))
    while not os.path.ismount(mount):
        mount = mount.parent
    block = facts.f_frsize
    used = (facts.f_blocks - facts.f_bfree) * block
    return Room(mount, facts.f_blocks * block, used, facts.f_bavail * block)


def is_full(path: Path) -> bool:
    """Whether there is no room for another file on the file system of this path: no bytes, or no numbers for files."""
    try:
        return holds_no_more(os.statvfs(room(path).mount))
    except OSError:
        return False


def holds_no_more(facts: os.statvfs_result) -> bool:
    """Whether a file system has no bytes left, or no numbers for files."""
    return facts.f_bavail * facts.f_frsize < _NOTHING or has_no_numbers(facts)


def has_no_numbers(facts: os.statvfs_result) -> bool:
    """Whether a file system that counts its files takes no more of them."""
    return facts.f_files > 0 and not facts.f_favail


def no_room(path: Path, number: int) -> NoRoom:
    """The error for a write below `path` that failed with ENOSPC or EDQUOT."""
    here, temporary = room(path), next(filter(path.is_relative_to, _temporary()), None)
    facts = os.statvfs(here.mount)
    if number == errno.EDQUOT:
        what = f"is {FULL[number]} (the disk itself has {size(here.free)} left, but your share of it is used up)"
    elif here.free < max(_NOTHING, here.total * _UNEXPLAINED):
        what = f"is {FULL[number]} ({size(here.used)} of {size(here.total)} used)"
    elif has_no_numbers(facts):
        what = f"is {FULL[number]} (it takes no more files than the {facts.f_files:,} that it has)"
    else:
        what = f"is {FULL[number]}"
    message = f"the file system {here.mount} {what}, while writing below {temporary or path}"
    return NoRoom(message, hint=_advice(path, here))


def need_room(needs: Iterable[tuple[int, Path]]) -> None:
    """Refuse to begin what cannot fit: so many bytes below each of these paths, added up where they share a disk."""
    rooms = [(count, room(path)) for count, path in needs]
    for _, here in rooms:
        count = sum(count for count, other in rooms if other.mount == here.mount)
        if here.free < count:
            raise NoRoom(
                f"this takes about {size(count)}, and {here.mount} has {size(here.free)} free", hint=_MAKE_ROOM
            )


def full_place(text: str, *folders: Path) -> Path:
    """Where the disk is full, by the words of a program that met it, and else by what these folders have free.

    Temporary files may be on another disk, which is looked at too. What was written may be gone by now.
    """
    lines = [line for line in text.splitlines() if full_in(line)]
    named = [Path(quoted or bare) for line in lines for quoted, bare in _ANY_PATH.findall(line)]
    places = [*folders, *_temporary()]
    full = next(filter(is_full, (*named, *places)), None)
    return full or (named[-1] if named else min(places, key=lambda place: room(place).free))


def _temporary() -> list[Path]:
    """Where programs put what they throw away: what TMPDIR says, and what is taken where that cannot be used."""
    import tempfile  # which most commands do without

    said = os.environ.get("TMPDIR", "")
    return list(dict.fromkeys([*([Path(said)] if os.path.isdir(said) else []), Path(tempfile.gettempdir())]))


def _advice(path: Path, here: Room) -> str:
    """What helps there: room in the home, or another folder for temporary files, or room on that very disk."""
    home = Path(os.path.expanduser("~"))
    if path.is_relative_to(home) or here.mount == room(home).mount:
        return _MAKE_ROOM
    if any(path.is_relative_to(place) for place in _temporary()):
        return _ELSEWHERE
    return f"Make room there first: 'sesync usage {shlex.quote(str(here.mount))}' shows what fills it."


def left_if_low(home: Path, warn_percent: int, quota: int | None, left: int | None = None) -> int | None:
    """The bytes that are left in a home of which so many percent are used, or more; None if there is room.

    `quota` are the bytes that it may have, if that is known, and `left` those that its quota still lets it have.
    """
    here = room(home)
    limit = min(here.total, _SHARED) if quota is None else quota
    free = here.free if left is None else min(here.free, left)
    return free if free < limit * (100 - warn_percent) / 100 else None


def full_in(text: str) -> int | None:
    """ENOSPC or EDQUOT, if a program's output says that it met one of them."""
    return next((number for words, number in _FULL_TEXTS.items() if words in text), None)


def path_of(error: OSError, otherwise: str) -> str:
    """The path that an error names; of some open files the system names but their number, which is no place.

    What was about to be built beside its place has a name that tells nobody anything: its folder is named.
    """
    path = otherwise if isinstance(error.filename, int) else os.fsdecode(error.filename or otherwise)
    folder, name = os.path.split(path)
    return folder if name.startswith(PARTIAL) else path


def system_failure(error: OSError, home: Path) -> SesyncError | None:
    """What an operating system's error means for a person; None where it means a bug."""
    path = Path(path_of(error, str(home)))
    if error.errno in FULL:
        named = isinstance(error.filename, str | bytes)  # what was open already is not named
        return no_room(path if named else full_place("", path), error.errno)
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refused(f"you may not write or read {path}", hint="'ls -ld' on it shows whose it is.")
    if error.errno == errno.EROFS:
        return Refused(f"{path} is on a file system that is read-only", hint="Choose another place, or ask support.")
    if error.errno in (errno.EIO, errno.ESTALE, errno.ENOTCONN):
        return SesyncError(f"{path}: {error.strerror}", hint="Its disk or file server has a problem: tell support.")
    if error.errno == errno.ENAMETOOLONG:
        return SesyncError(f"the name is too long: {path}", hint="Choose a shorter one.")
    return None


def out_of_room(text: str, *folders: Path) -> SesyncError | None:
    """The error for the disk here that is full, if by a program's words it failed for that."""
    number = full_in(text)
    if number is None and not _NOT_WRITTEN.search(text):
        return None
    places = [*map(Path, _QUOTED_PATH.findall(text)), *folders, *_temporary()]
    full = next(filter(is_full, places), places[0] if number else None)
    return no_room(full, number or errno.ENOSPC) if full else None
