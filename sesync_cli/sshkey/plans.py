"""The plan of `sesync ssh-key`: from whatever is there to a server that knows one's key."""

import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.errors import SesyncError
from sesync_cli.git import known_hosts
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.host_keys import fingerprint
from sesync_cli.git.renewal import renewed
from sesync_cli.git.ssh_keys import KeyPair, find_keys
from sesync_cli.gitlab.account import my_account
from sesync_cli.gitlab.api import Account
from sesync_cli.plan import Plan, Step, Watch, asking
from sesync_cli.prompter import Prompter
from sesync_cli.site.settings import Site
from sesync_cli.sshkey import ssh_config
from sesync_cli.sshkey.findings import Problem, found_in, has_new_key
from sesync_cli.sshkey.keygen import Keygen, MakeFolder, MakeKey, MakePublic
from sesync_cli.sshkey.login_test import Proof, prove
from sesync_cli.sshkey.registration import Admit
from sesync_cli.sshkey.request import KeyRequest
from sesync_cli.sshkey.server import find_server
from sesync_cli.sshkey.state import Ground, read_state
from sesync_cli.steps import SetRights

_USUAL_TRIES = 5  # failed logins after which servers that block an address do so, if the site does not say


def plan_key(request: KeyRequest, caller: Caller, site: Site, watch: Watch, prompter: Prompter) -> Plan:
    """How a server comes to know a key of this person's; no steps if it knows one."""
    attempt = find_server(request.host, site, caller.home)
    with watch(f"Looking for {attempt.where}"):
        return _plan(attempt, caller, prompter, asks=prompter.interactive and request.passphrase)


def _plan(attempt: ServerAttempt, caller: Caller, prompter: Prompter, *, asks: bool) -> Plan:
    """The same; ssh-keygen may ask for a passphrase, or not."""
    ground = read_state(attempt, caller)
    steps: list[Step] = [SetRights(one.path, one.closed) for one in ground.open]
    knows_host = ground.host is None or known_hosts.is_known_host(ground.host)
    proof = None
    if ground.has_any and knows_host and not steps:
        # once only, since servers count those who knock in vain
        proof = prompter.once(f"proof of {attempt.where}", lambda: prove(attempt, caller))
    is_new = bool(proof and has_new_key(proof, attempt))
    renewing = renewed(ground.host, attempt, is_sent=is_new) if is_new or (knows_host and not proof) else ()
    if renewing:
        proof = None  # it has not come as far as the person's key
    if proof and (known := _known(ground, proof)):
        return known
    key = ground.best
    path = key.path if key else ground.free_path()
    introducing, ask = known_hosts.introduced(ground.host, attempt)
    steps += [*_making(ground, path, Keygen(caller.env, ground.folder, asks)), *renewing, *introducing]
    steps += _configuring(ground, path)
    site = attempt.site
    allowed = site.accounts_failed_logins if site.has("accounts_failed_logins") else _USUAL_TRIES
    tries = allowed - (2 if proof else 1)
    account, odd = _account(attempt, caller)
    admit = Admit(attempt, caller, path, prompter, account, bool(key and not proof), tries)

    def after() -> Mapping[str, Any]:
        made, heard = find_keys([path])[0], admit.heard[-1]
        done, facts = _outcome(attempt, made, heard)
        return {"done": done, "result": facts, "warnings": (*kept, *_warnings(attempt, made, heard))}

    bad = ground.keys if key is None else []
    kept = (*odd, *(f"{one.problem}; it stays as it is" for one in bad if not one.mend))
    note = "\n".join(f"{one.trouble}, and no other key is needed then." for one in bad if one.mend)
    done, facts = _outcome(attempt, key or KeyPair(path, "", False, False), None)
    folder = ground.folder
    return Plan((*steps, admit), done, facts, asking(ask), kept, (folder,), (folder,), after=after, note=note)


def _known(ground: Ground, proof: Proof) -> Plan | None:
    """The plan to do nothing, if the server knows a key; None if it knows none; other trouble is an error."""
    attempt, key = ground.attempt, ground.best
    finding = found_in(proof, attempt, ground.keys)
    if finding and finding.kind == Problem.KEY_REFUSED:
        return None
    if finding and finding.kind != Problem.PASSPHRASE:
        raise finding.as_error()
    return Plan((), *_outcome(attempt, key, proof), warnings=_warnings(attempt, key, proof))


def _account(attempt: ServerAttempt, caller: Caller) -> tuple[Account | None, tuple[str, ...]]:
    """The account to register the key with, and what is odd about its token; without one it can be pasted."""
    try:
        account = my_account(attempt.site, caller) if attempt.is_at_site else None
    except SesyncError as error:
        return None, (f"no token is used: {error}",)
    return account, (account.token.warning,) if account and account.token.warning else ()


def _making(ground: Ground, path: Path, keygen: Keygen) -> list[Step]:
    steps: list[Step] = [] if ground.folder.is_dir() else [MakeFolder(ground.folder)]
    if ground.best is None:
        return [*steps, MakeKey(path, _comment(), keygen)]
    if not ground.best.has_public:
        steps.append(MakePublic(ground.best, _comment(), keygen))
    return steps


def _configuring(ground: Ground, path: Path) -> list[Step]:
    login = pwd.getpwuid(os.getuid()).pw_name
    wanted = ssh_config.needed(ground.attempt.address, path, ground.tried, ground.port(), login)
    return [ssh_config.configure(ground.folder / "config", wanted)] if wanted.lines else []


def _comment() -> str:
    """Whose key it is, and where it was made; a name that has an @ says so by itself."""
    user = pwd.getpwuid(os.getuid()).pw_name
    return user if "@" in user else f"{user}@{os.uname().nodename}"


def _outcome(attempt: ServerAttempt, key: KeyPair | None, proof: Proof | None) -> tuple[str, dict[str, Any]]:
    """What is said in the end, and its facts."""
    greeting = proof.greeting if proof else ""
    facts = {
        "host": attempt.address.host,
        "user": attempt.address.user or None,
        "key": key.path if key else None,
        "public_key": (key.public or None) if key else None,
        "fingerprint": fingerprint(key.public) if key and key.public else None,
        "greeting": greeting or None,
    }
    which = f"your key {key.path}" if key else "a key of yours"
    return f"{attempt.where} knows {which}{f': {greeting}' if greeting else '.'}", facts


def _warnings(attempt: ServerAttempt, key: KeyPair | None, proof: Proof) -> tuple[str, ...]:
    finding = found_in(proof, attempt, [key] if key else [])
    return (f"{finding.message}. {finding.hint}".removesuffix("."),) if finding else ()
