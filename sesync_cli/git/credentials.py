"""A person's token for the site's GitLab, lent to git for one run: in memory, on no command line and in no file."""

from collections.abc import Mapping
from pathlib import Path

from sesync_cli.errors import SesyncError
from sesync_cli.git.address import PORTS, Address, read, site_addresses
from sesync_cli.gitlab.tokens import GIT, Keeper, find_token, has_password
from sesync_cli.site.settings import Site

# git runs this by a shell whose command line holds the variable's name alone; GitLab takes any name with a token
_HELPER = """!f() { test "$1" = get && printf 'username=oauth2\\npassword=%s\\n' "$SESYNC_TOKEN"; }; f"""


def lent(address: Address, site: Site, env: Mapping[str, str], home: Path) -> dict[str, str]:
    """Variables by which git has the token; none where the server is another one, or git has a password by itself."""
    server = _server(address)
    if not server or server not in map(_server, filter(None, (read(site.gitlab_url), *site_addresses("", site)))):
        return {}
    try:
        token = find_token(site.gitlab_url, env, home)
    except SesyncError:  # a broken file of settings must not keep git from asking the person
        return {}
    if token is None or token.source == GIT or has_password(server, Keeper(env, home)):
        return {}
    there = env.get("GIT_CONFIG_COUNT", "")
    count = int(there) if there.isdecimal() else 0
    lent = {"SESYNC_TOKEN": token.value, "GIT_CONFIG_COUNT": str(count + 2)}
    for number, helper in enumerate(("", _HELPER), count):  # the empty one keeps others from writing the token down
        lent |= {f"GIT_CONFIG_KEY_{number}": f"credential.{server}.helper", f"GIT_CONFIG_VALUE_{number}": helper}
    return lent


def _server(address: Address) -> str:
    """The server of a web address, as git's settings call it; empty for other addresses."""
    if address.scheme not in ("http", "https"):
        return ""
    host = f"[{address.host}]" if ":" in address.host else address.host.lower()
    return f"{address.scheme}://{host}:{address.port or PORTS[address.scheme]}"
