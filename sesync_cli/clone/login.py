"""The plan that keeps a token for the site's GitLab, once GitLab has said whose it is."""

from sesync_cli.caller import Caller
from sesync_cli.errors import Refused
from sesync_cli.gitlab.account import account
from sesync_cli.gitlab.api import User
from sesync_cli.gitlab.failures import tokens_page
from sesync_cli.gitlab.token_store import plan_keeping
from sesync_cli.gitlab.tokens import ENVIRONMENT, Token, find_token
from sesync_cli.plan import Plan, Watch
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site

_LISTS = {"api", "read_api"}
_CLONES = {"api", "read_repository", "write_repository"}


def plan_login(token: Token | None, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """Keep a token once GitLab has said whose it is; without one, what would be done."""
    url = site.gitlab_url
    if token is None:
        return Plan(plan_keeping(url, "", Token("", ""), caller)[:1], f"You are logged in to {url}.")
    user, warnings = prompter.once("user", lambda: _proven(token, caller, site, watch))
    known = find_token(url, caller)
    step, place = plan_keeping(url, user.username, token, caller)
    facts = {"url": url, "username": user.username, "kept_in": place}
    done = f"Logged in to {url} as {user.name} (@{user.username}). The token is kept in {place}."
    if known and known.source == ENVIRONMENT and known.value != token.value:
        warnings += (f"{ENVIRONMENT} is set in this shell, and goes first: 'unset {ENVIRONMENT}'",)
    is_kept = known and known.source != ENVIRONMENT and known.value == token.value
    return Plan(() if is_kept else (step,), done, facts, warnings=warnings)


def _proven(token: Token, caller: Caller, site: Site, watch: Watch) -> tuple[User, tuple[str, ...]]:
    """Whose token it is, and what it does not do."""
    mine = account(site, caller.env, token)
    with watch(f"Asking {mine.host}"):
        user, scopes = mine.user(), mine.scopes()
    if scopes is not None and not _LISTS & set(scopes):
        raise Refused(
            "this token may not see your projects: it lacks the scope read_api",
            hint=f"A token's scopes cannot be changed: make another one at {tokens_page(mine.url)}.",
        )
    if scopes is not None and not _CLONES & set(scopes):
        return user, ("this token does not clone over https: that takes the scope read_repository",)
    return user, ()
