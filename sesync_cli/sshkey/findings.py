"""What is wrong between a person's ssh and a server, each with what to do about it."""

import re
from enum import StrEnum

from sesync_cli.check import NO_ANSWER, Finding
from sesync_cli.errors import NoAnswer
from sesync_cli.git.attempt import ServerAttempt, facts, keys_page, support
from sesync_cli.git.failures import explain, last_line
from sesync_cli.git.host_keys import is_vouched_for
from sesync_cli.git.refusals import refusal_in, words_of
from sesync_cli.git.ssh_keys import KeyPair
from sesync_cli.sshkey.login_test import Proof
from sesync_cli.sshkey.server import command


class Problem(StrEnum):
    """The kinds of trouble, for programs."""

    NO_KEY = "no key"
    OPEN_RIGHTS = "open rights"
    SETTINGS = "settings"
    PASSPHRASE = "passphrase"
    TOO_MANY = "too many keys"
    KEY_REFUSED = "key refused"
    ACCOUNT = "account"
    HOST_UNKNOWN = "host unknown"
    HOST_CHANGED = "host key changed"
    NO_ANSWER = NO_ANSWER
    OTHER = "other"


_SIGNS = (  # of ssh's own words, those that more than one trouble has last
    ("HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|Host key for .* has changed", Problem.HOST_CHANGED),
    ("UNPROTECTED PRIVATE KEY|bad permissions", Problem.OPEN_RIGHTS),
    ("Host key verification failed", Problem.HOST_UNKNOWN),
    ("Bad owner or permissions|Bad configuration option|terminating, .* bad configuration", Problem.SETTINGS),
    ("Too many authentication failures", Problem.TOO_MANY),
    (r"Permission denied \(", Problem.KEY_REFUSED),
)


def found_in(proof: Proof, attempt: ServerAttempt, keys: list[KeyPair]) -> Finding | None:
    """What a proof shows to be wrong; None if the server let the person in."""
    if proof.welcome:
        return None
    if proof.entered:
        return _unwelcome(proof, attempt)
    problem = next((problem for signs, problem in _SIGNS if re.search(signs, proof.said)), Problem.OTHER)
    if problem == Problem.KEY_REFUSED:
        # ssh shows the public half of a key whose private half it cannot read
        is_locked = proof.accepts and (not keys or any(key.has_passphrase for key in keys))
        return _needs_passphrase(attempt, keys) if is_locked else _refused(attempt, keys)
    if problem == Problem.TOO_MANY:
        message = f"ssh offered more keys than {attempt.where} listens to"
        hint = "'ssh-add -l' lists those of your ssh agent; 'ssh-add -d FILE' takes one out."
        return Finding(problem, message, hint, command="ssh-add -l")
    return _told(proof, attempt, problem)


def has_new_key(proof: Proof, attempt: ServerAttempt) -> bool:
    """Whether the server has sent another key than the known one, for which somebody vouches."""
    return is_vouched_for(proof.said, attempt.address, attempt.site)


def _told(proof: Proof, attempt: ServerAttempt, problem: Problem) -> Finding:
    error = explain(proof.said, attempt)
    message, hint = str(error), error.hint
    if problem == Problem.HOST_CHANGED and not has_new_key(proof, attempt):
        known_as = re.search(r"Host key for (\S+) has changed", proof.said)
        name = known_as[1] if known_as else attempt.address.host
        hint += f""" If it has one: 'ssh-keygen -R "{name}"' forgets the old one."""
    elif problem == Problem.OTHER and isinstance(error, NoAnswer):
        problem = Problem.NO_ANSWER
    elif problem == Problem.OTHER:
        message, hint = f"ssh failed: {last_line(proof.said)}", f"If that says nothing to you: {support(attempt)}."
    way = command(attempt) if problem == Problem.HOST_CHANGED and has_new_key(proof, attempt) else ""
    return Finding(problem, message, hint, command=way)


def _unwelcome(proof: Proof, attempt: ServerAttempt) -> Finding:
    # all of it is the server's, though ssh marks no line
    marked = "\n".join(f"remote: {line.removeprefix('remote:').strip()}" for line in proof.said.splitlines())
    if known := refusal_in(marked, facts(attempt)):
        return Finding(Problem.ACCOUNT, f"{attempt.where} accepts your ssh key, but {known}", known.hint)
    lines = words_of(marked)
    said = lines[0] if lines else f"exit code {proof.code}"
    message = f"{attempt.where} accepts your ssh key, but says: {said}"
    return Finding(Problem.ACCOUNT, message, f"{support(attempt).capitalize()} what is the matter with your account.")


def no_key(attempt: ServerAttempt, keys: list[KeyPair]) -> Finding:
    """That ssh has no key which it could show."""
    message, mends = f"you have no ssh key for {attempt.where} yet", [key.mend for key in keys if key.mend]
    if keys:
        message = f"none of your ssh keys can be used: {'; '.join(key.problem for key in keys)}"
    if mends:
        hint = f"'{mends[0]}' mends that; or '{command(attempt)}' makes another key."
        return Finding(Problem.NO_KEY, message, hint, command=mends[0])
    way = command(attempt)
    return Finding(Problem.NO_KEY, message, f"'{way}' makes one; what is there stays.", command=way)


def _needs_passphrase(attempt: ServerAttempt, keys: list[KeyPair]) -> Finding:
    path = next((str(key.path) for key in keys if key.has_passphrase), "~/.ssh/id_ed25519")
    return Finding(
        Problem.PASSPHRASE,
        f"{attempt.where} knows your ssh key, but {path} has a passphrase and no ssh agent holds it",
        "Commands in a terminal ask for it; JupyterLab's git buttons cannot."
        f" 'eval $(ssh-agent)' and 'ssh-add {path}' spare you the typing until you close that terminal.",
        command=f"eval $(ssh-agent) && ssh-add {path}",
        broken=False,
    )


def _refused(attempt: ServerAttempt, keys: list[KeyPair]) -> Finding:
    path = next((f" {key.path}" for key in keys if not key.problem), "")
    page = keys_page(attempt)
    paste = f", or paste what '{command(attempt, '--show')}' prints at {page}" if page else ""
    return Finding(
        Problem.KEY_REFUSED,
        f"{attempt.where} does not accept your ssh key{path}",
        f"'{command(attempt)}' registers it{paste}.",
        command=command(attempt),
    )
