"""How git gets to a server: by which program, with which settings, past which unknown key."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.git import client, known_hosts
from sesync_cli.git.address import PORTS, Address, read_address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.failures import led_elsewhere, without_ssh
from sesync_cli.plan import Step
from sesync_cli.run import need
from sesync_cli.site.settings import Site

_SLOWEST = {"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "120"}  # bytes per second, for so many seconds
_PROTOCOLS = {"http": "http:https"}  # a server may lead from http to https, never back
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

Lend = Callable[[Address, Site, Caller], Mapping[str, str]]
"""Gives the variables by which git has the password for an address, if there is one to be lent."""


@dataclass(frozen=True)
class Way:
    """What git has to be told, what has to be done first, and what a person has to agree to."""

    connection: client.Connection
    steps: tuple[Step, ...] = ()
    ask: str = ""


def prepare(attempt: ServerAttempt, caller: Caller, folder: Path | None, lend: Lend) -> Way:
    """The way to a server, for a new clone or from an existing one in `folder`."""
    settings_of = (folder,) if folder else ()
    actual = read_address(client.rewritten_address(attempt.address.url, *settings_of))
    if actual is None or (actual.scheme not in PORTS and actual != read_address(attempt.address.url)):
        raise led_elsewhere(attempt)
    env = {name: caller.env.get(name, value) for name, value in _SLOWEST.items()}
    env |= {"GIT_ALLOW_PROTOCOL": _PROTOCOLS.get(actual.scheme, actual.scheme)}
    env |= lend(actual, attempt.site, caller)
    if not caller.interactive:
        env["GIT_TERMINAL_PROMPT"] = "0"
    if actual.scheme == "ssh":
        return _over_ssh(actual, attempt, caller, env, client.setting("core.sshCommand", *settings_of))
    if actual.scheme in PORTS and not _has_proxy(actual, caller.env, settings_of):
        known_hosts.reach(attempt, actual.host, actual.port or PORTS[actual.scheme])
    return Way(client.Connection(env, caller.interactive))


def _over_ssh(actual: Address, attempt: ServerAttempt, caller: Caller, env: dict[str, str], configured: str) -> Way:
    ssh = known_hosts.chosen_ssh(caller.env, configured)
    if not ssh:
        need("ssh", hint=without_ssh(attempt, f"ask {attempt.site.support} to install it"))
        ssh = known_hosts.ssh_argv(caller.home, attempt.site.data_patience_seconds, caller.interactive)
        env["GIT_SSH_COMMAND"] = shlex.join(ssh)
    link = client.Connection(env, caller.interactive)
    host = known_hosts.resolve(ssh, actual)
    return Way(link, *known_hosts.introduced(host, attempt))


def _has_proxy(address: Address, env: Mapping[str, str], settings_of: tuple[Path, ...]) -> bool:
    if any(env.get(name) or env.get(name.upper()) for name in _PROXIES):
        return True
    return bool(client.setting("http.proxy", *settings_of, url=address.url))
