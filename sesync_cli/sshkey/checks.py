"""What can be wrong between somebody's ssh and the site's GitLab, as `sesync ssh-key --check` finds it."""

import re
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.check import Check, Finding
from sesync_cli.git import known_hosts
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.folders import look_through
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.sshkey.checking import Examined, examined
from sesync_cli.sshkey.findings import Problem
from sesync_cli.sshkey.server import own_server

_QUESTIONS = 4  # that ssh may ask the server, each with the site's patience
_NOT_SET_UP = (Problem.NO_KEY, Problem.HOST_UNKNOWN, Problem.KEY_REFUSED, Problem.PASSPHRASE, Problem.NO_ANSWER)


def checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The key, where the site's GitLab takes one."""
    attempt = own_server(site, caller.home)
    if attempt is None:
        return ()
    return (Check("ssh-key", _QUESTIONS * site.data_patience_seconds, lambda: _key(attempt, caller)),)


def _key(attempt: ServerAttempt, caller: Caller) -> Iterator[Finding]:
    """What is wrong; whoever has never gone there by ssh need not be able to."""
    found = examined(attempt, caller)
    is_used = None
    for one in found.findings:
        if one.kind in _NOT_SET_UP:
            is_used = _is_used(attempt, found, caller) if is_used is None else is_used
            if not is_used:
                continue
        yield one


def _is_used(attempt: ServerAttempt, found: Examined, caller: Caller) -> bool:
    """Whether this person goes to that server by ssh: they have a key, and know the server's, or have a clone of it."""
    host = found.ground.host if found.ground else None
    if found.ground and found.ground.has_any and host and known_hosts.is_known_host(host):
        return True
    name = re.escape(attempt.address.host)
    by_ssh = re.compile(rf"url = (?:ssh://(?:[^@/\s]*@)?|[^@/:\s]*@?){name}[:/]")
    settings = [Path(one, ".git/config") for one in look_through(str(caller.home)).clones]
    return any(by_ssh.search(one.read_text(errors="replace", encoding="utf-8")) for one in settings if one.is_file())
