"""Links among what is committed: git keeps where they lead, and not what is there."""

import os
from collections.abc import Sequence

from sesync_cli.git.client import ask_git, pieces
from sesync_cli.names import few, one_line
from sesync_cli.plan import by_hand
from sesync_cli.sync.working_copy import WorkingCopy

_POINTER = "^/annex/objects/"  # how what git-annex puts in the place of an unlocked file begins
_ANNEX = "/.git/annex/objects/"  # git-annex.branchable.com, "internals": where its locked files lead


def links(copy: WorkingCopy, files: Sequence[str]) -> tuple[str, ...]:
    """What a person should know of these files of which only a link goes."""
    targets = {file: os.readlink(copy.top / file) for file in files if (copy.top / file).is_symlink()}
    annexed = [file for file, target in targets.items() if _ANNEX in f"/{target}"]
    outside = [file for file in targets if file not in annexed and _leads_out(copy, file, targets[file])]
    told = (f"only a link goes of {_named(outside)}: what it leads to is not in this repository",) if outside else ()
    return (*_annexed(copy, annexed), *told)


def unlocked(copy: WorkingCopy, committed: Sequence[str]) -> tuple[str, ...]:
    """The same of files that git-annex keeps and that are no links here: what it has put in their place went."""
    if not committed or not (copy.common / "annex").is_dir():
        return ()
    found = list[str]()
    for some in pieces(committed):
        said = ask_git(["grep", "--name-only", "-z", "-e", _POINTER, "HEAD", "--", *some], copy.top).out
        found += [line.removeprefix("HEAD:") for line in said.split("\0") if line]
    return _annexed(copy, found)


def _annexed(copy: WorkingCopy, files: Sequence[str]) -> tuple[str, ...]:
    if not files:
        return ()
    servers = ask_git(["remote"], copy.top).out.split()
    server = next((one for one in servers if one == "origin"), servers[0] if servers else "SERVER")
    send = by_hand("git", "-C", copy.top, "annex", "copy", "--to", server, "--", *files)
    return (f"git-annex keeps {_named(files)}: only a link to it goes, and '{send}' sends what is in it",)


def _leads_out(copy: WorkingCopy, file: str, target: str) -> bool:
    if os.path.isabs(target):
        return True
    return os.path.normpath(os.path.join(os.path.dirname(file), target)).startswith("..")


def _named(files: Sequence[str]) -> str:
    return few([one_line(file) for file in files])
