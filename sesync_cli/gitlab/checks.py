"""What can be wrong with a token for the site's GitLab: others can read it, or it is no good, now or soon."""

from collections.abc import Iterator
from datetime import date

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.errors import Refused
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site

_SOON = 14  # days before its end
_LOGIN = "sesync clone --login"
_WHY = "Without it your projects cannot be listed, and https takes no git."


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The token, where the site has a GitLab; that there is none is no fault."""
    if not site.has("gitlab_url"):
        return ()
    return (Check("token", 2 * site.data_patience_seconds, lambda: _token(caller, site)),)


def _token(caller: Caller, site: Site) -> Iterator[Finding]:
    account = my_account(site, caller)
    if account is None:
        return
    if account.token.open:
        yield account.token.open
    try:
        next(account.projects(), None)
    except Refused as error:
        yield Finding(error.kind, str(error), error.hint, why=_WHY, command=_LOGIN)
    else:
        yield from _ending(account)


def _ending(account: Account) -> Iterator[Finding]:
    end = account.token_end()
    try:
        days = (date.fromisoformat(end) - date.today()).days if end else None
    except ValueError:
        days = None
    if days is not None and days <= _SOON:
        message = f"your token ({account.token.source}) for {account.host} ends on {end}"
        hint = f"Make a new one before that; '{_LOGIN}' keeps it."
        yield Finding("ends soon", message, hint, why=_WHY, command=_LOGIN, broken=False)
