"""A real `ssh -T`: whether a server lets somebody in, as whom, and if not, why."""

import re
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import NoAnswer
from sesync_cli.git import known_hosts
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.run import Output, ProgramFailed, attended, run

# what servers for git answer to somebody whom they know; their exit codes differ, and mean nothing
_GREETING = re.compile(r"(?im)^.*(welcome to|successfully authenticated|hello .*this is|authenticated via).*$")
_NO_SHELL = re.compile(r"(?i)interactive git shell is not enabled|account is currently not available|no shell access")
_ENTERED = re.compile(r"Authenticated to |Authentication succeeded")
_OWN = re.compile(r"^(debug1: |OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Pseudo-terminal)")
_OWN_ERROR = 255  # the exit code of ssh where it is ssh itself that failed
_LONGEST = 200  # letters of a greeting


@dataclass(frozen=True)
class Proof:
    """What came of it.

    `accepts` says that the server would take a key, although its passphrase was missing; `said` is what ssh and the
    server said, without ssh's notes about its work.
    """

    entered: bool
    accepts: bool
    greeting: str
    code: int
    said: str

    @property
    def welcome(self) -> bool:
        """Whether the server is content too: it may know a key, and its owner be blocked."""
        fine = self.code == 0 or bool(self.greeting) or bool(_NO_SHELL.search(self.said))
        return self.entered and fine


def prove(attempt: ServerAttempt, caller: Caller, *, asks: bool = False) -> Proof:
    """Ask the server; nothing is asked of the person, unless ssh may ask for a passphrase on the terminal."""
    patience = attempt.site.data_patience_seconds
    ssh = known_hosts.ssh_argv(caller.home, patience, asks)
    options = ["ControlMaster=no", "ControlPath=none"]
    if known_hosts.resolve(known_hosts.ssh_argv(caller.home, patience, False), attempt.address):
        options.append("StrictHostKeyChecking=yes")
    words = [word for option in options for word in ("-o", option)]
    argv = [*ssh, "-v", "-T", *words, *known_hosts.destination(attempt.address)]
    if asks:
        return _read(attended(argv, env=caller.env, cwd=Path("/"), catch=True))
    try:
        return _read(run(argv, env=caller.env, seconds=3 * patience))
    except ProgramFailed as failed:
        return _read(failed.output)
    except NoAnswer:
        return Proof(False, False, "", _OWN_ERROR, "Connection timed out")


def _read(output: Output) -> Proof:
    lines = [*output.out.splitlines(), *output.err.splitlines()]
    said = "\n".join(line.rstrip() for line in lines if not _OWN.match(line))
    greeting = _GREETING.search(said)
    return Proof(
        entered=bool(_ENTERED.search(output.err)) and output.code != _OWN_ERROR,
        accepts="Server accepts key" in output.err,
        greeting=greeting[0].strip()[:_LONGEST] if greeting else "",
        code=output.code,
        said=said,
    )
