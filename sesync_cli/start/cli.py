"""sesync start"""

from collections.abc import Sequence

import click

from sesync_cli import screen
from sesync_cli.answer import plans_or_answers
from sesync_cli.errors import WrongWords
from sesync_cli.help import WithExamples
from sesync_cli.home.seen import DataSeen
from sesync_cli.link.options import complete_project
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.start.plans import plan_share_repositories, plan_start
from sesync_cli.start.projects import checked_project, chosen_project
from sesync_cli.start.request import StartRequest
from sesync_cli.terminal import terminal
from sesync_cli.view import Table, View, good, odd


def _table(projects: Sequence[DataSeen]) -> View:
    rows = [(one.project, good("linked") if one.links else odd("not linked"), str(one.target)) for one in projects]
    return Table(("PROJECT", "DATA", "IN"), rows, end="'sesync start PROJECT' brings here what is missing of one.")


@click.command(cls=WithExamples)
@click.argument(
    "project",
    required=False,
    shell_complete=complete_project,
    help="As 'cooltrees'; without it, your projects, to choose from.",
)
@click.argument(
    "repo",
    nargs=-1,
    metavar="[REPO]...",
    help="GROUP/NAME, a NAME in the project's group, GROUP/ for several, or any address; else what the group has.",
)
@click.option("--ssh", "way", flag_value="ssh", help="Go to GitLab over ssh, with your key.")
@click.option("--https", "way", flag_value="https", help="Go to GitLab over https, with your name and password.")
@click.option("--share", "shares", is_flag=True, help="Keep a list of its repositories for all who begin after you.")
@plans_or_answers(_table)
@click.pass_obj
def start(
    session: Session, project: str | None, repo: tuple[str, ...], way: str | None, shares: bool
) -> Plan | Sequence[DataSeen]:
    """Set up all that a project needs.

    It links the data, clones the code, and makes the kernels that the group shares or the code asks for; also your ssh
    key, and the name that your commits carry. You see what it will do first. Another time it does what is missing.
    """
    caller, site, prompter = session.caller, session.site, terminal(session)
    if shares:
        if project is None:
            raise WrongWords("which project?", hint="'sesync start PROJECT --share' with the project's short name.")
        if way:
            raise WrongWords(f"'--{way}' is for cloning, and '--share' clones nothing", hint=f"Leave out '--{way}'.")
        sharing = StartRequest(checked_project(project, site), repo)
        return plan_share_repositories(sharing, caller, site, screen.doing, prompter)
    chosen = chosen_project(project, caller, site, screen.doing, prompter)
    if not isinstance(chosen, str):
        return chosen
    return plan_start(StartRequest(chosen, repo, way or ""), caller, site, screen.doing, prompter)
