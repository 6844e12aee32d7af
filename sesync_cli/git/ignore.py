"""A repository's own list of what git leaves alone, which a link into a data directory belongs on."""

import errno
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sesync_cli.disk import FULL
from sesync_cli.errors import Refused, SesyncError
from sesync_cli.git.work_tree import work_tree
from sesync_cli.plan import Report, by_hand
from sesync_cli.steps import RewriteFile

_UNWRITABLE = {*FULL, errno.EACCES, errno.EPERM, errno.EROFS}


def ignoring(links: Iterable[Path]) -> tuple[tuple["Hide", ...], tuple[str, ...]]:
    """The steps that make git leave these links alone, as far as any are needed; warnings where git cannot be told.

    What git has already it commits all the same, until it is taken out: for that there is a warning as well.
    """
    wanted: dict[Path, dict[Path, str]] = {}
    warnings: list[str] = []
    for parent, names in _by_folder(links).items():
        try:
            if not (found := _list_of(parent)):
                continue
            there, known = _lines(found.file), _tracked(parent, names)
            warnings += [_known(parent, name) for name in names if name in known]
            missing = {parent / name: line for name in names if (line := _line(found.inside / name)) not in there}
            if missing:
                _need_writable(found.file)
                wanted.setdefault(found.file, {}).update(missing)
        except (SesyncError, OSError) as error:
            what = f"{names[0]} as a new file" if len(names) == 1 else f"the links in {parent} as new files"
            warnings.append(f"git will show {what}: {error}")
    return tuple(_hide(file, missing) for file, missing in wanted.items()), tuple(warnings)


def forgetting(at: Path) -> tuple[RewriteFile, ...]:
    """The step that takes this link's line away again; none where there is no such line."""
    try:
        found = _list_of(at.parent)
        line = _line(found.inside / at.name) if found else ""
        if not found or line not in _lines(found.file):
            return ()
    except (SesyncError, OSError):
        return ()  # a link can be removed whatever is the matter with git
    shown = by_hand("sed", "-E", "-i", f"/^{re.escape(line).replace('/', chr(92) + '/')}$/d", found.file)
    return (Forget(found.file, partial(_without, (line,)), shown, f"Forgetting {at.name} in git's list"),)


@dataclass(frozen=True)
class Forget(RewriteFile):
    """Take a line away if that can be done: left where it is, it harms nobody."""

    def do(self, report: Report) -> None:
        try:
            super().do(report)
        except OSError as error:
            if error.errno not in _UNWRITABLE:
                raise
            self.undo()


@dataclass(frozen=True)
class Hide(RewriteFile):
    """Add lines for what is to become links; where it has not, its line goes again: git shall see a file that stays."""

    hidden: tuple[tuple[Path, str], ...] = ()

    def undo(self) -> None:
        lines = [line for path, line in self.hidden if not path.is_symlink()]
        if lines and self.path.exists():
            taken = replace(self, text=partial(_without, lines))
            with suppress(SesyncError, OSError):  # left where it is, it harms nobody
                RewriteFile.do(taken, lambda share, words: None)


class _List(NamedTuple):
    """The list of a work tree, and what a folder in that is called from its top."""

    file: Path
    inside: Path


def _by_folder(links: Iterable[Path]) -> dict[Path, list[str]]:
    found: dict[Path, list[str]] = {}
    for at in links:
        found.setdefault(at.parent, []).append(at.name)
    return found


def _hide(file: Path, missing: Mapping[Path, str]) -> "Hide":
    lines = tuple(missing.values())
    shown = "\n".join(f"{by_hand('echo', line)} >> {shlex.quote(str(file))}" for line in lines)
    what = next(iter(missing)).name if len(lines) == 1 else f"{len(lines):,} links"
    doing = f"Hiding {what} from git"
    return Hide(file, partial(_with, lines), shown, doing, mode=0o644, hidden=tuple(missing.items()))


def _tracked(parent: Path, names: Sequence[str]) -> frozenset[str]:
    """Those of these files and folders that git has, whole or in part."""
    from sesync_cli.git.client import ask_git

    said = ask_git(["ls-files", "-z", "--", *names], parent)
    return frozenset(path.partition("/")[0] for path in said.out.split("\0"))


def _known(parent: Path, name: str) -> str:
    command = by_hand("git", "-C", parent, "rm", "-r", "-f", "--cached", "--", name)
    return f"git has {name}, and would commit the link in its place: '{command}' takes it out of the next commit"


def _need_writable(file: Path) -> None:
    place = file.parent
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        raise Refused(f"you may not write {file}")


def _list_of(parent: Path) -> _List | None:
    folder = Path(os.path.realpath(parent))
    top = work_tree(folder)
    if top is None:
        return None
    from sesync_cli.git.client import ask_git

    said = ask_git(["rev-parse", "--git-path", "info/exclude"], folder)
    if said.code:
        lines = said.err.split("\n")
        raise SesyncError(f"git failed: {next(filter(None, reversed(lines)), f'exit code {said.code}')}")
    return _List(folder / said.out.removesuffix("\n"), folder.relative_to(top))


def _line(path: Path) -> str:
    # no line can hold a line break, so '?' stands for it; a blank at the end counts if it is escaped
    line = re.sub(r"[\n\r]", "?", re.sub(r"([\\*?\[])", r"\\\1", str(path)))
    return "/" + re.sub(r" (?= *$)", r"\\ ", line)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if file.exists() else []


def _with(lines: Sequence[str], old: str) -> str:
    end = "" if not old or old.endswith("\n") else "\n"
    return "".join([old, end, *(f"{line}\n" for line in lines)])


def _without(lines: Sequence[str], old: str) -> str:
    return "".join(one for one in old.splitlines(keepends=True) if one.rstrip("\r\n") not in lines)
