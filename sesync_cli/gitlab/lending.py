"""A person's token for the site's GitLab, lent to git for one run."""

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.git.address import Address, read_address, site_addresses
from sesync_cli.git.credentials import lent, password, server_of
from sesync_cli.gitlab.tokens import GIT, find_token
from sesync_cli.site.settings import Site

_ANY_NAME = "oauth2"  # GitLab takes any with a token


def lent_token(address: Address, site: Site, caller: Caller) -> dict[str, str]:
    """Variables by which git has the token; none where the server is another one, or git has a password by itself."""
    server = server_of(address)
    if not site.has("gitlab_url"):
        return {}
    if not server or server not in map(
        server_of, filter(None, (read_address(site.gitlab_url), *site_addresses("", site)))
    ):
        return {}
    try:
        token = find_token(site.gitlab_url, caller)
        if token is None or token.source == GIT or password(server, caller.env):
            return {}
        return lent(server, _ANY_NAME, token.value, caller.env)
    except (SesyncError, OSError):  # neither broken settings nor a full disk keep git from asking the person
        return {}
