"""What does not belong into git, as `sesync where` judges it: secrets, large data, output, what programs leave."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from sesync_cli.files.inspection import FileFacts, inspected
from sesync_cli.files.kinds import Kind, kind_by_name
from sesync_cli.files.secret_scan import is_secret
from sesync_cli.files.sizes import MB, is_big, is_mostly_output, refined
from sesync_cli.files.software import is_software
from sesync_cli.names import few, one_line
from sesync_cli.site.settings import Site
from sesync_cli.view import size

_SECRET = "looks like a secret, and what is sent cannot be called back"
_WORK = frozenset({Kind.SOURCE, Kind.NOTEBOOK, Kind.DOCUMENT})
"""What people write, and git is for, however much of it there is."""


def doubts(top: Path, files: Sequence[str], site: Site) -> tuple[str, ...]:
    """A sentence for each of these files that should not be committed, and for folders and sums of them.

    The files are named as from the top.
    """
    folders, rest = _left_by_programs(top, files)
    told = [f"{one_line(folder)}/ ({_counted(len(inside))}) {_why_not(folder)}" for folder, inside in folders.items()]
    told += [f"{one_line(file)} {_SECRET}" for inside in folders.values() for file in inside if _is_secret(top / file)]
    fine: list[FileFacts] = []
    for file in rest:
        if (top / file).is_symlink() or not (top / file).is_file():
            continue
        found = inspected(str(top / file))
        if reason := _unfit(found, site):
            told.append(f"{one_line(file)} {reason}")
        else:
            fine.append(found)
    return (*told, *_too_much(top, fine, site))


def _left_by_programs(top: Path, files: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The outermost folders that programs fill by themselves, each with its files of these; and all the others."""
    known: dict[str, bool] = {}
    folders, rest = dict[str, list[str]](), list[str]()
    for file in files:
        for parent in map(str, reversed(PurePosixPath(file).parents[:-1])):
            if parent not in known:
                known[parent] = _is_temporary(parent) or is_software(str(top / parent))
            if known[parent]:
                folders.setdefault(parent, []).append(file)
                break
        else:
            rest.append(file)
    return folders, rest


def _is_temporary(path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith((".", "__")) and kind_by_name(name) == Kind.TEMPORARY


def _is_secret(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and is_secret(str(path), path.stat().st_size)


def _why_not(folder: str) -> str:
    if _is_temporary(folder):
        return "is what a program keeps for itself, and nobody else needs"
    return "is installed software, which others install for themselves from a list of packages"


def _unfit(found: FileFacts, site: Site) -> str:
    """Why a file should not be committed, in a few words that follow its name; empty if nothing speaks against it."""
    kind = refined(found, site)
    if kind == Kind.SECRET:
        return _SECRET
    if kind == Kind.TEMPORARY:
        return "is what a program has left, and nobody else needs it"
    if is_mostly_output(found):
        return f"has {size(found.told)} of output in it: in JupyterLab, Edit > Clear Outputs of All Cells"
    if kind == Kind.NOTEBOOK:
        return ""
    if is_big(found, site):
        return f"has {size(found.bytes)}: {_why(site)}"
    return f"has {'' if found.exact else 'about '}{found.rows:,} rows: {_why(site)}" if kind == Kind.LARGE_TABLE else ""


def _too_much(top: Path, found: Sequence[FileFacts], site: Site) -> Iterator[str]:
    """Files that are large together, though none of them is."""
    data = [one for one in found if refined(one, site) not in _WORK]
    total = sum(one.bytes for one in data)
    if total > site.where_large_mb * MB:
        largest = sorted(data, key=lambda one: -one.bytes)
        names = few([one_line(os.path.relpath(one.path, top)) for one in largest])
        yield f"{names} have {size(total)} together: {_why(site)}"


def _counted(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _why(site: Site) -> str:
    if site.has("data_path"):
        return "data belongs into the research data directory"
    return "git keeps each version of it for ever, in every clone"
