"""What has to be over before anything is exchanged, and how to get over it."""

from collections.abc import Sequence

from sesync_cli.errors import Conflict, NotReady, SesyncError
from sesync_cli.git import lfs
from sesync_cli.git.client import ask_git, setting
from sesync_cli.git.large_files import kept_apart
from sesync_cli.names import few, one_line, shortened
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync.history import commits
from sesync_cli.sync.status import Status
from sesync_cli.sync.working_copy import WorkingCopy

_BEGUN = {  # what git keeps while it waits for a person, and the word for it
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}


def need_calm(copy: WorkingCopy, status: Status) -> None:
    """Raise what stands in the way of any exchange: something begun, a conflict, no branch."""
    git = ("git", "-C", copy.top)
    need_nothing_begun(copy, status)
    if status.conflicts:
        raise Conflict(
            f"files in {copy.shown} have two versions in them: {shortened(status.conflicts, 5)}",
            hint="Between <<<<<<< and ======= is yours, from there to >>>>>>> theirs: keep what is right, and"
            f" '{by_hand(*git, 'add', 'FILE')}' says that it is.",
        )
    if not status.branch:
        raise _detached(copy)


def need_git_lfs(copy: WorkingCopy, files: Sequence[str], site: Site) -> None:
    """Raise where one of these would be committed as a whole, though Git LFS is to keep it at its own server."""
    whole = [file for file in files if (copy.top / file).is_file() and not (copy.top / file).is_symlink()]
    apart = kept_apart(copy.top, whole)
    if not apart or (lfs.has_program() and setting(f"filter.{lfs.FILTER}.clean", copy.top)):
        return
    hint = "'git lfs install' sets it up, once; then run this again."
    if not lfs.has_program():
        hint = f"Ask {site.support} to install git-lfs, or leave these files out."
    raise NotReady(
        f"Git LFS keeps {few([one_line(file) for file in apart])} here, and it is not set up for you", hint=hint
    )


def need_nothing_begun(copy: WorkingCopy, status: Status) -> None:
    """Raise what git keeps while it waits for a person."""
    begun = next((word for name, word in _BEGUN.items() if (copy.git_dir / name).exists()), "")
    if begun == "bisect":
        raise Conflict(
            f"a search through the history (bisect) is under way in {copy.shown}",
            hint=f"'{by_hand('git', '-C', copy.top, 'bisect', 'reset')}' ends it; then run this again.",
        )
    if begun:
        raise _unfinished(copy, status, begun)


def _unfinished(copy: WorkingCopy, status: Status, begun: str) -> SesyncError:
    git = ("git", "-C", copy.top)
    left = f", and these files wait for a decision: {shortened(status.conflicts, 5)}" if status.conflicts else ""
    finish = "commit" if begun == "merge" else begun
    words = () if begun == "merge" else ("--continue",)
    return Conflict(
        f"a {begun} was begun in {copy.shown} and is not finished{left}",
        hint=f"'{by_hand(*git, finish, *words)}' finishes it once that is done;"
        f" '{by_hand(*git, begun, '--abort')}' goes back to how it was before.",
    )


def _detached(copy: WorkingCopy) -> SesyncError:
    git = ("git", "-C", copy.top)
    held = ask_git(
        ["for-each-ref", "--contains=HEAD", "--format=%(refname)", "refs/heads", "refs/remotes"], copy.top
    ).out
    if not held.strip():
        count = len(commits(copy, "HEAD", "")[:1])
        return Conflict(
            f"{copy.shown} is on no branch, and has {'a commit' if count == 1 else 'commits'} that no branch holds",
            hint=f"'{by_hand(*git, 'switch', '-c', 'NAME')}' makes a branch of it, so that it is kept and can be sent.",
        )
    head = ask_git(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"], copy.top).out.strip()
    usual = head.partition("/")[2] or "BRANCH"
    return Conflict(
        f"{copy.shown} shows an earlier state and is on no branch",
        hint=f"'{by_hand(*git, 'switch', usual)}' goes back to the latest; '{by_hand(*git, 'switch', '-c', 'NAME')}'"
        " begins a branch from here.",
    )
