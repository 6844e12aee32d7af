"""A quick look at a clone. Git is asked on this machine alone, no server is."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sesync_cli.errors import SesyncError
from sesync_cli.git.address import name_at_site, read_address
from sesync_cli.git.client import ask_git
from sesync_cli.names import few
from sesync_cli.site.settings import Site
from sesync_cli.sync import journal
from sesync_cli.sync.glance import HALF_DONE, IN_CONFLICT, OK, UNREADABLE, Glance
from sesync_cli.sync.status import Status, status
from sesync_cli.sync.working_copy import WorkingCopy, at


def glance(top: Path, site: Site) -> dict[str, Any]:
    """The fields of a `Glance` at the clone with this top folder, as plain values."""
    try:
        return asdict(_glance(_working_copy(top), site))
    except SesyncError as error:
        return asdict(Glance(state=UNREADABLE, problem=str(error)))
    except OSError as error:
        return asdict(Glance(state=UNREADABLE, problem=f"{top}: {error.strerror}"))


def _glance(copy: WorkingCopy, site: Site) -> Glance:
    stands, url = status(copy), _origin(copy)
    address = read_address(url) if url else None
    known = sum(change.tracked for change in stands.own)
    unsent, other = _unsent(copy, stands) if url else (None, None)
    state, problem = _state(copy, stands)
    return Glance(
        repository=(name_at_site(address, site) or None) if address else None,
        address=address.shown if address else None,
        branch=stands.branch or None,
        changed_files=known,
        new_files=len(stands.own) - known,
        unsent_commits=unsent,
        other_commits=other,
        stashes=stands.stashes,
        state=state,
        problem=problem,
    )


def _state(copy: WorkingCopy, stands: Status) -> tuple[str, str | None]:
    if journal.is_open(copy) and not journal.holder(copy):
        return HALF_DONE, "a sesync sync that was killed has left it so"
    if stands.conflicts:
        return IN_CONFLICT, few(stands.conflicts)
    return OK, None


def _working_copy(top: Path) -> WorkingCopy:
    """The working copy with this top folder; git is asked about it only where its own files are elsewhere."""
    inside = top / ".git"
    if inside.is_dir() and not (inside / "commondir").exists():
        return WorkingCopy(top, inside, inside, str(top), str(top), None)
    return at(top, str(top), str(top))


def _origin(copy: WorkingCopy) -> str:
    """The address of the server that it was cloned from, or of the first that it knows; empty if there is none."""
    said = ask_git(["config", "-z", "--get-regexp", r"^remote\..*\.url$"], copy.top).out
    urls = dict(reversed([line.partition("\n")[::2] for line in said.split("\0") if line]))
    return urls.get("remote.origin.url") or next(reversed(urls.values()), "")


def _unsent(copy: WorkingCopy, stands: Status) -> tuple[int, int]:
    """How many commits are on no branch of a server, as far as one knows here: the branch's, and those of others."""
    said = ask_git(["rev-list", "--branches", *(["HEAD"] if stands.commit else []), "--not", "--remotes"], copy.top).out
    everything = len(said.split())
    if not everything or not stands.commit:
        return 0, everything
    here = len(ask_git(["rev-list", "HEAD", "--not", "--remotes"], copy.top).out.split())
    return here, everything - here
