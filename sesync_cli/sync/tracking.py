"""Which branches of a server a branch exchanges with: the one that it follows, and the one that git sends it to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from sesync_cli.errors import Conflict, NotReady
from sesync_cli.git.client import ask_git
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync.working_copy import WorkingCopy

_ORIGIN = "origin"
_HERE = "."  # what git calls this very repository where one branch of it follows another
_HEADS = "refs/heads/"
_FIELDS = ("upstream", "push", "push:remoteref")


@dataclass(frozen=True)
class RemoteBranch:
    """A branch at a server: the server's name here, its own full name there, and what is known of it here.

    `tracking` is the full name under which git keeps it here (empty where git keeps nothing of it), `shown` the short
    one that leads to it, and `commit` where it stands as far as it was fetched, empty if the server has no such branch.
    """

    remote: str
    ref: str
    tracking: str
    shown: str = ""
    commit: str = ""

    @property
    def name(self) -> str:
        return self.ref.removeprefix(_HEADS)


@dataclass(frozen=True)
class Tracking:
    """The branch that one here follows, and the one that it is sent to. Mostly they are the same.

    `follows` says whether git was told to follow one of a server's, and `is_sent_by_settings` whether git's settings
    say where it goes, as they do not for a branch that follows one of another name. `adopts` says that the branch which
    it is sent to is the one to follow from then on.
    """

    upstream: RemoteBranch
    target: RemoteBranch
    follows: bool
    is_sent_by_settings: bool
    adopts: bool

    @property
    def is_one(self) -> bool:
        return (self.upstream.remote, self.upstream.ref) == (self.target.remote, self.target.ref)


class Settings(NamedTuple):
    """What git is told of servers and of one branch: the servers' names, and the branch's own settings."""

    remotes: tuple[str, ...]
    values: dict[str, str]

    def __call__(self, name: str) -> str:
        return self.values.get(name, "")


def tracking(copy: WorkingCopy, branch: str, site: Site) -> Tracking:
    """Which branches the one that is checked out exchanges with; git itself is asked where a push goes.

    A Conflict where it follows or goes to what has no name here, NotReady where there is no server at all.
    """
    settings = _settings(copy)
    upstream, push, pushed_as = _of_git(copy, branch)
    followed, merges = (settings(f"branch.{branch}.{key}") for key in ("remote", "merge"))
    follows = bool(merges) and followed not in ("", _HERE)
    remote = _push_remote(copy, branch, settings, site, followed if follows else "")
    if not push and not pushed_as and settings(f"remote.{remote}.push"):
        raise _goes_elsewhere(copy, branch, remote)
    own = f"{_HEADS}{branch}"
    target = pushed_as or (merges if follows and push == upstream and push else own)
    to = RemoteBranch(remote, target, push or _tracking_ref(remote, target))
    if not follows:
        return Tracking(to, to, False, bool(push), followed != _HERE)
    source = RemoteBranch(followed, merges, upstream or _tracking_ref(followed, merges))
    if (followed, merges) == (remote, target):
        to = source
    told = bool(push or pushed_as) or remote != followed or to is source
    return Tracking(source, to, True, told, to is source or not told)


def fetched(copy: WorkingCopy, tracks: Tracking) -> Tracking:
    """The same, with where the servers' branches stand as far as they were fetched."""
    known = {}
    refs = {one.tracking for one in (tracks.upstream, tracks.target) if one.tracking}
    form = "%(refname) %(objectname) %(refname:short)"
    for line in ask_git(["for-each-ref", f"--format={form}", *sorted(refs)], copy.top).out.splitlines():
        ref, commit, short = line.split(" ", 2)
        known[ref] = (commit, short)

    def told(branch: RemoteBranch) -> RemoteBranch:
        commit, shown = known.get(branch.tracking, ("", f"{branch.remote}/{branch.name}"))
        return replace(branch, commit=commit, shown=shown)

    return replace(tracks, upstream=told(tracks.upstream), target=told(tracks.target))


def known_at(copy: WorkingCopy, tracks: Tracking) -> dict[str, str]:
    """The commits of all branches of its servers, as far as they were fetched, by the full names that git keeps."""
    places = [f"refs/remotes/{one.remote}/" for one in (tracks.upstream, tracks.target)]
    refs = {*places, *filter(None, (tracks.upstream.tracking, tracks.target.tracking))}
    said = ask_git(["for-each-ref", "--format=%(objectname) %(refname)", *sorted(refs)], copy.top).out
    return {ref: commit for commit, _, ref in (line.partition(" ") for line in said.splitlines())}


def branches(copy: WorkingCopy, remote: str) -> list[str]:
    """The server's branches, as far as they were fetched."""
    said = ask_git(["for-each-ref", "--format=%(refname:lstrip=3)", f"refs/remotes/{remote}/"], copy.top)
    return [name for name in said.out.split("\n") if name not in ("", "HEAD")]


def default_branch(copy: WorkingCopy, remote: str) -> str:
    """The branch that a server begins with, as far as git was told; empty if it was not."""
    below = f"refs/remotes/{remote}/"
    return ask_git(["symbolic-ref", "--quiet", f"{below}HEAD"], copy.top).out.strip().removeprefix(below)


def holding(copy: WorkingCopy, remote: str, commit: str) -> list[str]:
    """The server's branches that have this commit, as far as they were fetched; its default one first."""
    below = f"refs/remotes/{remote}/"
    said = ask_git(["for-each-ref", f"--contains={commit}", "--format=%(refname:lstrip=3)", below], copy.top)
    head = default_branch(copy, remote)
    return sorted((name for name in said.out.splitlines() if name != "HEAD"), key=lambda name: name != head)


def has_branches(copy: WorkingCopy) -> bool:
    """Whether there is any branch here that has a commit."""
    return bool(ask_git(["for-each-ref", "--count=1", "refs/heads"], copy.top).out)


def fetch_words(copy: WorkingCopy, remote: str, ones: Iterable[RemoteBranch], *, by_name: bool = True) -> list[str]:
    """What `git fetch` is told, so that these branches are among what it gets beside what its settings say.

    What it keeps here of branches that the server has no longer goes, where that can be nobody's own. A branch that the
    settings have `by_name` has to be there, or it is an error.
    """
    said = ask_git(["config", "-z", "--get-regexp", r"^remote\..*\.fetch$"], copy.top).out
    pairs = [line.partition("\n")[::2] for line in said.split("\0") if line]
    own = [span for key, span in pairs if key == f"remote.{remote}.fetch"]
    # with a star, since a branch that the server has not would else be an error
    wanted = [
        f"+{one.ref}*:{one.tracking}*"
        for one in ones
        if one.tracking and not any(_covers(span, one.ref, by_name=by_name) for span in own)
    ]
    place = f"refs/remotes/{remote}/"
    below = all(span.partition(":")[2].startswith(place) for span in (*own, *wanted) if ":" in span)
    others = (span.partition(":")[2] for key, span in pairs if key != f"remote.{remote}.fetch")
    forgets = below and not any(other.startswith(place) for other in others)
    prune = ("--prune", "--no-prune-tags") if forgets else ("--no-prune",)
    return [*prune, remote, *dict.fromkeys(wanted)]


def _covers(span: str, ref: str, *, by_name: bool) -> bool:
    """Whether what git is told to fetch has this branch among it."""
    begin, star, end = span.removeprefix("+").partition(":")[0].partition("*")
    if star:
        return ref.startswith(begin) and ref.endswith(end)
    return by_name and ref in (begin, f"{_HEADS}{begin}")


def _settings(copy: WorkingCopy) -> Settings:
    said = ask_git(["config", "-z", "--get-regexp", r"^(remote|branch|push)\."], copy.top).out
    pairs = [line.partition("\n")[::2] for line in said.split("\0") if line]
    values = dict(pairs)  # the last one counts
    values |= {key: value for key, value in reversed(pairs) if key.endswith(".merge")}  # of these, the first one
    names = [found[1] for key in values if (found := re.fullmatch(r"remote\.(.+)\.(?:url|pushurl)", key, re.DOTALL))]
    return Settings(tuple(dict.fromkeys(names)), values)


def _of_git(copy: WorkingCopy, branch: str) -> tuple[str, str, str]:
    """What git keeps of the branch that this one follows, of the one that it is sent to, and that one's name there."""
    form = "%00".join(f"%({field})" for field in _FIELDS)
    own = f"{_HEADS}{branch}"  # without a branch, this names all of them
    said = ask_git(["for-each-ref", f"--format={form}", own], copy.top).out.removesuffix("\n") if branch else ""
    upstream, push, pushed_as = said.split("\0") if said else ("", "", "")
    return _at_server(upstream), _at_server(push), pushed_as


def _at_server(ref: str) -> str:
    return "" if ref.startswith(_HEADS) else ref


def _tracking_ref(remote: str, ref: str) -> str:
    return f"refs/remotes/{remote}/{ref.removeprefix(_HEADS)}" if ref.startswith(_HEADS) else ""


def _push_remote(copy: WorkingCopy, branch: str, settings: Settings, site: Site, followed: str) -> str:
    """The server that git would send this branch to, by gitconfig's rules for pushRemote and pushDefault."""
    told = settings(f"branch.{branch}.pushremote") or settings("remote.pushdefault")
    for name in filter(None, (followed, told)):
        if name not in settings.remotes:
            raise _no_name(copy, branch, name)
    if told or followed:
        return told or followed
    known = settings.remotes
    if _ORIGIN in known or len(known) == 1:
        return _ORIGIN if _ORIGIN in known else known[0]
    if known:
        raise Conflict(
            f"{copy.shown} knows several servers ({', '.join(known)}), and its branch follows none of them",
            hint=f"'{by_hand('git', '-C', copy.top, 'push', '-u', 'SERVER', branch)}' says which, once.",
        )
    make = "Make a repository on a server for git"
    if site.has("gitlab_url"):
        make = f"Make a project at {site.gitlab_url}/projects/new"
    raise NotReady(
        f"{copy.shown} knows no server to exchange with",
        hint=f"{make}, then"
        f" '{by_hand('git', '-C', copy.top, 'remote', 'add', 'origin', 'ADDRESS')}' with the address that it shows.",
    )


def _no_name(copy: WorkingCopy, branch: str, remote: str) -> Conflict:
    shown = remote if re.fullmatch(r"[\w.-]+", remote) else "an address that has no name"
    again = by_hand("git", "-C", copy.top, "branch", "--set-upstream-to=origin/BRANCH", branch)
    return Conflict(
        f"the branch {branch} of {copy.shown} exchanges with {shown}, which is none of its servers",
        hint=f"'{by_hand('git', '-C', copy.top, 'remote', '-v')}' shows those; '{again}' has it follow one of theirs.",
    )


def _goes_elsewhere(copy: WorkingCopy, branch: str, remote: str) -> Conflict:
    return Conflict(
        f"by your git settings (remote.{remote}.push), what you send from {copy.shown} does not go to a branch of the"
        f" name {branch}",
        hint=f"'{by_hand('git', '-C', copy.top, 'push')}' sends it there.",
    )
