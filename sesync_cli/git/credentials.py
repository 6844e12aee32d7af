"""A person's token for the site's GitLab, lent to git for one run: in no environment, on no command line.

It is in a file without a name that only the same account can open, and that is gone with this process however it ends.
"""

from functools import cache
from typing import IO

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.git.address import PORTS, Address, read, site_addresses
from sesync_cli.git.unnamed import place, written
from sesync_cli.gitlab.tokens import GIT, find_token, has_password
from sesync_cli.site.settings import Site

# git runs this by a shell; what is in its environment and on its command line, each hook of a repository can read
_HELPER = """!f() {{ test "$1" = get && cat {place}; }}; f"""


def lent(address: Address, site: Site, caller: Caller) -> dict[str, str]:
    """Variables by which git has the token; none where the server is another one, or git has a password by itself."""
    server = _server(address)
    if not site.has("gitlab_url"):
        return {}
    if not server or server not in map(_server, filter(None, (read(site.gitlab_url), *site_addresses("", site)))):
        return {}
    try:
        token = find_token(site.gitlab_url, caller)
        if token is None or token.source == GIT or has_password(server, caller):
            return {}
        # GitLab takes any name with a token
        helper = _HELPER.format(place=place(_kept(f"username=oauth2\npassword={token.value}\n")))
    except (SesyncError, OSError):  # neither broken settings nor a full disk keep git from asking the person
        return {}
    there = caller.env.get("GIT_CONFIG_COUNT", "")
    count = int(there) if there.isdecimal() else 0
    lent = {"GIT_CONFIG_COUNT": str(count + 2)}
    for number, one in enumerate(("", helper), count):  # the empty one keeps others from writing the token down
        lent |= {f"GIT_CONFIG_KEY_{number}": f"credential.{server}.helper", f"GIT_CONFIG_VALUE_{number}": one}
    return lent


@cache  # as long as the program runs, since the file is gone when it is closed
def _kept(text: str) -> IO[bytes]:
    return written(text)


def _server(address: Address) -> str:
    """The server of a web address, as git's settings call it; empty for other addresses."""
    if address.scheme not in ("http", "https"):
        return ""
    host = f"[{address.host}]" if ":" in address.host else address.host.lower()
    return f"{address.scheme}://{host}:{address.port or PORTS[address.scheme]}"
