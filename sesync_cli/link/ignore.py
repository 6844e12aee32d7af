"""A repository's own list of what git leaves alone, which a link into a data directory belongs on."""

import errno
import os
import re
import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sesync_cli.disk import FULL
from sesync_cli.errors import SesyncError
from sesync_cli.git.work_tree import work_tree
from sesync_cli.plan import Report, by_hand
from sesync_cli.steps import RewriteFile

_UNWRITABLE = {*FULL, errno.EACCES, errno.EPERM, errno.EROFS}


def ignoring(at: Path) -> tuple[tuple[RewriteFile, ...], tuple[str, ...]]:
    """The step that makes git leave this link alone, if one is needed, and a warning where git cannot be told."""
    try:
        found = _entry(at)
    except (SesyncError, OSError) as error:
        return (), (f"git will show {at.name} as a new file: {error}",)
    if not found or found[1] in _lines(found[0]):
        return (), ()
    file, line = found
    shown = f"{by_hand('echo', line)} >> {shlex.quote(str(file))}"
    return (RewriteFile(file, partial(_with, line), shown, f"Hiding {at.name} from git", mode=0o644),), ()


def forgetting(at: Path) -> tuple[RewriteFile, ...]:
    """The step that takes this link's line away again; none where there is no such line."""
    try:
        found = _entry(at)
        if not found or found[1] not in _lines(found[0]):
            return ()
    except (SesyncError, OSError):
        return ()  # a link can be removed whatever is the matter with git
    file, line = found
    shown = by_hand("sed", "-E", "-i", f"/^{re.escape(line).replace('/', chr(92) + '/')}$/d", file)
    return (Forget(file, partial(_without, line), shown, f"Forgetting {at.name} in git's list"),)


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


def _entry(at: Path) -> tuple[Path, str] | None:
    folder = Path(os.path.realpath(at.parent))
    top = work_tree(folder)
    if top is None:
        return None
    from sesync_cli.git.client import ask_git

    said = ask_git(["rev-parse", "--git-path", "info/exclude"], folder)
    if said.code:
        lines = said.err.split("\n")
        raise SesyncError(f"git failed: {next(filter(None, reversed(lines)), f'exit code {said.code}')}")
    return folder / said.out.removesuffix("\n"), _line((folder / at.name).relative_to(top))


def _line(path: Path) -> str:
    # no line can hold a line break, so '?' stands for it
    return "/" + re.sub(r"([\\*?\[])", r"\\\1", str(path)).replace("\n", "?")


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if file.exists() else []


def _with(line: str, old: str) -> str:
    return f"{old}{'' if not old or old.endswith(chr(10)) else chr(10)}{line}\n"


def _without(line: str, old: str) -> str:
    return "".join(one for one in old.splitlines(keepends=True) if one.rstrip("\r\n") != line)
