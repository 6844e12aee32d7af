"""sesync clone"""

import sys

import click

from sesync_cli import screen
from sesync_cli.answer import plans_or_answers
from sesync_cli.clone.choice import Listing, chosen_repositories
from sesync_cli.clone.login import plan_login
from sesync_cli.clone.plans import plan_clone
from sesync_cli.clone.projects import Listed
from sesync_cli.clone.request import CloneRequest, Extent, checked_branch
from sesync_cli.errors import Unanswered, WrongWords
from sesync_cli.gitlab.failures import tokens_page
from sesync_cli.gitlab.token_store import given
from sesync_cli.gitlab.tokens import PERMISSIONS, SCOPES, Token
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.prompter import Prompter
from sesync_cli.run import need
from sesync_cli.session import Session
from sesync_cli.site.settings import Site
from sesync_cli.terminal import terminal
from sesync_cli.view import Table, View, ago

_LONGEST = 2_000  # letters of a token that comes on standard input


def _table(projects: list[Listed]) -> View:
    rows = [
        (one.repository, ago(one.last_activity or ""), one.visibility or "", str(one.path or "")) for one in projects
    ]
    return Table(("PROJECT", "LAST CHANGE", "SEEN BY", "HERE"), rows, empty="You are a member of no project yet.")


@click.command(cls=WithExamples)
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
@click.option("--branch", metavar="B", default="", help="The branch to begin with; else the repository's own.")
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="Only the latest N commits.")
@click.option("--lean/--whole", default=None, help="Old contents of files only when they are needed, or all now.")
@click.option("--submodules", is_flag=True, help="Also the repositories that are parts of it.")
@plans_or_answers(_table)
@click.pass_obj
def clone(
    session: Session,
    repo: str | None,
    dir: str | None,
    way: str | None,
    update: bool,
    anyway: bool,
    login: bool,
    branch: str,
    depth: int | None,
    lean: bool | None,
    submodules: bool,
) -> Plan | list[Listed]:
    """Clone a repository into your home.

    It is there whole or not at all. A second time, it says that it is there; --update gets what is new. Without REPO,
    your projects are listed, to choose from on a terminal.
    """
    extent = Extent(checked_branch(branch) if branch else "", depth, lean, submodules)
    need("git", hint=f"Ask {session.site.support} to install it.")
    caller, site, prompter = session.caller, session.site, terminal(session)
    if login:
        return plan_login(_token(repo, site, prompter), caller, site, screen.doing, prompter)
    repos = chosen_repositories(repo, caller, site, screen.doing, prompter)
    if isinstance(repos, Listing):
        return repos.projects
    group = repo.strip("/") if repo and repo.endswith("/") else ""
    request = CloneRequest(tuple(repos), group, dir, way or "", update, anyway, extent)
    return plan_clone(request, caller, site, screen.doing, prompter)


def _token(repo: str | None, site: Site, prompter: Prompter) -> Token | None:
    """The token that is to be kept; none is asked for where nothing will be done."""
    if repo is not None:
        raise WrongWords("'--login' takes no REPO, and no token on the command line", hint="Log in first, then clone.")
    page = tokens_page(site.gitlab_url)
    return None if prompter.dry_run else prompter.once("token", lambda: _typed(page, prompter))


def _typed(page: str, prompter: Prompter) -> Token:
    """What is typed unseen, or comes on standard input."""
    if prompter.interactive:
        prompter.note(
            f"A token for GitLab is made at {page}\nIt needs the scope {SCOPES};\n"
            f"a fine-grained one, the permissions {PERMISSIONS}."
        )
        return given(prompter.secret("Token (it is not shown)"))
    text = sys.stdin.readline(_LONGEST) if sys.stdin else ""
    if not text.strip():
        raise Unanswered(
            "there is no terminal to type a token in, and none came on standard input",
            hint=f"Make one at {page}, and run 'sesync clone --login' in a terminal, or with '< FILE'.",
        )
    return given(text)
