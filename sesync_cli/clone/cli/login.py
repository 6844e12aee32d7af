"""sesync clone --login: a token is taken, proven, and kept."""

import sys

import click

from sesync_cli import screen
from sesync_cli.errors import Refused, WrongWords
from sesync_cli.gitlab.account import account
from sesync_cli.gitlab.api import User
from sesync_cli.gitlab.failures import tokens_page
from sesync_cli.gitlab.keep import given, plan_keeping
from sesync_cli.gitlab.tokens import ENVIRONMENT, Token, find_token
from sesync_cli.plan import Plan
from sesync_cli.session import Session

_LONGEST = 2_000  # letters of a token that comes on standard input
_LISTS = {"api", "read_api"}
_CLONES = {"api", "read_repository", "write_repository"}


def plan_login(session: Session, repo: str | None) -> Plan:
    """Keep a token that is typed unseen, or comes on standard input, once GitLab has said whose it is."""
    if repo is not None:
        raise WrongWords("'--login' takes no REPO, and no token on the command line", hint="Log in first, then clone.")
    url, caller = session.site.gitlab_url, session.caller
    if click.get_current_context().params["dry_run"]:
        return Plan(plan_keeping(url, "", Token("", ""), caller)[:1], f"You are logged in to {url}.")
    token = session.once("token", lambda: _taken(session))
    user, warnings = session.once("user", lambda: _proven(session, token))
    known = find_token(url, caller)
    step, place = plan_keeping(url, user.username, token, caller)
    facts = {"url": url, "username": user.username, "kept_in": place}
    done = f"Logged in to {url} as {user.name} (@{user.username}). The token is kept in {place}."
    if known and known.source == ENVIRONMENT and known.value != token.value:
        warnings += (f"{ENVIRONMENT} is set in this shell, and goes first: 'unset {ENVIRONMENT}'",)
    is_kept = known and known.source != ENVIRONMENT and known.value == token.value
    return Plan(() if is_kept else (step,), done, facts, warnings=warnings)


def _taken(session: Session) -> Token:
    page = tokens_page(session.site.gitlab_url)
    if session.caller.interactive:
        screen.note(f"A token for GitLab is made at {page}\nIt needs the scope api, or read_api and read_repository.")
        return given(click.prompt("Token (it is not shown)", hide_input=True, err=True))
    text = sys.stdin.readline(_LONGEST) if sys.stdin else ""
    if not text.strip():
        raise WrongWords(
            "there is no terminal to type a token in, and none came on standard input",
            hint=f"Make one at {page}, and run 'sesync clone --login' in a terminal, or with '< FILE'.",
        )
    return given(text)


def _proven(session: Session, token: Token) -> tuple[User, tuple[str, ...]]:
    """Whose token it is, and what it does not do."""
    mine = account(session.site, session.caller.env, token)
    with screen.doing(f"Asking {mine.host}"):
        user, scopes = mine.user(), mine.scopes()
    if scopes is not None and not _LISTS & set(scopes):
        raise Refused(
            "this token may not see your projects: it lacks the scope read_api",
            hint=f"A token's scopes cannot be changed: make another one at {tokens_page(mine.url)}.",
        )
    if scopes is not None and not _CLONES & set(scopes):
        return user, ("this token does not clone over https: that takes the scope read_repository",)
    return user, ()
