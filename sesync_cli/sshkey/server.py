"""Which server is meant, and the command line that means it."""

import contextlib
import os
import pwd
import re
from dataclasses import replace
from pathlib import Path

from sesync_cli.errors import NotReady, WrongWords
from sesync_cli.git import known_hosts
from sesync_cli.git.address import USUAL_USER, Address, site_server, ssh_key_command
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.run import ProgramFailed, need
from sesync_cli.site.settings import Site

_WORDS = re.compile(r"(?:([A-Za-z0-9_][\w.+-]*)@)?([A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", re.ASCII)


def find_server(words: str | None, site: Site, home: Path) -> ServerAttempt:
    """The server that somebody means by [USER@]HOST[:PORT], without words the site's GitLab; NotReady without ssh."""
    for program in ("ssh", "ssh-keygen"):
        need(program, hint=f"Ask {site.support} to install it.")
    own = site_server(site)
    if words is None and own is None:
        another = "'sesync ssh-key HOST' sets up your key for another server, such as github.com."
        if not site.has("gitlab_url"):
            raise site.off("gitlab_url", another)
        address = site.gitlab_ssh if site.has("gitlab_ssh") else site.gitlab_https
        raise NotReady(f"the site's GitLab takes no ssh: its address is {address}", hint=another)
    if own is None or words is not None:
        own = _named(words or "", own, site, home)
    return ServerAttempt(own, home / ".ssh", site, home)


def own_server(site: Site, home: Path) -> ServerAttempt | None:
    """The site's GitLab; None if it has none that takes ssh."""
    own = site_server(site)
    return ServerAttempt(own, home / ".ssh", site, home) if own else None


def command(attempt: ServerAttempt, *words: str) -> str:
    """The command line that sets up a key for this server."""
    return ssh_key_command(attempt.address, attempt.site, *words)


def _named(words: str, own: Address | None, site: Site, home: Path) -> Address:
    found = _WORDS.fullmatch(words)
    if found is None or int(found[3] or 0) > 65535:
        raise WrongWords(
            f"{words!r} is no server", hint="Type its name, as in 'sesync ssh-key github.com', or USER@HOST:PORT."
        )
    user, host, port = found[1], found[2].strip("[]"), int(found[3]) if found[3] else None
    if own and (host.lower(), user or own.user) == (own.host.lower(), own.user):
        return replace(own, port=port or own.port)
    address = Address(f"ssh://{words}/", host, "ssh", host, port, "", "/")
    return replace(address, user=user or _configured_user(address, site, home))


def _configured_user(address: Address, site: Site, home: Path) -> str:
    """Whom ssh's settings name for this server; the usual user where they name nobody, or oneself."""
    with contextlib.suppress(ProgramFailed):
        ssh = known_hosts.ssh_argv(home, site.data_patience_seconds, False)
        user = known_hosts.settings(ssh, address).get("user", "")
        if user not in ("", pwd.getpwuid(os.getuid()).pw_name):
            return user
    return USUAL_USER
