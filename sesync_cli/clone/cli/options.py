"""What can be said about how much of a repository is wanted, and what is asked before it is cloned."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sesync_cli.clone.extent import Extent, checked_branch
from sesync_cli.errors import SesyncError
from sesync_cli.git import identity
from sesync_cli.git.address import name_at_site
from sesync_cli.git.failures import Attempt
from sesync_cli.git.identity import Introduce
from sesync_cli.gitlab.account import my_account, my_identity
from sesync_cli.session import Session
from sesync_cli.view import size

_GB = 1_000_000_000


def extent_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options for this; it gets them as `extent`."""

    @click.option("--branch", metavar="B", default="", help="The branch to begin with; else the repository's own.")
    @click.option("--depth", type=click.IntRange(min=1), metavar="N", help="Only the latest N commits.")
    @click.option("--lean/--whole", default=None, help="Old contents of files only when they are needed, or all now.")
    @click.option("--submodules", is_flag=True, help="Also the repositories that are parts of it.")
    @wraps(command)
    def collect(*args: Any, branch: str, depth: int | None, lean: bool | None, submodules: bool, **options: Any) -> Any:
        extent = Extent(checked_branch(branch) if branch else "", depth, lean, submodules)
        return command(*args, extent=extent, **options)

    return collect


@dataclass(frozen=True)
class Weighed:
    """How much is cloned now that the size is known (in bytes; None if nobody tells it), and what to say of it."""

    extent: Extent
    bytes: int | None
    warnings: tuple[str, ...] = ()


def weighed(session: Session, attempt: Attempt, extent: Extent) -> Weighed:
    """The extent, with a lean clone offered for a large repository; only GitLab knows sizes, and only for a token."""
    if extent.lean is not None or extent.depth:
        return Weighed(extent, None)
    bytes_ = session.once("size", lambda: _size(session, attempt))
    if not bytes_ or bytes_ < session.site.gitlab_large_gb * _GB:
        return Weighed(extent, bytes_)
    big = f"{attempt.address.label} has {size(bytes_)} with all the old contents of its files"
    if not may_ask(session):
        return Weighed(extent, bytes_, (f"{big}: '--lean' gets those only when they are needed",))
    question = f"{big}. Get those only when they are needed?"
    lean = session.once("lean", lambda: click.confirm(question, default=True, err=True))
    return Weighed(replace(extent, lean=lean), None if lean else bytes_)


@dataclass(frozen=True)
class Introduction:
    """What git has to be told about somebody, or what they should tell it."""

    steps: tuple[Introduce, ...] = ()
    warnings: tuple[str, ...] = ()


def introduction(session: Session) -> Introduction:
    """For somebody whose name git does not know: asked for on a terminal, else named with the command."""
    if identity.is_known(Path("/")):
        return Introduction()
    offer = session.once("offer", lambda: my_identity(session.site, session.caller))
    if may_ask(session):
        answer = session.once("identity", lambda: identity.asked(offer, _ask_for))
        if answer.is_whole:
            return Introduction((Introduce(answer),))
    how = identity.how_to(offer)
    return Introduction((), (f"git does not know the name that your commits shall carry: {how} set it",))


def _ask_for(words: str, default: str) -> str:
    return str(click.prompt(words, default=default, show_default=bool(default), err=True))


def may_ask(session: Session) -> bool:
    """Whether a person is there who has not answered everything beforehand."""
    words = click.get_current_context().params
    return session.caller.interactive and not words.get("yes") and not words.get("dry_run")


def _size(session: Session, attempt: Attempt) -> int | None:
    name = name_at_site(attempt.address, session.site)
    try:
        account = my_account(session.site, session.caller) if name else None
        return account.project(name).bytes if account else None
    except SesyncError:
        return None  # whoever cannot tell the size may well have the repository
