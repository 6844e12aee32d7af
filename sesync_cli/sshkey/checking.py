"""`sesync ssh-key --check` and `--show`: what there is and what is wrong, with nothing changed."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Finding
from sesync_cli.errors import NotFound, SesyncError
from sesync_cli.git import known_hosts
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.host_keys import fingerprint
from sesync_cli.plan import Plan, Watch, opening
from sesync_cli.site.settings import Site
from sesync_cli.sshkey.findings import Problem, found_in, no_key
from sesync_cli.sshkey.login_test import prove
from sesync_cli.sshkey.rights import Open, others_write
from sesync_cli.sshkey.server import command, find_server
from sesync_cli.sshkey.state import Ground, read_state
from sesync_cli.steps import SetRights

_LINE = re.compile(r"\.ssh/config:? line (\d+)")


@dataclass(frozen=True)
class ShownKey:
    """A public key: its line, the private file that it belongs to (None if only the agent has it), its fingerprint."""

    public_key: str
    key: Path | None
    fingerprint: str


@dataclass(frozen=True)
class Standing:
    """How it stands between somebody and a server: all is well if nothing was found; `warnings` are no hindrance.

    Where the server lets them in, `enters` is true whatever else was found.
    """

    host: str
    user: str | None
    works: bool
    enters: bool
    greeting: str | None
    key: Path | None
    fingerprint: str | None
    findings: tuple[Mapping[str, str | None], ...]
    warnings: tuple[str, ...]


def show_key(host: str | None, caller: Caller, site: Site) -> ShownKey:
    """The public key that this server should know."""
    attempt = find_server(host, site, caller.home)
    ground = read_state(attempt, caller)
    for key in filter(None, (ground.best, *ground.keys)):
        if key.public:
            return ShownKey(key.public, key.path, fingerprint(key.public))
    for line in sorted(ground.agent):
        return ShownKey(line, None, fingerprint(line))
    raise NotFound("there is no ssh key to show", hint=f"'{command(attempt)}' makes one.")


def check_ssh(host: str | None, caller: Caller, site: Site, watch: Watch) -> Standing:
    """Everything that is wrong, the server's own word included."""
    attempt = find_server(host, site, caller.home)
    with watch(f"Looking for {attempt.where}"):
        seen = examined(attempt, caller)
    key = seen.ground.best if seen.ground else None
    return Standing(
        attempt.address.host,
        attempt.address.user or None,
        not seen.findings,
        seen.enters,
        seen.greeting or None,
        key.path if key else None,
        fingerprint(key.public) if key and key.public else None,
        tuple({"kind": one.kind, "message": one.message, "hint": one.hint or None} for one in seen.findings),
        tuple(_warnings(seen.ground) if seen.ground else ()),
    )


@dataclass(frozen=True)
class Examined:
    """What was found, the facts that it was found in (None if ssh's settings cannot be read), and what a server says.

    `enters` is true where the server lets the person in.
    """

    findings: list[Finding]
    ground: Ground | None = None
    greeting: str = ""
    enters: bool = False


def examined(attempt: ServerAttempt, caller: Caller) -> Examined:
    """Everything between somebody's ssh and a server, looked at with nothing changed."""
    try:
        ground = read_state(attempt, caller)
    except SesyncError as error:
        line = _LINE.search(str(error))
        edit = opening(caller.home / ".ssh/config", int(line[1])) if line else ""
        return Examined([Finding(Problem.SETTINGS, str(error), error.hint, command=edit)])
    findings = [_open(attempt, one) for one in ground.open]
    hindered = any(one.is_refused for one in ground.open)
    greeting, enters = "", False
    if unknown := _host(ground):
        findings.append(unknown)
    elif ground.has_any and not hindered:
        proof = prove(attempt, caller)
        greeting, enters = proof.greeting, proof.welcome
        if wrong := found_in(proof, attempt, ground.keys):
            findings.append(wrong)
    if not (ground.best or ground.agent or enters):
        findings = [*(one for one in findings if one.kind != Problem.KEY_REFUSED), no_key(attempt, ground.keys)]
    return Examined(findings, ground, greeting, enters)


def _open(attempt: ServerAttempt, one: Open) -> Finding:
    message = f"{one.harm}{', so ssh does not use it' if one.is_refused else ''}"
    mend = Plan((SetRights(one.path, one.closed),), f"Closed {one.path}.")
    way = command(attempt)
    why = "Whoever can change it can act in your name." if not one.is_refused else ""
    return Finding(Problem.OPEN_RIGHTS, message, f"'{way}' closes it.", mend, why=why, command=way)


def _host(ground: Ground) -> Finding | None:
    host, attempt = ground.host, ground.attempt
    if host is None or known_hosts.is_known_host(host):
        return None
    try:
        known_hosts.reach(attempt, host.address, host.port)
    except SesyncError as error:
        return Finding(Problem.NO_ANSWER, str(error), error.hint)
    pinned = known_hosts.pinned_keys(host, attempt)
    how = "makes it known: somebody vouches for it" if pinned else "shows it, and asks you"
    message = f"this account does not know the key of {attempt.where} yet"
    way = command(attempt)
    return Finding(Problem.HOST_UNKNOWN, message, f"'{way}' {how}.", command=way)


def _warnings(ground: Ground) -> list[str]:
    home = ground.caller.home
    warnings = [key.trouble for key in ground.keys if key.problem and key != ground.best]
    if others_write(home):
        warnings.append(
            f"others can write to {home}: ssh from here works all the same, but nobody can log in to here with a key"
        )
    if (agent := os.environ.get("SSH_AUTH_SOCK")) and not Path(agent).is_socket():
        warnings.append(f"the ssh agent that SSH_AUTH_SOCK names is gone: {agent}")
    return warnings
