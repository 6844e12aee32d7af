"""What is offered with a clone: less of a large repository, and a name for the commits to come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.clone.projects import as_group
from sesync_cli.clone.request import Extent
from sesync_cli.errors import NotFound, SesyncError, Stopped
from sesync_cli.git import identity
from sesync_cli.git.address import name_at_site
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.identity import Identity, Introduce
from sesync_cli.gitlab.account import my_account, my_identity
from sesync_cli.gitlab.api import Project
from sesync_cli.plan import Report
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.view import size

UNNAMED = "git does not know the name that your commits shall carry"

_GB = 1_000_000_000
_OFFER = "offer"  # what a prompter remembers it under


@dataclass(frozen=True)
class Weighed:
    """How much is cloned now that the size is known (in bytes; None if nobody tells it), and what to say of it."""

    extent: Extent
    bytes: int | None
    warnings: tuple[str, ...] = ()


def weighed(attempt: ServerAttempt, extent: Extent, caller: Caller, prompter: Prompter) -> Weighed:
    """The extent, with a lean clone offered for a large repository; only GitLab knows sizes, and only for a token."""
    name, is_chosen = name_at_site(attempt.address, attempt.site), extent.lean is not None or bool(extent.depth)
    found = prompter.once(f"project {name}", lambda: None if is_chosen else _project(name, attempt, caller))
    bytes_ = found.bytes if found and not is_chosen else None
    told = (f"{name} is archived: it can be read, and takes nothing new",) if found and found.archived else ()
    if not bytes_ or bytes_ < attempt.site.gitlab_large_gb * _GB:
        return Weighed(extent, bytes_, told)
    big = f"{attempt.address.label} has {size(bytes_)} with all the old contents of its files"
    if not prompter.may_ask:
        return Weighed(extent, bytes_, (*told, f"{big}: '--lean' gets those only when they are needed"))
    question = f"{big}. Get those only when they are needed?"
    lean = prompter.once(question, lambda: prompter.confirm(question, True))
    return Weighed(replace(extent, lean=lean), None if lean else bytes_, told)


@dataclass(frozen=True)
class AskName:
    """Ask somebody for the name that their commits shall carry, once a clone is there, which stays whatever they say.

    `missed` tells afterwards what they should tell git themselves.
    """

    folders: tuple[Path, ...]
    offer: Callable[[], Identity]
    prompter: Prompter
    missed: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def doing(self) -> str:
        return "Telling git who you are ..." if self._has_reason else "Looking at what is there"

    @property
    def _has_reason(self) -> bool:
        return any(folder.exists() for folder in self.folders)

    def do(self, report: Report) -> None:
        if not self._has_reason:
            return
        answer = offer = Identity("", "")
        try:
            offer = self.offer()
            answer = identity.ask_identity(offer, self.prompter.text, self.prompter.note)
            if answer.is_whole:
                return Introduce(answer).do(report)
            self.missed.append(_unnamed(Identity(answer.name or offer.name, offer.email)))
        except (Stopped, KeyboardInterrupt):
            self.missed.append(_unnamed(offer))
        except SesyncError as error:
            self.missed.append(f"{error}. {error.hint}".removesuffix("."))

    def undo(self) -> None:
        # nothing comes after it
        return

    def __str__(self) -> str:
        return str(Introduce(Identity("NAME", "ADDRESS")))


@dataclass(frozen=True)
class Introduction:
    """The step that asks somebody for their name, and what they should tell git themselves, once all is done."""

    steps: tuple[AskName, ...] = ()
    warnings: Sequence[str] = ()


def introduction(folders: tuple[Path, ...], caller: Caller, site: Site, prompter: Prompter) -> Introduction:
    """For somebody whose name git does not know: asked for on a terminal, else named with the command."""
    if identity.has_identity(Path("/")):
        return Introduction()

    def offer() -> Identity:
        return offered_name(caller, site, prompter)

    if prompter.may_ask or (prompter.interactive and prompter.dry_run):
        step = AskName(folders, offer, prompter)
        return Introduction((step,), step.missed)
    return Introduction((), (_unnamed(offer()),))


def offered_name(caller: Caller, site: Site, prompter: Prompter) -> Identity:
    """What can be offered as the name for commits; a server that knows it is asked once."""
    return prompter.once(_OFFER, lambda: my_identity(site, caller))


def offer_without_server(prompter: Prompter) -> None:
    """Have the offer be what this machine knows, since the server that knows more does not answer."""
    prompter.once(_OFFER, lambda: Identity(identity.full_name(), ""))


def _unnamed(offer: Identity) -> str:
    return f"{UNNAMED}: {identity.how_to(offer)} set it"


def _project(name: str, attempt: ServerAttempt, caller: Caller) -> Project | None:
    """The project as GitLab knows it, if it tells; `NotFound` if this is the name of a group."""
    account = None
    try:
        account = my_account(attempt.site, caller) if name else None
        return account.project(name) if account else None
    except NotFound:
        said = as_group(name, account) if account else ""
    except SesyncError:
        return None  # whoever is told nothing may well have the repository
    if said:
        raise NotFound(f"{name} is a group, and no repository", hint=said)
    return None
