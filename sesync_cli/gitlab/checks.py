"""What can be wrong with somebody's token for the site's GitLab: others can read it, or it is accepted no more."""

from collections.abc import Iterator

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.gitlab.account import my_account
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The token, where the site has a GitLab; that there is none is no fault."""
    if not site.has("gitlab_url"):
        return ()
    return (Check("GitLab token", 2 * site.data_patience_seconds, lambda: _token(caller, site)),)


def _token(caller: Caller, site: Site) -> Iterator[Finding]:
    account = my_account(site, caller)
    if account is None:
        return
    if account.token.open:
        yield account.token.open
    next(account.projects(), None)
