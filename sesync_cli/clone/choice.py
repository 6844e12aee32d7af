"""Which repositories are meant where none is named in full: asked for on a terminal, listed elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from sesync_cli.caller import Caller
from sesync_cli.clone.projects import GROUP, NAME, Listed, as_listed, by_group, find_projects, several
from sesync_cli.errors import Declined, NotFound, Unanswered
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account, Project
from sesync_cli.plan import Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.view import ago

_LINES = 15  # projects that are shown at a time
_INDENT = 6  # columns before a name

T = TypeVar("T")
Source = Callable[[str], Iterator[Project]]
"""Gives the projects that have these letters in their name or group."""


@dataclass(frozen=True)
class Listing:
    """Projects that are only to be looked at."""

    projects: list[Listed]


def chosen_repositories(
    repo: str | None, caller: Caller, site: Site, watch: Watch, prompter: Prompter
) -> list[str] | Listing:
    """The repositories that are meant, as GROUP/NAME or an address; projects instead if they are only to be listed."""
    choice = _Choice(caller, site, watch, prompter)
    if repo is None:
        return choice.of_all()
    if GROUP.fullmatch(repo):
        return choice.of_group(repo.rstrip("/"))
    return choice.by_name(repo) if NAME.fullmatch(repo) else [repo]


@dataclass(frozen=True)
class _Choice:
    """Asks the site's GitLab which projects there are, and the person, if one is there, which are meant."""

    caller: Caller
    site: Site
    watch: Watch
    prompter: Prompter

    def of_all(self) -> list[str] | Listing:
        account = self._need_account("which repository?")
        if self.prompter.watched:
            return self.prompter.once("which of all projects", lambda: _paths(self._choose(account, account.projects)))
        found = self._ask(account, lambda: list(account.projects(brief=False)))
        return Listing(as_listed(found, self.caller.home, self.site))

    def of_group(self, group: str) -> list[str]:
        account = self._need_account(f"to list what is in {group}/ takes a token")

        def source(text: str) -> Iterator[Project]:
            return account.group_projects(group, text)

        try:
            if self._may_choose:
                found = self.prompter.once(f"which of the group {group}", lambda: _paths(self._choose(account, source)))
            else:
                listed = self.prompter.once(f"group {group}", lambda: self._ask(account, lambda: list(source(""))))
                found = _paths(listed)
        except NotFound:
            raise NotFound(
                f"there is no group {group}, or you may not see it: the answer is the same for both",
                hint=f"Check the spelling at {self.site.gitlab_url}/dashboard/groups.",
            ) from None
        if not found:
            hint = "Ask its owner to make you a member."
            raise NotFound(f"{group}/ has no repositories that you may see", hint=hint)
        return found

    def by_name(self, name: str) -> list[str]:
        account = self._need_account("a name alone is looked up among your projects, which takes a token")
        found = self.prompter.once(f"name {name}", lambda: self._ask(account, lambda: find_projects(name, account)))
        for one in found:
            self.prompter.once(f"project {one.path}", partial(_itself, one))
        if len(found) > 1 and self._may_choose:
            return self.prompter.once(f"which of the name {name}", lambda: self._one_of(name, found))
        if len(found) > 1:
            raise several(name, found)
        return _paths(found)

    @property
    def _may_choose(self) -> bool:
        return self.prompter.watched and self.prompter.may_ask

    def _one_of(self, name: str, found: list[Project]) -> list[str]:
        self.prompter.note(f"{len(found)} of your projects are named {name}:")
        self._show(found, 1)
        number = self.prompter.number("Which one? Its number", len(found))
        return [found[number - 1].path]

    def _need_account(self, why: str) -> Account:
        if not self.site.has("gitlab_url"):
            raise self.site.off("gitlab_url", "A repository's whole address will do: 'sesync clone ADDRESS'.")
        account = self.prompter.once("account", self._account)
        if account is None:
            raise Unanswered(
                why,
                hint="'sesync clone --login' keeps a token, once and for all. Without one, type"
                f" 'sesync clone GROUP/NAME': {self.site.gitlab_url}/dashboard/projects lists your projects.",
            )
        return account

    def _account(self) -> Account | None:
        account = my_account(self.site, self.caller)
        if account and account.token.warning:
            self.prompter.warn(account.token.warning)
        return account

    def _choose(self, account: Account, source: Source) -> list[Project]:
        """Ask until numbers were typed; other words look for something else, and nothing shows more."""
        found, shown = source(""), list[Project]()
        while True:
            page = by_group(self._ask(account, partial(_next, found)))
            self._show(page, len(shown) + 1)
            shown += page
            more = ", or Enter for more" if len(page) == _LINES else ""
            words = self.prompter.text(f"Numbers, or a part of a name{more}").strip()
            if picked := _picked(words, shown):
                return picked
            if words:
                found, shown = source(words), []
            elif not more:
                raise Declined("as you wish: nothing was done")

    def _show(self, page: list[Project], first: int) -> None:
        """The projects under their groups, numbered, each on one line."""
        if not page:
            self.prompter.note("There is no such project." if first == 1 else "That was all.")
        columns = self.prompter.columns(100)
        for number, one in enumerate(page, first):
            if number == first or one.group != page[number - first - 1].group:
                self.prompter.note(_cut(one.group, columns))
            name = one.path.rpartition("/")[2]
            when = ago(one.last_activity)
            self.prompter.note(f"{number:>4}  {_cut(name, columns - _INDENT - len(when) - 2)}  {when}".rstrip())

    def _ask(self, account: Account, question: Callable[[], T]) -> T:
        with self.watch(f"Asking {account.host}"):
            return question()


def _next(found: Iterator[Project]) -> list[Project]:
    return list(islice(found, _LINES))


def _cut(text: str, columns: int) -> str:
    return text if len(text) <= columns else text[: max(0, columns - 1)] + "…"


def _picked(words: str, shown: list[Project]) -> list[Project]:
    """The projects of these numbers, in the order typed; none if they are no numbers of any that was shown."""
    if words == "all":
        return shown
    numbers = words.replace(",", " ").split()
    if not all(number.isdecimal() and 0 < int(number) <= len(shown) for number in numbers):
        return []
    return list(dict.fromkeys(shown[int(number) - 1] for number in numbers))


def _itself(project: Project) -> Project:
    return project


def _paths(projects: list[Project]) -> list[str]:
    return [one.path for one in projects]
