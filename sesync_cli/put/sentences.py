"""What a put says: what it is about to do, what stays out, and what came of it."""

import os
from collections.abc import Iterable

from sesync_cli.plan import by_hand
from sesync_cli.put.attributes import SEEN
from sesync_cli.put.entries import Shipment, There, some
from sesync_cli.put.limits import lacking
from sesync_cli.put.request import PutRequest
from sesync_cli.put.steps import PutTally, unreadable_folders
from sesync_cli.view import size


def warnings(found: Shipment) -> Iterable[str]:
    if found.odd:
        yield f"left out: {some(found.odd)}"
    if found.secrets:
        yield f"left out, since your whole group could read these secrets: {some(found.secrets)}"
    if found.unreadable:
        yield f"this cannot be looked into: {some(unreadable_folders(found))}"
    if found.told_secrets:
        yield f"all who may read {found.folder} can read these secrets: {some(found.told_secrets)}"
    if found.respelt:
        taken = some(f"{path} is {other}" for path, other in found.respelt)
        yield f"capitals and small letters are one there, and this was there already: {taken}"
    if found.astray:
        yield f"links that lead out of what you put, and may lead nowhere from there: {some(found.astray)}"
    if little := lacking(found):
        yield little
    if found.access_lists:
        lists = "access lists ('getfacl' shows them)"
        yield f"{lists} stay behind, and the rights of {found.folder} hold there: {some(found.access_lists)}"
    if found.bare:
        yield f"extended attributes ({SEEN}) stay behind, since there can be none there: {some(found.bare)}"


def secrets_question(found: Shipment) -> str:
    """The question about secrets that were named themselves."""
    if not found.told_secrets:
        return ""
    these, them = ("these secrets", "them") if len(found.told_secrets) > 1 else ("this secret", "it")
    return f"All who may read {found.folder} could read {these}: {some(found.told_secrets)}. Put {them} there?"


def closed_warning(tally: PutTally) -> str:
    folders = sorted(tally.closed)
    return (
        f"your group may not be able to read what you put: you are not in the group that {some(folders)} belongs to, "
        "so it could not be given to that group"
    )


def refused_warning(tally: PutTally) -> str:
    paths = some(sorted(tally.refused))
    return f"some of the extended attributes ({SEEN}) of these do not fit there, and stayed behind: {paths}"


def shown(found: Shipment) -> str:
    lines = [by_hand("mkdir", "-p", found.folder)] if found.made else []
    new, there = found.files(There.NOTHING), found.files(There.SAME)
    words = f"{counted(found, new)} to copy" + (f", {counted(found, there)} there already" if there else "")
    pairs = list(zip(found.sources, found.finals, strict=True))
    renamed = any(os.path.basename(source) != os.path.basename(final) for source, final in pairs)
    each = pairs if renamed else [(*found.sources, f"{found.folder}/")]
    lines += [by_hand("cp", "-a", "-n", *one) for one in each]
    return "\n".join([*lines[:-1], f"{lines[-1]}  # {words}"])


def there_already(found: Shipment, finals: list[str]) -> str:
    whole = found.files()
    if not whole:
        return f"{place_named(found, finals)} is there already."
    return f"{counted(found, whole)} {'is' if len(whole) == 1 else 'are'} in {place_named(found, finals)} already."


def place_named(found: Shipment, finals: list[str]) -> str:
    return finals[0] if len(finals) == 1 else found.folder


def moved_words(request: PutRequest, tally: PutTally) -> str:
    if not request.link:
        return " The originals are removed."
    whose = "where it was" if len(request.sources) == 1 else "where each was"
    return f" A link to it is {whose}." if tally.links else ""


def bytes_of(found: Shipment, numbers: Iterable[int]) -> int:
    """Bytes of these files, one with several names once."""
    files = ((number, found.entries[number].facts) for number in numbers if found.entries[number].is_file)
    return sum({number if facts.changed else -facts.inode: facts.size for number, facts in files}.values())


def counted(found: Shipment, numbers: list[int]) -> str:
    return f"{len(numbers):,} {'file' if len(numbers) == 1 else 'files'} ({size(bytes_of(found, numbers))})"
