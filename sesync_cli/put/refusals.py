"""What speaks against a put, said before anything is copied."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from sesync_cli.errors import Conflict, NotFound, Refused, WrongWords
from sesync_cli.put.checksums import NAME, read_manifest
from sesync_cli.put.children import children_told
from sesync_cli.put.entries import ODD, Shipment, There, some
from sesync_cli.put.limits import has_no_links, no_link_left, not_whole
from sesync_cli.put.mixing import need_no_mixing
from sesync_cli.put.paths import Paths
from sesync_cli.put.portable_names import need_no_capitals
from sesync_cli.put.request import PutRequest
from sesync_cli.put.steps import WHOSE, unreadable_folders
from sesync_cli.workers import Guard, Tell


def check_paths(request: PutRequest, paths: Paths, directory: Path, guard: Guard) -> list[Path]:
    """The sources that are where they shall be already, moved by an earlier run.

    Refuses what would leave the data directory, put a thing into itself, or cannot be written or removed. A child
    looks, since to look may hang.
    """

    def check(tell: Tell) -> None:
        folder = directory / paths.folder
        if request.manifest:
            check_manifest(folder / NAME)
        top, inner = os.path.realpath(directory), os.path.realpath(folder)
        if not _below(inner, top):
            raise Refused(f"{folder} leads out of the data directory, to {inner}", hint="Choose another folder.")
        if os.path.lexists(folder) and not folder.is_dir():
            raise Conflict(f"{folder} is not a folder", hint="Choose another folder.")
        reals = [os.path.realpath(source) for source in paths.sources]
        for source, real, name in zip(paths.sources, reals, paths.names, strict=True):
            final = os.path.join(inner, name)
            if _is_moved(source, final, request):
                tell(str(source))
                continue
            _check_source(source, request, paths)
            _check_nesting(source, real, final, [one for one in reals if one != real])
            if not os.path.lexists(final) and not os.access(_nearest(folder), os.W_OK | os.X_OK):
                place = _nearest(folder)
                raise Refused(f"you can read {place}, but not write to it", hint="'ls -ld' on it shows whose it is.")

    return [Path(one) for one in children_told([check], guard)]


def check_found(found: Shipment, request: PutRequest) -> None:
    """Refuse what would lose, mix or leave out something unasked."""
    if request.manifest:
        _need_no_manifest(found)
    if found.knows_no_capitals:
        need_no_capitals(found.alike)
    need_no_mixing(found)
    blocked = [one for one in found.entries if one.there == There.BLOCKED]
    others = [one for one in found.entries if one.there == There.ANOTHER]
    if blocked:
        paths = some(found.final(one) for one in blocked)
        whole = [found.final(one) for one in blocked]
        hint = "'--as NAME' gives another name."
        raise Conflict(f"something else is in the way, and it stays: {paths}", hint=hint, problems=whole)
    if others and not request.replace:
        paths = some(found.final(one) for one in others)
        hint = "'--as NAME' gives what you put another name, and '--replace' asks for each file."
        whole = [found.final(one) for one in others]
        raise Conflict(f"other files are there already, and stay: {paths}", hint=hint, problems=whole)
    secrets = [f"{path} looks like a secret" for path in found.secrets]
    if request.move and (left := [*found.odd, *secrets, *(f"{path} cannot be read" for path, _ in found.unreadable)]):
        raise not_whole(left)
    if found.unreadable and not has_work(found, range(len(found.entries))):
        raise Refused(
            f"this cannot be looked into: {some(unreadable_folders(found))}",
            hint=WHOSE,
            problems=unreadable_folders(found),
        )


def _need_no_manifest(found: Shipment) -> None:
    """Refuse a source that would be the file of the checksums, on some file systems or on all."""
    for source, final in zip(found.sources, found.finals, strict=True):
        if os.path.basename(final).upper() == NAME:
            hint = "'--as NAME' gives it another name. Or leave out '--manifest': 'put --check' reads its sums, too."
            raise Conflict(f"{source} would be the very file that '--manifest' writes into", hint=hint)


def has_work(found: Shipment, chosen: Iterable[int]) -> bool:
    """Whether any of these entries is to be made."""
    return any(found.entries[number].there == There.NOTHING for number in chosen)


def check_manifest(at: Path) -> None:
    """Refuse to begin what could not be written down in the end."""
    if os.path.lexists(at) and (at.is_symlink() or not at.is_file()):
        hint = "Move it out of the way, or put what you have into a folder of its own."
        raise Conflict(f"{at} is no file, and checksums are kept in one of this name", hint=hint)
    for _ in read_manifest(str(at)) if at.is_file() else ():
        continue


def _is_moved(source: Path, final: str, request: PutRequest) -> bool:
    if not os.path.lexists(final):
        return False
    if source.is_symlink():
        return os.path.realpath(source) == final
    # a run that was killed may have removed the source and not yet made its link
    return request.move and not os.path.lexists(source) and source.parent.is_dir()


def _check_source(source: Path, request: PutRequest, paths: Paths) -> None:
    try:
        found = os.lstat(source)
    except FileNotFoundError:
        raise NotFound(f"there is no {source}", hint="'ls' shows what there is.") from None
    kind = stat.S_IFMT(found.st_mode)
    if kind in ODD:
        raise Refused(f"{source} is {ODD[kind]}, which has no contents to put", hint="Put files and folders.")
    if kind == stat.S_IFLNK:
        hint = "Put what it leads to; a link in a folder is put as a link."
        raise Refused(f"{source} is a link to {os.readlink(source)}", hint=hint)
    if request.move:
        _check_removable(source, paths.home)
        if request.link and has_no_links(str(source.parent)):
            raise no_link_left(source.parent)


def _check_removable(source: Path, home: Path) -> None:
    if _below(os.path.realpath(home), os.path.realpath(source)):
        raise Refused(f"{source} holds your home, which stays", hint="Name the folders in it that shall be moved.")
    if not os.access(source.parent, os.W_OK | os.X_OK):
        raise Refused(f"you may not remove {source}", hint="Leave out '--move' to copy it.")


def _check_nesting(source: Path, real: str, final: str, others: list[str]) -> None:
    if os.path.lexists(final) and os.path.samefile(source, final):
        raise Conflict(f"{source} is in the data directory already", hint="There is nothing to do.")
    if _below(final, real):
        raise Conflict(f"{source} holds the place that it shall be put into", hint="Choose another folder.")
    if _below(real, final):
        raise Conflict(f"{source} is in {final} itself", hint="Give it another name with '--as NAME'.")
    if around := [one for one in others if _below(real, one)]:
        raise WrongWords(f"{source} is in {around[0]}, which is put as a whole", hint="Leave out one of the two.")


def _below(path: str, top: str) -> bool:
    """Whether this is that folder, or in it."""
    return path == top or path.startswith(top.rstrip("/") + "/")


def _nearest(folder: Path) -> Path:
    return folder if folder.exists() else _nearest(folder.parent)
