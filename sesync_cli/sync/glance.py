"""How a clone stands, in a few numbers: for a list of many."""

from dataclasses import dataclass

OK, HALF_DONE, IN_CONFLICT, UNREADABLE = "ok", "half done", "in conflict", "unreadable"


@dataclass(frozen=True)
class Glance:
    """A clone by its branch, and how much of what is in it is nowhere else.

    `repository` is what the site's GitLab calls it, and `address` where it is from, without a password; both are None
    where there is no server, and so are the numbers of commits. `changed_files` are those that git knows, `new_files`
    those that it does not. `unsent_commits` are the branch's own that no server has had from here, `other_commits`
    those of the other branches, and `stashes` what `git stash` has put away. `state` is OK, HALF_DONE after a run of
    sesync that was killed, IN_CONFLICT, or UNREADABLE, and `problem` says why.
    """

    repository: str | None = None
    address: str | None = None
    branch: str | None = None
    changed_files: int | None = None
    new_files: int | None = None
    unsent_commits: int | None = None
    other_commits: int | None = None
    stashes: int | None = None
    state: str = OK
    problem: str | None = None
