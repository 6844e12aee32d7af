"""sesync clone"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sesync_cli import screen
from sesync_cli.answer import plans_or_answers
from sesync_cli.clone import parts, place, wants
from sesync_cli.clone.cli.choice import Listing, meant, table
from sesync_cli.clone.cli.group import Wish, plan_group
from sesync_cli.clone.cli.login import plan_login
from sesync_cli.clone.cli.options import extent_options, introduction, weighed
from sesync_cli.clone.extent import Extent
from sesync_cli.clone.projects import Listed
from sesync_cli.clone.redirect import Redirect
from sesync_cli.clone.working_copy import Clone, existing
from sesync_cli.git import client, connection
from sesync_cli.git.address import Address, typed
from sesync_cli.git.exposed import exposed
from sesync_cli.git.failures import Attempt
from sesync_cli.gitlab.lending import lent_token
from sesync_cli.names import tilde
from sesync_cli.plan import Need, Plan, asking
from sesync_cli.run import need
from sesync_cli.session import Session
from sesync_cli.sync.update import Update
from sesync_cli.sync.words import counted


@click.command()
@click.argument(
    "repo",
    required=False,
    help="GROUP/NAME at the site's GitLab, GROUP/ for several, a NAME of yours, or any address; else your projects.",
)
@click.argument("dir", required=False, help="The folder to make; else the repository's name in your home.")
@click.option("--ssh", "way", flag_value="ssh", help="Go over ssh, with your key.")
@click.option("--https", "way", flag_value="https", help="Go over https, with your name and password.")
@click.option("--update", is_flag=True, help="If it is cloned already, get what is new.")
@click.option("--anyway", is_flag=True, help="Clone into a research data directory all the same.")
@click.option("--login", is_flag=True, help="Keep a token for the site's GitLab, so that your projects can be listed.")
@extent_options
@plans_or_answers(table)
@click.pass_obj
def clone(
    session: Session, /, repo: str | None, dir: str | None, way: str | None, login: bool, **wishes: Any
) -> Plan | list[Listed]:
    """Clone a repository into your home.

    It is there whole or not at all. A second time, it says that it is there; --update gets what is new. Without REPO,
    your projects are listed, to choose from on a terminal.
    """
    need("git", hint=f"Ask {session.site.support} to install it.")
    if login:
        return plan_login(session, repo)
    wish = Wish(dir, way or "", **wishes)
    repos = meant(session, repo)
    if isinstance(repos, Listing):
        return repos.projects
    if len(repos) > 1 or (repo or "").endswith("/"):
        return plan_group(session, (repo or "").strip("/"), repos, wish)
    return _plan(session, repos[0], wish)


def _plan(session: Session, repo: str, wish: Wish) -> Plan:
    address = typed(repo, session.site, wish.way)
    final = place.chosen(wish.dir, address, session.caller.home, session.caller.cwd)
    if not wish.anyway:
        place.refuse_data_directory(final, session.site)
    there = existing(address, final, wish.dir is not None)
    facts = {"repository": address.shown, "path": str(final)}
    shown = tilde(final, session.caller.home)
    if there is None:
        return _plan_clone(session, _attempt(session, address, final), facts, wish.extent)
    if wish.way and there.scheme != address.scheme and not wish.update:
        told = exposed(final, shown, session.site, moves=True)
        return _plan_redirect(session, _attempt(session, address, final), there, facts).warned(told)
    told = exposed(final, shown, session.site)
    if not wish.update:
        done = f"{shown} is already cloned from {address.label}; '--update' gets what is new."
        return Plan((), done, facts, warnings=told)
    return _plan_update(session, _attempt(session, there, final), facts).warned(told)


def _plan_clone(session: Session, attempt: Attempt, facts: Mapping[str, Any], extent: Extent) -> Plan:
    final = attempt.folder
    shown = tilde(final, session.caller.home)
    done = f"Cloned {attempt.address.label} to {shown}."
    way = _way(session, attempt, None)
    big, who = weighed(session, attempt, extent), introduction(session)

    def after() -> dict[str, Any]:
        return {
            "done": "\n".join((done, *wants.advice(final, shown, session.caller.home, session.site))),
            "warnings": (*_oddities(final), *parts.notices(final, shown), *big.warnings, *who.warnings),
        }

    steps = (*way.steps, *who.steps, Clone(attempt, way.connection, big.extent))
    needs = (Need(big.bytes, final.parent),) if big.bytes else ()
    return Plan(
        steps, done, facts, questions=asking(way.ask), locks=(final,), sweeps=(final.parent,), needs=needs, after=after
    )


def _plan_redirect(session: Session, attempt: Attempt, there: Address, facts: Mapping[str, Any]) -> Plan:
    shown = tilde(attempt.folder, session.caller.home)
    way = _way(session, attempt, None)
    steps = (*way.steps, Redirect(attempt, there.url, way.connection))
    done = f"{shown} now goes to {attempt.where} over {attempt.address.scheme}."
    return Plan(steps, done, facts, questions=asking(way.ask), locks=(attempt.folder,))


def _plan_update(session: Session, attempt: Attempt, facts: Mapping[str, Any]) -> Plan:
    final = attempt.folder
    shown = tilde(final, session.caller.home)
    way = _way(session, attempt, final)
    update = Update(attempt, way.connection, session.caller)

    def after() -> dict[str, Any]:
        done = f"{shown} is up to date: {counted(update.received, 'new commit')}."
        return {"done": done, "warnings": tuple(f"a submodule is at an earlier state: {one}" for one in update.missed)}

    steps = (*way.steps, update)
    return Plan(steps, f"{shown} is up to date.", facts, questions=asking(way.ask), locks=(final,), after=after)


def _way(session: Session, attempt: Attempt, folder: Path | None) -> connection.Way:
    with screen.doing(f"Looking for {attempt.where}"):
        return connection.prepare(attempt, session.caller, folder, lent_token)


def _attempt(session: Session, address: Address, folder: Path) -> Attempt:
    return Attempt(address, folder, session.site, session.caller.home)


def _oddities(folder: Path) -> tuple[str, ...]:
    if client.commit(folder):
        branch = client.ask(["symbolic-ref", "--quiet", "HEAD"], folder)
        return (
            () if not branch.code else ("this is no branch: 'git switch -c NAME' there makes one before you change it",)
        )
    if names := client.branches(folder):
        return (f"no files are there, since its default branch is missing; it has {', '.join(names[:5])}",)
    return ("the repository is empty: nobody has put anything in it yet",)
