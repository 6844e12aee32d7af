"""Which repositories are meant where none is named in full: asked for on a terminal, listed elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json
from sesync_cli.clone.cli.options import may_ask
from sesync_cli.clone.projects import GROUP, NAME, Listed, as_listed, by_group, named, several
from sesync_cli.errors import NotFound, Stopped, WrongWords
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account, Project
from sesync_cli.session import Session
from sesync_cli.view import Table, View, ago

_LINES = 15  # projects that are shown at a time
_INDENT = 6  # columns before a name

T = TypeVar("T")
Source = Callable[[str], Iterator[Project]]
"""Gives the projects that have these letters in their name or group."""


@dataclass(frozen=True)
class Listing:
    """Projects that are only to be looked at."""

    projects: list[Listed]


def meant(session: Session, repo: str | None) -> list[str] | Listing:
    """The repositories that are meant, as GROUP/NAME or an address; projects instead if they are only to be listed."""
    if repo is None:
        return _of_all(session)
    if GROUP.fullmatch(repo):
        return _of_group(session, repo.rstrip("/"))
    if NAME.fullmatch(repo):
        account = _need_account(session, "a name alone is looked up among your projects, which takes a token")
        found = session.once("named", lambda: _ask_server(account, lambda: named(repo, account)))
        return session.once("which", lambda: _one_of(session, repo, found))
    return [repo]


def table(projects: list[Listed]) -> View:
    """The projects, as a table."""
    rows = [
        (one.path, ago(one.last_activity), one.visibility, (one.clone and f"~/{one.clone.name}") or "")
        for one in projects
    ]
    return Table(("PROJECT", "LAST CHANGE", "SEEN BY", "HERE"), rows, empty="You are a member of no project yet.")


def _of_all(session: Session) -> list[str] | Listing:
    account = _need_account(session, "which repository?")
    if session.watched and not asked_for_json():
        return session.once("chosen", lambda: _paths(_choose(account, account.projects)))
    found = _ask_server(account, lambda: list(account.projects(brief=False)))
    return Listing(as_listed(found, session.caller.home, session.site))


def _of_group(session: Session, group: str) -> list[str]:
    account = _need_account(session, f"to list what is in {group}/ takes a token")

    def source(text: str) -> Iterator[Project]:
        return account.group_projects(group, text)

    def ask() -> list[str]:
        if session.watched and may_ask(session) and not asked_for_json():
            return _paths(_choose(account, source))
        return _paths(_ask_server(account, lambda: list(source(""))))

    try:
        found = session.once("group", ask)
    except NotFound:
        raise NotFound(
            f"there is no group {group}, or you may not see it: the answer is the same for both",
            hint=f"Check the spelling at {session.site.gitlab_url}/dashboard/groups.",
        ) from None
    if not found:
        raise NotFound(f"{group}/ has no repositories that you may see", hint="Ask its owner to make you a member.")
    return found


def _one_of(session: Session, name: str, found: list[Project]) -> list[str]:
    if len(found) > 1 and session.watched and may_ask(session) and not asked_for_json():
        screen.note(f"{len(found)} of your projects are named {name}:")
        _show(found, 1)
        number = click.prompt("Which one? Its number", type=click.IntRange(1, len(found)), err=True)
        return [found[number - 1].path]
    if len(found) > 1:
        raise several(name, found)
    return _paths(found)


def _need_account(session: Session, why: str) -> Account:
    if not session.site.has("gitlab_url"):
        raise session.site.off("gitlab_url", "A repository's whole address will do: 'sesync clone ADDRESS'.")

    def find() -> Account | None:
        account = my_account(session.site, session.caller)
        if account and account.token.warning:
            screen.warn(account.token.warning)
        return account

    if account := session.once("account", find):
        return account
    raise WrongWords(
        why,
        hint="'sesync clone --login' keeps a token, once and for all. Without one, type 'sesync clone GROUP/NAME':"
        f" {session.site.gitlab_url}/dashboard/projects lists your projects.",
    )


def _choose(account: Account, source: Source) -> list[Project]:
    """Ask until numbers were typed; other words look for something else, and nothing shows more."""
    found, shown = source(""), list[Project]()
    while True:
        page = by_group(_ask_server(account, partial(_next, found)))
        _show(page, len(shown) + 1)
        shown += page
        more = ", or Enter for more" if len(page) == _LINES else ""
        words = click.prompt(f"Numbers, or a part of a name{more}", default="", show_default=False, err=True).strip()
        if picked := _picked(words, shown):
            return picked
        if words:
            found, shown = source(words), []
        elif not more:
            raise Stopped("nothing was chosen, and nothing was done")


def _next(found: Iterator[Project]) -> list[Project]:
    return list(islice(found, _LINES))


def _show(page: list[Project], first: int) -> None:
    """The projects under their groups, numbered, each on one line."""
    if not page:
        screen.note("There is no such project." if first == 1 else "That was all.")
    columns = screen.width(100)
    for number, one in enumerate(page, first):
        if number == first or one.group != page[number - first - 1].group:
            screen.note(_cut(one.group, columns))
        name = one.path.rpartition("/")[2]
        when = ago(one.last_activity)
        screen.note(f"{number:>4}  {_cut(name, columns - _INDENT - len(when) - 2)}  {when}".rstrip())


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


def _paths(projects: list[Project]) -> list[str]:
    return [one.path for one in projects]


def _ask_server(account: Account, question: Callable[[], T]) -> T:
    with screen.doing(f"Asking {account.host}"):
        return question()
