"""What a file system cannot hold: known by its kind, seen in what is there, or tried before anything is copied."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sesync_cli.directory import file_system
from sesync_cli.disk import FULL
from sesync_cli.errors import Conflict, Refused
from sesync_cli.leftovers import NO_LINKS, remove
from sesync_cli.put.entries import Shipment, There, some
from sesync_cli.view import size

ROOM = "Make room there first, or ask support for more."
_WINDOWS = ("exfat", "msdos", "vfat")  # of memory cards and USB disks: no links, and no capitals
_WITH_LINKS = ("btrfs", "ext2", "ext3", "ext4", "f2fs", "nfs", "nfs4", "overlay", "tmpfs", "xfs", "zfs")


def has_no_links(folder: str) -> bool:
    """Whether no link can be made in a folder, by the kind of its file system; others may still refuse."""
    return file_system(folder) in _WINDOWS


def knows_no_capitals(folder: str) -> bool:
    """Whether a folder has one file by two spellings, as far as that is seen without writing there."""
    if file_system(folder) in _WINDOWS:
        return True
    with suppress(OSError):
        names = set(os.listdir(folder))
        other = next((name.swapcase() for name in names if name.swapcase() not in names), "")
        return bool(other) and os.path.lexists(f"{folder}/{other}")
    return False


def _links_fail(folder: str, prefix: str) -> bool:
    """Whether no link can be made in a folder: where its kind does not tell, one is, and is removed."""
    if file_system(folder) in _WITH_LINKS:
        return False
    beside = f"{folder}/{prefix}link"
    try:
        remove(Path(beside))  # of a run that was killed in between
        os.symlink("nowhere", beside)
    except OSError as error:
        if error.errno not in (*NO_LINKS, *FULL):
            raise
        return error.errno in NO_LINKS
    os.unlink(beside)
    return False


class Links(NamedTuple):
    """The links that a move needs: all that are put, where they are `all_needed`, and one in each of these folders."""

    all_needed: bool = False
    left_in: Sequence[str] = ()

    def need_all(self, found: Shipment) -> None:
        """Refuse where one of them cannot be made."""
        for folder in self.left_in:
            if _links_fail(folder, found.prefix):
                raise no_link_left(folder)
        links = [one for one in found.entries if one.is_link and one.there != There.SAME] if self.all_needed else []
        if links and _links_fail(found.folder, found.prefix):
            raise not_whole([no_link_there(found.source(one)) for one in links])


NO_NEED = Links()
"""Of a copy."""


def no_link_there(path: str) -> str:
    """What to say of a link for which there is no place."""
    return f"{path} is a link, and there can be none"


def no_link_left(folder: str | Path) -> Conflict:
    return Conflict(
        f"there can be no links in {folder}, and '--move' leaves one", hint="Add '--no-link', and none is left."
    )


def not_whole(left: Sequence[str]) -> Refused:
    """The error for what is put to be moved, with what there cannot be of it."""
    hint = "Leave out '--move' to copy the rest."
    return Refused(f"this cannot be moved whole: {some(left)}", hint=hint, problems=left)


def lacking(found: Shipment) -> str:
    """What to say where there is not enough room, for the bytes or for so many files; empty where there is."""
    if found.free is not None and found.free < found.needs:
        return f"this takes about {size(found.needs)}, and there are {size(found.free)} left for {found.folder}"
    if found.free_files is not None and found.free_files < found.needs_files:
        return (
            f"this makes {found.needs_files:,} files and folders, and there is room for {found.free_files:,} more "
            f"in {found.folder}, however small they are"
        )
    return ""
