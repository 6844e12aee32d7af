"""sesync clone"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.clone import connection, place, repository
from sesync_cli.clone.address import Address, typed
from sesync_cli.clone.failures import Attempt
from sesync_cli.clone.working_copy import Clone, Update, existing
from sesync_cli.errors import WrongWords
from sesync_cli.plan import Plan
from sesync_cli.run import need
from sesync_cli.session import Session


@click.command()
@click.argument("repo", required=False, help="GROUP/NAME at the site's GitLab, or the address of any repository.")
@click.argument("dir", required=False, help="The folder to make; else the repository's name in your home.")
@click.option("--ssh", "way", flag_value="ssh", help="Go over ssh, with your key.")
@click.option("--https", "way", flag_value="https", help="Go over https, with your name and password.")
@click.option("--update", is_flag=True, help="If it is cloned already, get what is new.")
@click.option("--anyway", is_flag=True, help="Clone into a research data directory all the same.")
@plans
@click.pass_obj
def clone(session: Session, repo: str | None, dir: str | None, way: str | None, update: bool, anyway: bool) -> Plan:
    """Clone a repository into your home.

    It is there whole or not at all. A second time, it says that it is there; --update gets what is new.
    """
    need("git", hint=f"Ask {session.site.support_email} to install it.")
    address = _address(session, repo, way or "")
    final = place.chosen(dir, address, session.home, session.cwd)
    if not anyway:
        place.refuse_data_directory(final, session.site)
    there = existing(address, final, dir is not None)
    facts = {"repository": address.url, "path": str(final)}
    shown = place.tilde(final, session.home)
    if there is None:
        return _plan_clone(session, Attempt(address, final, session.site), facts)
    if not update:
        return Plan((), f"{shown} is already cloned from {address.label}; '--update' gets what is new.", facts)
    return _plan_update(session, Attempt(there, final, session.site), facts)


def _address(session: Session, repo: str | None, way: str) -> Address:
    if repo:
        return typed(repo, session.site, way)
    url = session.site.gitlab_url
    raise WrongWords(
        "which repository?", hint=f"Type 'sesync clone GROUP/NAME'; {url}/dashboard/projects lists your projects."
    )


def _plan_clone(session: Session, attempt: Attempt, facts: Mapping[str, Any]) -> Plan:
    final = attempt.folder
    shown = place.tilde(final, session.home)
    done = f"Cloned {attempt.address.label} to {shown}."
    way = _way(session, attempt, None)

    def after() -> dict[str, Any]:
        advice = f"\nIt asks for Python packages: cd {shown} && sesync kernel create"
        return {
            "done": done + (advice if place.asks_for_packages(final) else ""),
            "warnings": _oddities(final),
        }

    steps = (*way.steps, Clone(attempt, way.connection))
    return Plan(steps, done, facts, ask=way.ask, owner=final, sweeps=(final.parent,), after=after)


def _plan_update(session: Session, attempt: Attempt, facts: Mapping[str, Any]) -> Plan:
    final = attempt.folder
    shown = place.tilde(final, session.home)
    way = _way(session, attempt, final)
    before = repository.commit(final)

    def after() -> dict[str, Any]:
        new = repository.count_commits(final, before)
        return {"done": f"{shown} is up to date: {new} new commit{'' if new == 1 else 's'}."}

    steps = (*way.steps, Update(attempt, way.connection))
    return Plan(steps, f"{shown} is up to date.", facts, ask=way.ask, owner=final, after=after)


def _way(session: Session, attempt: Attempt, folder: Path | None) -> connection.Way:
    traveller = connection.Traveller(session.env, session.home, session.interactive)
    with screen.doing(f"Looking for {attempt.where}"):
        return connection.prepare(attempt, traveller, folder)


def _oddities(folder: Path) -> tuple[str, ...]:
    if repository.commit(folder):
        return ()
    if names := repository.branches(folder):
        return (f"no files are there, since its default branch is missing; it has {', '.join(names[:5])}",)
    return ("the repository is empty: nobody has put anything in it yet",)
