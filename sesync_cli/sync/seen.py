"""Where a branch of a server's has stood each time that it was looked at, kept longer than git remembers it.

Git forgets what was rewritten after a month, or keeps nothing at all (core.logAllRefUpdates).
"""

from sesync_cli.git.client import ask
from sesync_cli.lock import partial
from sesync_cli.sync.tracking import Branch
from sesync_cli.sync.working_copy import WorkingCopy

_PAGE = "sesync-seen"
_LONGEST = 2000  # times that are looked back upon


def remember(copy: WorkingCopy, branch: Branch) -> None:
    """Write down where the branch stands, as far as it was fetched."""
    line = f"{branch.commit} {branch.tracking}"
    if not branch.commit or line in (lines := _lines(copy)):
        return
    page = copy.common / _PAGE
    beside = partial(page, owner=copy.top)
    beside.write_text("".join(f"{one}\n" for one in [*lines, line][-_LONGEST:]))
    beside.replace(page)


def past(copy: WorkingCopy, branch: Branch) -> list[str]:
    """The commits at which the branch has stood, as far as git or we remember; of one that is not there, any of its
    server's branches.
    """
    if branch.commit:
        words = ["reflog", "show", f"--max-count={_LONGEST}", "--format=%H", branch.tracking, "--"]
        # the first entry also knows where the branch stood before it, which git tells by this alone
        words_before = ["merge-base", "--fork-point", branch.tracking, "HEAD"]
        said = [*ask(words, copy.top).out.split(), *ask(words_before, copy.top).out.split()]
    else:
        words = ["log", "--walk-reflogs", f"--max-count={_LONGEST}", "--format=%H", f"--remotes={branch.remote}", "--"]
        said = ask(words, copy.top).out.split()
    within = branch.tracking if branch.commit else f"refs/remotes/{branch.remote}/"
    kept = [line.partition(" ") for line in _lines(copy)]
    return list(dict.fromkeys((*said, *(commit for commit, _, name in kept if name.startswith(within)))))


def _lines(copy: WorkingCopy) -> list[str]:
    try:
        return (copy.common / _PAGE).read_text().splitlines()
    except FileNotFoundError:
        return []
