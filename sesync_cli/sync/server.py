"""The server that a working copy exchanges with: by which way, and what is new there."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sesync_cli.caller import Caller
from sesync_cli.errors import Conflict, NotFound
from sesync_cli.git.address import Address, read_address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import Connection, GitFailed, ask_git, work
from sesync_cli.git.connection import Way, prepare
from sesync_cli.git.failures import explain, led_elsewhere
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.plan import Report, Watch, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync import journal
from sesync_cli.sync.remote_reflog import remember
from sesync_cli.sync.tracking import RemoteBranch, Tracking, branches, default_branch, fetch_words, known_at
from sesync_cli.sync.working_copy import WorkingCopy

_USUAL_BRANCHES = ("main", "master")


@dataclass(frozen=True)
class Server:
    """How to get from the server of the branch that is followed, and to the one that is sent to; what each `said`."""

    fetched: ServerAttempt
    pushed: ServerAttempt
    connection: Connection
    sending: Connection
    said: dict[str, str] = field(default_factory=dict, compare=False)


def servers_of(copy: WorkingCopy, tracks: Tracking, site: Site, caller: Caller) -> Server:
    """The servers of this working copy's branch, and the ways there."""
    fetched = ServerAttempt(address(copy, site, tracks.upstream.remote), copy.top, site)
    pushed = ServerAttempt(address(copy, site, tracks.target.remote, "--push"), copy.top, site)
    connection = _connection(fetched, caller, copy)
    sending = connection if pushed == fetched else _connection(pushed, caller, copy)
    return Server(fetched, pushed, connection, sending)


def fetch(copy: WorkingCopy, tracks: Tracking, server: Server, watch: Watch) -> None:
    """Get what is new at the servers into git's store; no file and no branch of the user's changes."""
    with remembered(copy, tracks):
        wanted = {tracks.upstream.remote: (server.fetched, server.connection, [tracks.upstream])}
        if tracks.target.remote in wanted:
            wanted[tracks.target.remote][2].append(tracks.target)
        else:
            wanted[tracks.target.remote] = (server.pushed, server.sending, [tracks.target])
        for remote, (attempt, connection, ones) in wanted.items():
            with watch(f"Looking for what is new at {attempt.where} ...") as report:
                server.said[remote] = get_branches(copy, remote, ones, attempt, connection, report)


def get_branches(
    copy: WorkingCopy,
    remote: str,
    ones: Sequence[RemoteBranch],
    attempt: ServerAttempt,
    connection: Connection,
    report: Report,
) -> str:
    """Get what git is told to fetch of a server and these branches, whether it has them or not; what was said."""
    try:
        return get(copy, fetch_words(copy, remote, ones), attempt, connection, report)
    except NotFound as error:
        if "remote ref" not in str(error):
            raise
        return get(copy, fetch_words(copy, remote, ones, by_name=False), attempt, connection, report)


@contextlib.contextmanager
def remembered(copy: WorkingCopy, tracks: Tracking) -> Iterator[None]:
    """Around what fetches: where the branch that is followed stands is written down, and where those did that go."""
    before = known_at(copy, tracks)
    followed = tracks.upstream.tracking
    remember(copy, {followed: before[followed]} if followed in before else {})
    yield
    after = known_at(copy, tracks)
    places = {ref: commit for ref, commit in before.items() if ref not in after}
    for commit in places.values():
        _keep_if_last(copy, commit)
    remember(copy, places | ({followed: after[followed]} if followed in after else {}))


def _keep_if_last(copy: WorkingCopy, commit: str) -> None:
    """Have git keep what nothing leads to any more: the server's branch may have gone by mistake."""
    if ask_git(["rev-list", "--max-count=1", commit, "--not", "--all"], copy.top).out:
        ask_git(["update-ref", f"refs/sesync/gone/{commit}", commit], copy.top, writes=True)


def get(copy: WorkingCopy, words: Sequence[str], attempt: ServerAttempt, connection: Connection, report: Report) -> str:
    """Get this of a server (`fetch_words`) into git's store; what was said."""
    options = ["--progress", "--no-auto-gc", "--no-recurse-submodules"]
    try:
        with journal.git_writes(copy):
            return work(["-C", str(copy.top), "fetch", *options, *words], connection, report)
    except GitFailed as failed:
        raise explain(str(failed), attempt) from None


def first_branch(copy: WorkingCopy, remote: str, wanted: str) -> str:
    """The branch to begin with in a copy that has no commit: the one it expects, the server's own, or the only one."""
    known = branches(copy, remote)
    own = default_branch(copy, remote)
    usual = next((name for name in (wanted, own, *_USUAL_BRANCHES) if name in known), "")
    if usual or not known:
        return usual
    if len(known) == 1:
        return known[0]
    raise Conflict(
        f"the server has several branches, and none of them is the usual one: {', '.join(known[:5])}",
        hint=f"'{by_hand('git', '-C', copy.top, 'switch', 'BRANCH')}' begins with one of them.",
    )


def address(copy: WorkingCopy, site: Site, remote: str, *words: str) -> Address:
    """Where git goes to for what it calls by this name; with `--push`, to send."""
    url = ask_git(["remote", "get-url", *words, "--", remote], copy.top).out.removesuffix("\n")
    address = read_address(url)
    if address is None:
        unknown = Address("", "its address", "", "", None, "", "")
        raise led_elsewhere(ServerAttempt(unknown, copy.top, site))
    return address


def _connection(attempt: ServerAttempt, caller: Caller, copy: WorkingCopy) -> Connection:
    way: Way = prepare(attempt, caller, copy.top, lent_token)
    if way.ask:
        raise explain("Host key verification failed", attempt)
    for step in way.steps:  # the key that the site vouches for
        step.do(lambda fraction, words: None)
    return way.connection
