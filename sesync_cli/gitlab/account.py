"""The person's own account at the site's GitLab, if they have a token for it."""

import contextlib
from collections.abc import Mapping

from sesync_cli.caller import Caller
from sesync_cli.certificates import system_certificates
from sesync_cli.errors import SesyncError
from sesync_cli.git.client import ask_git
from sesync_cli.git.identity import Identity, full_name
from sesync_cli.gitlab.api import Account
from sesync_cli.gitlab.tokens import Token, find_token
from sesync_cli.site.settings import Site

_NAMED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO")


def my_account(site: Site, caller: Caller) -> Account | None:
    """The account that the person's token opens; None without a token or a GitLab. No server is asked yet."""
    if not site.has("gitlab_url"):
        return None
    token = find_token(site.gitlab_url, caller)
    return account(site, caller.env, token) if token else None


def my_identity(site: Site, caller: Caller) -> Identity:
    """The name and address that can be offered for commits: GitLab's, else the full name that the system has."""
    with contextlib.suppress(SesyncError):  # it is an offer: whatever is wrong with the token is told elsewhere
        if account := my_account(site, caller):
            user = account.user()
            return Identity(user.name, user.email)
    return Identity(full_name(), "")


def account(site: Site, env: Mapping[str, str], token: Token) -> Account:
    """The account that this token opens."""
    trusted = certificates(site.gitlab_url, env)
    return Account(site.gitlab_url, token, site.support, site.data_patience_seconds, trusted)


def certificates(url: str, env: Mapping[str, str]) -> str:
    """The file of those who vouch for servers, the same that git uses; empty for the library's own."""
    named = next((env[name] for name in _NAMED if env.get(name)), "")
    if not named:
        with contextlib.suppress(SesyncError, OSError):
            named = ask_git(["config", "--path", "--get-urlmatch", "http.sslCAInfo", url], env=env).out.strip()
    return named or str(system_certificates() or "")
