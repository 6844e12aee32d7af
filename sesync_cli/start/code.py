"""Where a project's code is: the repositories that somebody names, or those that its group is known to have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sesync_cli.clone.choice import chosen_repositories
from sesync_cli.clone.projects import NAME
from sesync_cli.errors import NoAnswer, NotFound, SesyncError, Stopped, Unanswered, WrongWords
from sesync_cli.git.address import (
    GROUP_AND_NAME,
    Address,
    allowed,
    name_at_site,
    public_name,
    read_address,
    site_addresses,
    typed,
)
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account, Project
from sesync_cli.home.seen import CloneSeen
from sesync_cli.names import first
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site
from sesync_cli.start.context import StartContext
from sesync_cli.start.kernels import SharedKernel
from sesync_cli.start.shared_list import FILE, read_list

_MOST = 5  # repositories of a group that are taken without a choice
_MOST_LISTED = 30  # repositories of a list that are taken
_WRONG = 3  # lines that are no repositories, and are told


@dataclass(frozen=True)
class Repository:
    """A repository that belongs to a project, and the clone of it that is here, if one is."""

    said: str
    address: Address
    clone: Path | None = None
    way: str = ""
    """The way that was chosen to get there: ssh, https, or none."""
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

    `clones` are all that are here; `directory` is the data directory, if it can be read; `shared` are its kernels.
    """

    context: StartContext
    directory: Path | None
    clones: Sequence[CloneSeen]
    shared: Sequence[SharedKernel] = ()

    def found(self) -> KnownCode:
        """The first of these that tells of any; else what is here."""
        if self.context.request.repos:
            return self.named()
        warnings, failure = list[str](), None
        for source in (self._of_gitlab, self._of_list, self._of_kernels):
            try:
                known = source()
            except Stopped:
                raise
            except SesyncError as error:
                failure = failure or error
                warnings.append(error.warning)
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
                found += [self._repository(one, self.context.request.way) for one in self._meant(said)]
            except SesyncError as error:
                if isinstance(error, Stopped) or (isinstance(error, WrongWords) and not isinstance(error, Unanswered)):
                    raise
                failure = failure or error
        return KnownCode(self._unique(found), failure=failure)

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

    def _repository(self, said: str, way: str) -> Repository:
        address = typed(said, self.context.site, way)
        return Repository(said, address, self._clone_of(address), way)

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
        known = self._read({one.path: one.path for one in found}, f"the group {project} at {account.host}")
        here = tuple(one for one in known.repositories if one.clone)
        new = len(known.repositories) - len(here)
        if len(known.repositories) <= _MOST or not self.context.prompter.watched:
            return known
        if not here:
            way = self.context.request.way
            return KnownCode(tuple(self._repository(one, way) for one in self._chosen(f"{project}/")))
        more = f"{project} has {new} more repositories: '{by_hand('sesync', 'clone', f'{project}/')}' lists them"
        return KnownCode(here, warnings=(*known.warnings, *((more,) if new else ())))

    def _ask(self, account: Account, project: str) -> list[Project]:
        with self.context.watch(f"Asking {account.host}"):
            return list(account.group_projects(project))

    def listed(self) -> KnownCode:
        """All in the list that the group keeps."""
        if self.directory is None:
            return KnownCode()
        return self._read(read_list(self.directory), str(self.directory / FILE))

    def _of_list(self) -> KnownCode:
        known = self.listed()
        if len(known.repositories) <= _MOST_LISTED:
            return known
        more = f"{known.source} has more than {_MOST_LISTED} repositories: the first {_MOST_LISTED} are taken"
        return replace(known, repositories=known.repositories[:_MOST_LISTED], warnings=(more, *known.warnings))

    def _of_kernels(self) -> KnownCode:
        said = {one.repository: f"the repository of the kernel {one.name}" for one in self.shared if one.repository}
        return self._read(said, f"the kernels that {self.context.project} shares")

    def _read(self, said: Mapping[str, str], source: str) -> KnownCode:
        """What others have written down, and where; what is no address of a repository is passed over with a word."""
        found, wrong = list[Repository](), list[str]()
        for one, where in said.items():
            try:
                way = self.context.request.way if GROUP_AND_NAME.fullmatch(one) else ""  # which others leave open
                found.append(replace(self._repository(one, way), is_told=True))
            except SesyncError as error:
                wrong.append(f"{where} is passed over: {error}")
        passed = first(wrong, _WRONG, more=f"{{}} more of {source} are passed over, too")
        return KnownCode(self._unique(found), source, tuple(passed))

    def _unique(self, repositories: Iterable[Repository]) -> tuple[Repository, ...]:
        """Each of these once, whichever way it is named."""
        found, site = list[Repository](), self.context.site
        for one in repositories:
            if not any(one.name(site) == other.name(site) or one.address.is_same(other.address) for other in found):
                found.append(one)
        return tuple(found)

    @property
    def _how_to_name(self) -> str:
        project = self.context.project
        way = by_hand("sesync", "start", project)
        login = ", and 'sesync clone --login' lets sesync ask GitLab" if self.context.site.has("gitlab_url") else ""
        return f"nobody has said where the code of {project} is: '{way} GROUP/NAME' clones it{login}"
