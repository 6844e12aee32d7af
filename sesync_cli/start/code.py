"""Where a project's code is: the repositories that somebody names, or those that its group is known to have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli.clone.choice import chosen_repositories
from sesync_cli.clone.projects import NAME
from sesync_cli.errors import NoAnswer, NotFound, SesyncError, Stopped, Unanswered, WrongWords
from sesync_cli.git.address import Address, allowed, name_at_site, public_name, read_address, site_addresses, typed
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account, Project
from sesync_cli.home.seen import CloneSeen
from sesync_cli.kernel.sharing import shared_kernels, told_repository
from sesync_cli.names import first
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site
from sesync_cli.start.context import StartContext
from sesync_cli.start.shared_list import FILE, read_list

_MOST = 5  # repositories of a group that are taken without a choice
_MOST_TOLD = 30  # that a list may have
_WRONG = 3  # lines that are no repositories, and are told


@dataclass(frozen=True)
class Repository:
    """A repository that belongs to a project, and the clone of it that is here, if one is."""

    said: str
    address: Address
    clone: Path | None = None
    is_told: bool = False
    """Whether somebody else has written it down, and the person has only seen it."""

    def name(self, site: Site) -> str:
        """GROUP/NAME at the site's GitLab, else the address."""
        return public_name(self.address, site)

    def can_be_shared(self, site: Site) -> bool:
        """Whether others can clone it, too."""
        return bool(name_at_site(self.address, site) or allowed(self.address.url))

    def facts(self, site: Site, folder: Path | None) -> dict[str, Any]:
        """The same for programs, with the folder of its clone."""
        return {
            "repository": name_at_site(self.address, site) or None,
            "address": self.address.shown,
            "path": folder,
        }


@dataclass(frozen=True)
class KnownCode:
    """The repositories of a project; `source` says in a few words who tells so, if it is not the person.

    `failure` is why it could not be found out.
    """

    repositories: tuple[Repository, ...] = ()
    source: str = ""
    warnings: tuple[str, ...] = ()
    failure: SesyncError | None = None


@dataclass(frozen=True)
class CodeSearch:
    """Looks for a project's repositories: those that were named, GitLab's, those in the group's list, of its kernels.

    `clones` are all that are here; `directory` is the data directory, if it can be read.
    """

    context: StartContext
    directory: Path | None
    clones: Sequence[CloneSeen]

    def found(self) -> KnownCode:
        """The first of these that tells of any; else what is here."""
        if self.context.request.repos:
            return self.named()
        warnings, failure = list[str](), None
        for source in (self._of_gitlab, self.of_list, self._of_kernels):
            try:
                known = source()
            except Stopped:
                raise
            except SesyncError as error:
                failure = failure or error
                warnings.append(told(error))
                continue
            warnings += known.warnings
            if known.repositories:
                return replace(known, warnings=tuple(warnings))
        if here := self.here():
            return KnownCode(here, warnings=tuple(warnings))
        return KnownCode(failure=failure, warnings=() if failure else (*warnings, self._how_to_name))

    def named(self) -> KnownCode:
        """Those that the person has typed; where some of them cannot be found out, why."""
        found, failure = list[Repository](), None
        for said in self.context.request.repos:
            try:
                found += map(self._repository, self._meant(said))
            except SesyncError as error:
                if isinstance(error, Stopped) or (isinstance(error, WrongWords) and not isinstance(error, Unanswered)):
                    raise
                failure = failure or error
        return KnownCode(_unique(found), failure=failure)

    def here(self) -> tuple[Repository, ...]:
        """Those of this project of which there is a clone."""
        project, found = self.context.project, list[Repository]()
        for clone in self.clones:
            address = read_address(clone.address or str(clone.path))
            groups = [one.casefold() for one in (clone.repository or "").split("/")[:-1]]
            if address and (clone.project == project or project.casefold() in groups):
                found.append(Repository(clone.repository or address.shown, address, clone.path))
        return tuple(found)

    def _meant(self, said: str) -> list[str]:
        """What was typed, as GROUP/NAME or an address; a name alone is one of the project's group."""
        if NAME.fullmatch(said):
            return [f"{self.context.project}/{said}"]
        return self._chosen(said)

    def _chosen(self, said: str) -> list[str]:
        context = self.context
        found = chosen_repositories(said, context.caller, context.site, context.watch, context.prompter)
        assert isinstance(found, list)  # projects are only listed where nothing is said
        return found

    def _repository(self, said: str) -> Repository:
        address = typed(said, self.context.site, self.context.request.way)
        return Repository(said, address, self._clone_of(address))

    def _clone_of(self, address: Address) -> Path | None:
        name = name_at_site(address, self.context.site)
        same = [address, *(site_addresses(name, self.context.site) if name else ())]
        for clone in self.clones:
            there = read_address(clone.address or "")
            if there and any(there.is_same(one) for one in same):
                return clone.path
        return None

    def _of_gitlab(self) -> KnownCode:
        account, project = my_account(self.context.site, self.context.caller), self.context.project
        if account is None:
            return KnownCode()
        try:
            found = self.context.prompter.once(f"group {project}", lambda: self._ask(account, project))
        except NotFound:
            return KnownCode()
        except NoAnswer:
            self.context.gitlab_is_silent()
            raise
        repositories = [self._repository(one.path) for one in found]
        new = [one for one in repositories if one.clone is None]
        if len(repositories) <= _MOST or not self.context.prompter.watched:
            return KnownCode(tuple(repositories), f"the group {project} at {account.host}")
        here = [one for one in repositories if one.clone]
        if not here:
            return KnownCode(tuple(map(self._repository, self._chosen(f"{project}/"))))
        way = by_hand("sesync", "clone", f"{project}/")
        more = f"{project} has {len(new)} more repositories: '{way}' lists them"
        return KnownCode(tuple(here), warnings=(more,) if new else ())

    def _ask(self, account: Account, project: str) -> list[Project]:
        with self.context.watch(f"Asking {account.host}"):
            return list(account.group_projects(project))

    def of_list(self) -> KnownCode:
        """Those in the list that the group keeps."""
        if self.directory is None:
            return KnownCode()
        return self._told_by(read_list(self.directory), str(self.directory / FILE))

    def _of_kernels(self) -> KnownCode:
        if self.directory is None:
            return KnownCode()
        locks = shared_kernels(self.directory).items()
        said = {one: f"the repository of the kernel {name}" for name, lock in locks if (one := told_repository(lock))}
        return self._told_by(said, f"the kernels that {self.context.project} shares")

    def _told_by(self, said: Mapping[str, str], source: str) -> KnownCode:
        """What others have written down, and where; what is no address of a repository is passed over with a word."""
        found, wrong = list[Repository](), list[str]()
        for one, where in said.items():
            try:
                found.append(replace(self._repository(one), is_told=True))
            except SesyncError as error:
                wrong.append(f"{where} is passed over: {error}")
        more = f"{source} has more than {_MOST_TOLD} repositories: the first {_MOST_TOLD} are taken"
        few = (more,) if len(found) > _MOST_TOLD else ()
        passed = first(wrong, _WRONG, more=f"and {{}} more lines of {source}")
        return KnownCode(_unique(found)[:_MOST_TOLD], source, (*few, *passed))

    @property
    def _how_to_name(self) -> str:
        project = self.context.project
        way = by_hand("sesync", "start", project)
        login = ", and 'sesync clone --login' lets sesync ask GitLab" if self.context.site.has("gitlab_url") else ""
        return f"nobody has said where the code of {project} is: '{way} GROUP/NAME' clones it{login}"


def _unique(repositories: Iterable[Repository]) -> tuple[Repository, ...]:
    """Each of these once, whichever way it is named."""
    found = list[Repository]()
    for one in repositories:
        if not any(one.address.is_same(other.address) for other in found):
            found.append(one)
    return tuple(found)


def told(error: SesyncError) -> str:
    """An error as a warning."""
    return f"{error}: {error.hint}".removesuffix(".").removesuffix(": ")
