"""Where a person has to decide: what stands against each other, by whom, and what to type for each way out."""

import os
from itertools import count

from sesync_cli.errors import Conflict
from sesync_cli.git.client import ask_git
from sesync_cli.names import few, one_line
from sesync_cli.plan import by_hand
from sesync_cli.sync.exchange import Exchange
from sesync_cli.sync.history import commit_of, commits
from sesync_cli.sync.remote_reflog import seen
from sesync_cli.sync.status import INSIDE, RIGHTS, exists, no_folder, without_rights
from sesync_cli.sync.summary import counted, people
from sesync_cli.sync.tracking import branches, default_branch, holding
from sesync_cli.sync.working_copy import WorkingCopy

_MOST_NAMED = 20  # files on a command line that is to be read
_UNCHANGED = "nothing was changed and nothing is lost"


def blocked(found: Exchange, paths: list[str], *, own: bool) -> Conflict:
    """Files that both sides have changed; `own` says that all that are here are to be committed anyway."""
    if not own and all(_has_other_rights(found, path) for path in paths):
        return _rights(found, paths)
    if own:
        hint = "Add '--merge' to commit yours and join the two; if the same lines were changed, it stops and says so."
    elif found.own.taken_away or not all(_can_be_committed(found, path) for path in paths):
        hint = _aside(found, *paths)
    else:
        again = found.copy.again("--merge", "-m", "TEXT", files=paths)
        if len(paths) > _MOST_NAMED:
            again = f"{found.copy.again('--merge', '-m', 'TEXT')} FILE..."
        joins = f"'{again}' commits yours and joins the two, if not the same lines were changed."
        hint = f"{joins} Or {_aside(found, *paths)}"
    return Conflict(
        f"{_named(paths)}: changed by you, and meanwhile also by {_by(found, paths)}; {_UNCHANGED}", hint=hint
    )


def hidden(found: Exchange, paths: list[str]) -> Conflict:
    """Files with something in them that a filter keeps from git, and that others have changed."""
    return Conflict(
        f"{_named(paths)}: has parts that git does not keep here (a filter takes them out, as it does with a notebook's"
        f" output), and was meanwhile changed by {_by(found, paths)}; {_UNCHANGED}",
        hint=_aside(found, *paths),
    )


def diverged(found: Exchange) -> Conflict:
    """Commits on both sides."""
    theirs, ours = found.incoming, found.own.commits
    them = people(theirs)
    again = found.copy.again("--merge")
    return Conflict(
        f"{found.copy.shown} and the server have gone different ways: you have {counted(ours)} that the server"
        f" has not, and it has {counted(theirs)} that you have not, by {them}. {_UNCHANGED.capitalize()}",
        hint=f"'{again}' joins the two, if not the same lines were changed; else it stops, and you talk to"
        f" {them}, or to {found.attempt.site.support}.",
    )


def cut_off(found: Exchange) -> Conflict:
    """A history of which only the latest commits are here, so that nobody can tell how it goes with the one here."""
    upstream = found.tracks.upstream
    more = by_hand("git", "-C", found.copy.top, "fetch", "--unshallow", upstream.remote)
    return Conflict(
        f"only the latest commits of {one_line(upstream.shown)} are here, so that nobody can tell what they have in"
        f" common with yours; {_UNCHANGED}",
        hint=f"'{more}' gets the rest; then run this again.",
    )


def rewritten(found: Exchange) -> Conflict:
    """Commits of one's own on top of some that were taken away at the server."""
    away, upstream = found.own.taken_away, found.tracks.upstream
    put_on_top = by_hand(
        *("git", "-C", found.copy.top, "rebase", "--autostash", "--onto", upstream.shown, away[0].id[:10]),
        found.status.branch,
    )
    them = people(away)
    return Conflict(
        f"the history of {one_line(upstream.name)} was rewritten at the server: {counted(away)} by {them} that you have"
        f" {'is' if len(away) == 1 else 'are'} no longer there, and you have {counted(found.own.commits)} of your own"
        f" on top. {_UNCHANGED.capitalize()}",
        hint=f"Ask {them} why. '{put_on_top}' puts yours on top of what is there now; then '{found.copy.again()}' sends"
        " them.",
    )


def no_longer_there(found: Exchange) -> Conflict:
    """Commits that would be sent, and that the server has had in some branch and has no longer in any."""
    gone, copy, target = found.own.gone, found.copy, found.tracks.target
    span = found.status.branch if target.name == found.status.branch else f"{found.status.branch}:{target.name}"
    send = by_hand("git", "-C", copy.top, "push", *(() if target.commit else ("-u",)), target.remote, span)
    was, is_ = ("was", "is") if len(gone) == 1 else ("were", "are")
    return Conflict(
        f"your branch {one_line(found.status.branch)} has {counted(gone)} by {people(gone)} that {was} at the server"
        f" once and {is_} there no longer, which may have a reason; nothing was sent, and nothing is lost",
        hint=f"Somebody has taken that away, or has removed the branch that had it. Ask {people(gone)}; then '{send}'"
        " sends it again.",
    )


def vanished(found: Exchange) -> Conflict:
    """The branch that is followed was removed at the server, or renamed."""
    copy, upstream, mine = found.copy, found.tracks.upstream, found.own.commits
    name = one_line(upstream.name)
    gone = f"the branch {name} that you are on is no longer at the server: somebody has removed or renamed it"
    last = next(iter(reversed(seen(copy, upstream.tracking))), "") if mine else found.status.commit
    now = next(iter(holding(copy, upstream.remote, last)), "") if last else ""
    if not mine:
        return Conflict(
            f"{gone}. All that you have is in {one_line(now)} there; {_UNCHANGED}",
            hint=f"{_going_on(found, now)}; then run this again.",
        )
    by = people(mine)
    only = f"{gone}. {counted(mine)} by {by} {'is' if len(mine) == 1 else 'are'} in none of its branches"
    if now:
        only += f"; what it had before is in {one_line(now)}"
    ways = [_following(found, now)] if now else [_going_on(found, usual)] if (usual := _usual(found)) else []
    return Conflict(
        f"{only}. {_UNCHANGED.capitalize()}",
        hint=f"Ask whoever did it. {'; or '.join([*ways, _sending_again(found)])}.",
    )


def _usual(found: Exchange) -> str:
    """The server's usual branch, as far as it is known."""
    known, remote = branches(found.copy, found.tracks.upstream.remote), found.tracks.upstream.remote
    return next((one for one in (default_branch(found.copy, remote), "main", "master", *known) if one in known), "")


def _going_on(found: Exchange, name: str) -> str:
    copy, remote = found.copy, found.tracks.upstream.remote
    words: tuple[str, ...] = ("switch", name)
    if not commit_of(copy, f"refs/heads/{name}"):
        words = ("switch", "-c", name, "--track", f"{remote}/{name}")
    return f"'{by_hand('git', '-C', copy.top, *words)}' goes on with {one_line(name)}"


def _following(found: Exchange, name: str) -> str:
    """Have what is here go on with the branch that has taken the place of the one that it followed."""
    git, remote = ("git", "-C", found.copy.top), found.tracks.upstream.remote
    words = f"{by_hand(*git, 'branch', '-m', name)} && {by_hand(*git, 'branch', '-u', f'{remote}/{name}')}"
    if commit_of(found.copy, f"refs/heads/{name}"):
        words = f"{by_hand(*git, 'switch', name)} && {by_hand(*git, 'merge', found.status.branch)}"
    return f"'{words}' has yours go on with {one_line(name)}; then run this again"


def _sending_again(found: Exchange) -> str:
    git, upstream, mine = ("git", "-C", found.copy.top), found.tracks.upstream, found.status.branch
    send = by_hand(*git, "push", "-u", upstream.remote, mine)
    known = branches(found.copy, upstream.remote)
    taken = next((one for one in known if one.startswith(f"{mine}/") or mine.startswith(f"{one}/")), "")
    if not taken:
        return f"'{send}' sends it to the server again"
    send = f"{by_hand(*git, 'branch', '-m', 'NAME')} && {by_hand(*git, 'push', '-u', upstream.remote, 'NAME')}"
    return f"'{send}' sends it under another name, since {one_line(taken)} leaves no room for this one"


def another_branch(found: Exchange) -> Conflict:
    """A branch of the same name at the server, which the one here does not follow, and which has commits of its own."""
    target, upstream = found.tracks.target, found.tracks.upstream
    follow = by_hand("git", "-C", found.copy.top, "branch", f"--set-upstream-to={target.shown}", found.status.branch)
    return Conflict(
        f"your branch {one_line(found.status.branch)} follows {one_line(upstream.shown)}, and {one_line(target.shown)}"
        f" has {counted(found.unseen)} that you have not, by {people(found.unseen)};"
        f" {_UNCHANGED}",
        hint=f"If yours is the same branch, '{follow}' has it follow that one; then run this again. If not, give yours"
        f" another name: '{by_hand('git', '-C', found.copy.top, 'branch', '-m', 'NAME')}'.",
    )


def _named(paths: list[str]) -> str:
    return few([one_line(path) for path in paths])


def _by(found: Exchange, paths: list[str]) -> str:
    span = (found.tracks.upstream.commit or f"refs/remotes/{found.tracks.upstream.shown}", found.status.commit)
    return people(one for path in paths[:5] for one in commits(found.copy, *span, path=path)) or "others"


def _aside(found: Exchange, path: str, *others: str) -> str:
    """What keeps one's own file beside, or takes its removal back, so that the others' can come."""
    copy, top = found.copy, found.copy.top
    if any(change.path == path and change.commit and change.kind != INSIDE for change in found.status.changes):
        update = by_hand("git", "-C", top, "submodule", "update", "--checkout", "--", path)
        return f"'{update}' goes back to the commit that belonged there; then run this again."
    words, instead = [], no_folder(copy, path) or path
    if exists(copy, instead):
        words.append(by_hand("mv", "--", copy.typed(instead), copy.typed(_beside(copy, instead))))
    if ask_git(["ls-files", "-z", "--", path], top).out:
        in_head = bool(ask_git(["ls-tree", "-z", "HEAD", "--", path], top).out)
        back = ("checkout", "HEAD", "--", path) if in_head else ("rm", "--quiet", "--cached", "--", path)
        words.append(by_hand("git", "-C", top, *back))
    what = "keeps yours beside" if exists(copy, instead) else "takes that back"
    each = ", and so for each of them" if others else ""
    return f"'{' && '.join(words)}' {what}{each}; then run this again, and compare."


def _has_other_rights(found: Exchange, path: str) -> bool:
    return any(change.path == path and change.kind == RIGHTS for change in found.status.changes)


def _rights(found: Exchange, paths: list[str]) -> Conflict:
    away = without_rights(found.copy)
    return Conflict(
        f"{_named(paths)}: of yours only the rights have changed, and {_by(found, paths)} changed what is in it;"
        f" {_UNCHANGED}",
        hint=f"'{away}' has git leave rights alone, which some disks show as they like; then run this again. Or"
        f" '{found.copy.again('--merge', '-m', 'TEXT', files=paths[:_MOST_NAMED])}' commits them and joins the two.",
    )


def _can_be_committed(found: Exchange, path: str) -> bool:
    """Whether git sees a change there: not what it was told to leave alone, and no repository in a file's place."""
    return any(
        change.path == path or (change.path.endswith("/") and f"{path}/".startswith(change.path))
        for change in found.status.own
        if change.kind != INSIDE
    )


def _beside(copy: WorkingCopy, path: str) -> str:
    begin, suffix = os.path.splitext(path)
    names = (f"{begin}-mine{number or ''}{suffix}" for number in count())
    return next(name for name in names if not exists(copy, name))
