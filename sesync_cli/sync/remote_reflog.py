"""Where a branch of a server's has stood each time that it was looked at, kept longer than git remembers it.

Git forgets what was rewritten after a month, or keeps nothing at all (core.logAllRefUpdates).
"""

import contextlib
import re
from collections.abc import Mapping

from sesync_cli.git.client import ask_git
from sesync_cli.leftovers import written_whole
from sesync_cli.sync.tracking import RemoteBranch
from sesync_cli.sync.working_copy import WorkingCopy

_PAGE = "sesync-seen"
_LINE = re.compile(r"[0-9a-f]{40,64} refs/\S+")
_LONGEST = 2000  # times that are looked back upon


def remember(copy: WorkingCopy, places: Mapping[str, str]) -> None:
    """Write down at which commits branches stand; they are named in full, as git keeps them here."""
    lines = _lines(copy)
    new = [line for ref, commit in places.items() if (line := f"{commit} {ref}") not in lines]
    if not new:
        return
    text = "".join(f"{one}\n" for one in [*lines, *new][-_LONGEST:])
    # git remembers for a while, too
    with contextlib.suppress(OSError), written_whole(copy.common / _PAGE, copy.place, 0o666) as file:
        file.write(text.encode())


def past(copy: WorkingCopy, branch: RemoteBranch) -> list[str]:
    """The commits at which this branch of a server has stood, as far as git or we remember."""
    logged = ask_git(["reflog", "show", f"--max-count={_LONGEST}", "--format=%H", branch.tracking, "--"], copy.top)
    # the first entry also knows where the branch stood before it, which git tells by this alone
    before = ask_git(["merge-base", "--fork-point", branch.tracking, "HEAD"], copy.top)
    return [*logged.out.split(), *before.out.split(), *seen(copy, branch.tracking)]


def past_of_all(copy: WorkingCopy, remote: str) -> list[str]:
    """The same for all branches of a server."""
    words = ["log", "--walk-reflogs", f"--max-count={_LONGEST}", "--format=%H", f"--remotes={remote}", "--"]
    return [*ask_git(words, copy.top).out.split(), *seen(copy, f"refs/remotes/{remote}/")]


def seen(copy: WorkingCopy, name: str) -> list[str]:
    """The commits at which the branch of this full name was seen, or all below a name that ends in a slash."""
    pairs = (line.partition(" ") for line in _lines(copy))
    return [
        commit for commit, _, tracking in pairs if tracking == name or (name[-1] == "/" and tracking.startswith(name))
    ]


def _lines(copy: WorkingCopy) -> list[str]:
    try:
        text = (copy.common / _PAGE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if _LINE.fullmatch(line)]
