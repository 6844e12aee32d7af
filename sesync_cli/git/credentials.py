"""Names and passwords for servers: what git has of them, what it is given to keep, and what it is lent for one run.

What is lent is in a file without a name that only the same account can open, and that is gone with this process however
it ends: in no environment, on no command line.
"""

from collections.abc import Mapping
from functools import cache
from typing import IO
from urllib.parse import urlsplit

from sesync_cli.errors import SesyncError
from sesync_cli.git.address import PORTS, Address
from sesync_cli.git.anonymous_files import place, written
from sesync_cli.git.client import Said, ask_git

_SECONDS = 10.0  # how long a credential helper may take: it may ask a keyring, never a person
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "GCM_INTERACTIVE": "never"}
# git runs this by a shell; what is in its environment and on its command line, each hook of a repository can read
_HELPER = """!f() {{ test "$1" = get && cat {place}; }}; f"""


def credential(verb: str, url: str, env: Mapping[str, str], *lines: str) -> Said:
    """What `git credential` answers; `lines` are told to it beside the server's name. It never asks a person.

    `NoAnswer` where a helper takes too long.
    """
    parts = urlsplit(url)
    said = "".join(f"{line}\n" for line in (f"protocol={parts.scheme}", f"host={parts.netloc}", *lines, ""))
    return ask_git(["credential", verb], env={**env, **_QUIET}, seconds=_SECONDS, said=said, writes=True)


def password(url: str, env: Mapping[str, str]) -> str:
    """The password that git has for this server without asking anybody; empty if it has none."""
    try:
        lines = credential("fill", url, env).out.splitlines()
    except (SesyncError, OSError):
        return ""
    return next((line.removeprefix("password=") for line in lines if line.startswith("password=")), "")


def server_of(address: Address) -> str:
    """The server of a web address, as git's settings call it; empty for other addresses."""
    if address.scheme not in ("http", "https"):
        return ""
    host = f"[{address.host}]" if ":" in address.host else address.host.lower()
    usual = address.port in (None, PORTS[address.scheme])  # which passwords are kept without
    return f"{address.scheme}://{host}" if usual else f"{address.scheme}://{host}:{address.port}"


def lent(server: str, username: str, password: str, env: Mapping[str, str]) -> dict[str, str]:
    """Variables, for a git in this environment, by which it has a password for a server as `server_of` tells it.

    Errors are those of the file system.
    """
    helper = _HELPER.format(place=place(_kept(f"username={username}\npassword={password}\n")))
    there = env.get("GIT_CONFIG_COUNT", "")
    count = int(there) if there.isdecimal() else 0
    variables = {"GIT_CONFIG_COUNT": str(count + 2)}
    for number, one in enumerate(("", helper), count):  # the empty one keeps others from writing the password down
        variables |= {f"GIT_CONFIG_KEY_{number}": f"credential.{server}.helper", f"GIT_CONFIG_VALUE_{number}": one}
    return variables


@cache  # as long as the program runs, since the file is gone when it is closed
def _kept(text: str) -> IO[bytes]:
    return written(text)
