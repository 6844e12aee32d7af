"""What is offered before a repository is cloned: less of a large one, and a name for the commits to come."""

from dataclasses import dataclass, replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.clone.request import Extent
from sesync_cli.errors import SesyncError
from sesync_cli.git import identity
from sesync_cli.git.address import name_at_site
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.identity import Introduce
from sesync_cli.gitlab.account import my_account, my_identity
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.view import size

_GB = 1_000_000_000


@dataclass(frozen=True)
class Weighed:
    """How much is cloned now that the size is known (in bytes; None if nobody tells it), and what to say of it."""

    extent: Extent
    bytes: int | None
    warnings: tuple[str, ...] = ()


def weighed(attempt: ServerAttempt, extent: Extent, caller: Caller, prompter: Prompter) -> Weighed:
    """The extent, with a lean clone offered for a large repository; only GitLab knows sizes, and only for a token."""
    if extent.lean is not None or extent.depth:
        return Weighed(extent, None)
    bytes_ = prompter.once(f"size of {attempt.address.url}", lambda: _size(attempt, caller))
    if not bytes_ or bytes_ < attempt.site.gitlab_large_gb * _GB:
        return Weighed(extent, bytes_)
    big = f"{attempt.address.label} has {size(bytes_)} with all the old contents of its files"
    if not prompter.may_ask:
        return Weighed(extent, bytes_, (f"{big}: '--lean' gets those only when they are needed",))
    question = f"{big}. Get those only when they are needed?"
    lean = prompter.once(question, lambda: prompter.confirm(question, True))
    return Weighed(replace(extent, lean=lean), None if lean else bytes_)


@dataclass(frozen=True)
class Introduction:
    """What git has to be told about somebody, or what they should tell it."""

    steps: tuple[Introduce, ...] = ()
    warnings: tuple[str, ...] = ()


def introduction(caller: Caller, site: Site, prompter: Prompter) -> Introduction:
    """For somebody whose name git does not know: asked for on a terminal, else named with the command."""
    if identity.has_identity(Path("/")):
        return Introduction()
    offer = prompter.once("offer", lambda: my_identity(site, caller))
    if prompter.may_ask:
        answer = prompter.once("identity", lambda: identity.ask_identity(offer, prompter.text))
        if answer.is_whole:
            return Introduction((Introduce(answer),))
    how = identity.how_to(offer)
    return Introduction((), (f"git does not know the name that your commits shall carry: {how} set it",))


def _size(attempt: ServerAttempt, caller: Caller) -> int | None:
    name = name_at_site(attempt.address, attempt.site)
    try:
        account = my_account(attempt.site, caller) if name else None
        return account.project(name).bytes if account else None
    except SesyncError:
        return None  # whoever cannot tell the size may well have the repository
