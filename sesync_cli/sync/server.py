"""The server that a working copy exchanges with: which branch of it, by which way, and what is new there."""

from dataclasses import dataclass

from sesync_cli.errors import Conflict, NotReady
from sesync_cli.git.address import Address, read
from sesync_cli.git.client import Connection, GitFailed, ask, work
from sesync_cli.git.connection import Traveller, Way, prepare
from sesync_cli.git.failures import Attempt, explain, led_elsewhere
from sesync_cli.plan import Watch, by_hand
from sesync_cli.site.settings import Site
from sesync_cli.sync import journal
from sesync_cli.sync.history import resolve
from sesync_cli.sync.journal import Entry
from sesync_cli.sync.status import Status
from sesync_cli.sync.working_copy import WorkingCopy, setting

_ORIGIN = "origin"
_USUAL_BRANCHES = ("main", "master")


@dataclass(frozen=True)
class Branch:
    """The server's side of a branch: its name there, its commit (empty if the server has none), whether it is new.

    `is_new` says that nobody has ever sent it, although the server has other branches.
    """

    remote: str
    name: str
    commit: str
    is_new: bool

    @property
    def tracking(self) -> str:
        return f"{self.remote}/{self.name}"


@dataclass(frozen=True)
class Server:
    """How to get from and to it."""

    remote: str
    fetched: Attempt
    pushed: Attempt
    connection: Connection
    sending: Connection


def server(copy: WorkingCopy, status: Status, site: Site, traveller: Traveller) -> Server:
    """The server of this working copy's branch, and the way there."""
    remote = _remote(copy, status, site)
    fetched = Attempt(_address(copy, site, remote), copy.top, site)
    pushed = Attempt(_address(copy, site, remote, "--push"), copy.top, site)
    connection = _connection(fetched, traveller, copy)
    sending = connection if pushed == fetched else _connection(pushed, traveller, copy)
    return Server(remote, fetched, pushed, connection, sending)


def fetch(copy: WorkingCopy, status: Status, server: Server, watch: Watch) -> None:
    """Get what is new on the server into git's store; no file and no branch of the user's changes."""
    own = setting(copy, f"remote.{server.remote}.fetch")
    spans = [] if "/*:" in own else [f"+refs/heads/{status.branch}*:refs/remotes/{server.remote}/{status.branch}*"]
    words = ["fetch", "--progress", "--no-auto-gc", "--no-recurse-submodules", server.remote, *spans]
    journal.note(copy, Entry(""))
    try:
        with watch(f"Looking for what is new at {server.fetched.where} ...") as report:
            work(["-C", str(copy.top), *words], server.connection, report)
    except GitFailed as failed:
        raise explain(str(failed), server.fetched) from None
    finally:
        journal.settled(copy)


def branch(copy: WorkingCopy, status: Status, remote: str) -> Branch:
    """The server's side of the branch that is checked out, as far as it was fetched."""
    followed = setting(copy, f"branch.{status.branch}.merge").removeprefix("refs/heads/")
    name = followed or status.branch
    commit = resolve(copy, f"refs/remotes/{remote}/{name}")
    return Branch(remote, name, commit, not commit and bool(branches(copy, remote)))


def branches(copy: WorkingCopy, remote: str) -> list[str]:
    """The server's branches, as far as they were fetched."""
    said = ask(["for-each-ref", "--format=%(refname:lstrip=3)", f"refs/remotes/{remote}/"], copy.top)
    return [name for name in said.out.split("\n") if name not in ("", "HEAD")]


def first_branch(copy: WorkingCopy, remote: str, wanted: str) -> str:
    """The branch to begin with in a copy that has no commit: the one it expects, the server's own, or the only one."""
    known = branches(copy, remote)
    head = ask(["symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD"], copy.top).out.strip()
    own = head.removeprefix(f"{remote}/")
    usual = next((name for name in (wanted, own, *_USUAL_BRANCHES) if name in known), "")
    if usual or not known:
        return usual
    if len(known) == 1:
        return known[0]
    raise Conflict(
        f"the server has several branches, and none of them is the usual one: {', '.join(known[:5])}",
        hint=f"'{by_hand('git', '-C', copy.top, 'switch', 'BRANCH')}' begins with one of them.",
    )


def _remote(copy: WorkingCopy, status: Status, site: Site) -> str:
    known = ask(["remote"], copy.top).out.split()
    chosen = setting(copy, f"branch.{status.branch}.remote")
    if chosen in known:
        return chosen
    if _ORIGIN in known or len(known) == 1:
        return _ORIGIN if _ORIGIN in known else known[0]
    if known:
        raise Conflict(
            f"{copy.shown} knows several servers ({', '.join(known)}), and its branch follows none of them",
            hint=f"'{by_hand('git', '-C', copy.top, 'push', '-u', 'SERVER', status.branch)}' says which, once.",
        )
    raise NotReady(
        f"{copy.shown} knows no server to exchange with",
        hint=f"Make a project at {site.gitlab_url}/projects/new, then"
        f" '{by_hand('git', '-C', copy.top, 'remote', 'add', 'origin', 'ADDRESS')}' with the address that it shows.",
    )


def _address(copy: WorkingCopy, site: Site, remote: str, *words: str) -> Address:
    url = ask(["remote", "get-url", *words, "--", remote], copy.top).out.removesuffix("\n")
    address = read(url)
    if address is None:
        unknown = Address("", "its address", "", "", None, "", "")
        raise led_elsewhere(Attempt(unknown, copy.top, site))
    return address


def _connection(attempt: Attempt, traveller: Traveller, copy: WorkingCopy) -> Connection:
    way: Way = prepare(attempt, traveller, copy.top)
    if way.ask:
        raise explain("Host key verification failed", attempt)
    for step in way.steps:  # the key that the site vouches for
        step.do(lambda fraction, words: None)
    return way.connection
