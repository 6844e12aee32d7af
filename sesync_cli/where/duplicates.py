"""The same big file in two places."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sesync_cli.files.inspection import FileFacts

_BLOCK = 16_777_216  # bytes that are compared at once


def of_equal_size(found: Iterable[FileFacts], least: int) -> list[tuple[int, list[str]]]:
    """How long some files are, at least so many bytes, and their paths; of several names of one file, one."""
    by_size: dict[int, dict[tuple[int, int], str]] = defaultdict(dict)
    for one in found:
        if one.bytes >= least and not one.parts and not one.target:
            by_size[one.bytes].setdefault((one.device, one.inode), one.path)
    return [(size, list(paths.values())) for size, paths in by_size.items() if len(paths) > 1]


def duplicates(groups: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[str, ...] | None]:
    """Of files that are equally long, those that are the same; None after each piece of work."""
    for size, paths in groups:
        same = [paths]
        for at in range(0, size, _BLOCK):
            parted: list[list[str]] = []
            for group in same:
                by_digest: dict[bytes, list[str]] = defaultdict(list)
                for path in group:
                    by_digest[_digest(path, at)].append(path)
                    yield None
                parted += [equal for equal in by_digest.values() if len(equal) > 1]
            same = parted
        yield from map(tuple, same)


def _digest(path: str, at: int) -> bytes:
    from xxhash import xxh3_128_digest

    try:
        with open(path, "rb") as file:
            file.seek(at)
            return xxh3_128_digest(file.read(_BLOCK))
    except OSError:  # what cannot be read is like nothing else
        return os.fsencode(path)
