"""The plan that keeps a token for the site's GitLab, once GitLab has said whose it is."""

from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.errors import Refused
from sesync_cli.gitlab.account import account
from sesync_cli.gitlab.api import Account, User
from sesync_cli.gitlab.token_store import TokenPlace, plan_keeping
from sesync_cli.gitlab.tokens import ENVIRONMENT, Token, find_token
from sesync_cli.plan import Plan, Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site

_SENDS = {"api", "write_repository"}
_CLONES = _SENDS | {"read_repository"}
_GRANULAR = {"granular"}  # all that GitLab tells of the scopes of a token with permissions of its own
_UNKNOWN = User("", "oauth2", "")  # git takes any name with a token


def plan_login(token: Token | None, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """Keep a token once GitLab has said whose it is; without one, what would be done."""
    url = site.gitlab_url
    if token is None:
        step, place = plan_keeping(url, "", Token("", ""), caller)
        return Plan((step,), f"You are logged in to {url}.", _facts(url, None, place))
    user, warnings = prompter.once("user", lambda: _proven(token, caller, site, watch))
    known = find_token(url, caller)
    step, place = plan_keeping(url, user.username, token, caller)
    facts = _facts(url, None if user == _UNKNOWN else user.username, place)
    whose = f" as {user.name} (@{user.username})" if user != _UNKNOWN else ""
    done = f"Logged in to {url}{whose}. The token is kept in {place.words}."
    if known and known.source == ENVIRONMENT and known.value != token.value:
        warnings += (f"{ENVIRONMENT} is set in this shell, and goes first: 'unset {ENVIRONMENT}'",)
    is_kept = known and known.source != ENVIRONMENT and known.value == token.value
    return Plan(() if is_kept else (step,), done, facts, warnings=warnings)


def _facts(url: str, user: str | None, place: TokenPlace) -> dict[str, Any]:
    """Who is logged in, and where the token is, for programs."""
    return {"url": url, "user": user, "helper": place.helper, "file": place.file}


def _proven(token: Token, caller: Caller, site: Site, watch: Watch) -> tuple[User, tuple[str, ...]]:
    """Whose token it is, and what it does not do; that it lists projects is tried."""
    mine = account(site, caller.env, token)
    with watch(f"Asking {mine.host}"):
        next(mine.projects(), None)
        return _owner(mine), _lacking(set(mine.scopes() or _GRANULAR))


def _owner(mine: Account) -> User:
    try:
        return mine.user()
    except Refused:
        return _UNKNOWN


def _lacking(scopes: set[str]) -> tuple[str, ...]:
    if scopes == _GRANULAR or scopes & _SENDS:
        return ()
    does = "clones over https, but does not send" if scopes & _CLONES else "neither clones nor sends over https"
    return (f"this token {does}: that takes the scope write_repository, or api",)
