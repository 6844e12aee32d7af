"""What can be wrong between somebody's ssh and the site's GitLab, as `sesync ssh-key --check` finds it."""

from sesync_cli.caller import Caller
from sesync_cli.check import Check
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.sshkey.checking import examined
from sesync_cli.sshkey.server import own_server

_QUESTIONS = 4  # that ssh may ask the server, each with the site's patience


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The key, where the site's GitLab takes one."""
    attempt = own_server(site, caller.home)
    if attempt is None:
        return ()
    return (Check("ssh key", _QUESTIONS * site.data_patience_seconds, lambda: examined(attempt, caller).findings),)
