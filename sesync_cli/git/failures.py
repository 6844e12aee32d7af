"""What git and ssh say when they fail, as errors that a person can act on."""

import re
from collections.abc import Callable
from pathlib import Path

from sesync_cli.disk import out_of_room
from sesync_cli.errors import NoAnswer, NotFound, NotReady, Refused, SesyncError, Unanswered
from sesync_cli.git.address import ssh_key_command
from sesync_cli.git.attempt import ServerAttempt, facts, keys_page, repository_page, support
from sesync_cli.git.host_keys import vouched_change
from sesync_cli.git.refusals import refusal_in, words_of
from sesync_cli.git.ssh_keys import refusal
from sesync_cli.plan import by_hand
from sesync_cli.secrets import without_secrets

_SILENT = re.compile(
    r"(Cloning into|warning:|hint:|Please make sure you have|and the repository exists|remote: *$|=+$)"
)
_PREFIX = re.compile(r"^(remote: *|fatal: *|error: *|ERROR: *|ssh: *)+")


def explain(text: str, attempt: ServerAttempt) -> SesyncError:
    """The error for what git printed before it failed."""
    if known := refusal_in(text, facts(attempt)):
        return known
    if full := out_of_room(text, attempt.folder):
        return full
    for signs, error in _TABLE:
        if re.search(signs, text):
            return error(attempt, text)
    if said := words_of(text):
        shown = f" {said[0]}" if len(said) == 1 else "".join(f"\n  {line}" for line in said)
        return Refused(f"{attempt.where} refuses this:{shown}", hint=_unclear(attempt))
    for signs, error in _VAGUE:
        if re.search(signs, text):
            return error(attempt, text)
    return SesyncError(f"git failed: {last_line(text)}", hint=_unclear(attempt))


def _unclear(attempt: ServerAttempt) -> str:
    return f"If that says nothing to you: {support(attempt)}."


def last_line(text: str) -> str:
    """The last thing that git said and that means something by itself."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _SILENT.match(line.strip())]
    telling = [line for line in lines if _PREFIX.match(line) and "Could not read from remote" not in line]
    said = (telling or lines or ["it did not say why"])[-1]
    return without_secrets(_PREFIX.sub("", said))


def unreachable(attempt: ServerAttempt, text: str) -> NoAnswer:
    """The error for a server that cannot be reached, with the reason as the system gives it."""
    reasons = {
        "refused": "it refuses connections",
        "timed out|after \\d{4,} ms": "it does not answer",
        "resolve|not known|No address|name resolution": "no server has this name",
        "No route|unreachable": "there is no way to it from here",
    }
    reason = next((words for signs, words in reasons.items() if re.search(signs, text)), "no connection was made")
    hint = "Check the name." if "name" in reason else "Try again in a minute."
    return NoAnswer(f"{attempt.where} cannot be reached: {reason}", hint=f"{hint} If it stays so, {support(attempt)}.")


def _changed_key(attempt: ServerAttempt, text: str) -> SesyncError:
    if error := vouched_change(text, attempt.address, attempt.site, attempt.where, support(attempt)):
        return error
    return Refused(
        f"{attempt.where} shows another key than the one that this account knows: somebody may pretend to be it",
        hint=f"Go no further and type no password there. First {support(attempt)} whether the server has a new key;"
        " sesync never accepts one by itself.",
    )


def _unknown_key(attempt: ServerAttempt, text: str) -> SesyncError:
    return Refused(
        f"this account does not know the key of {attempt.where} yet",
        hint=f"'ssh -T {attempt.address.user or 'git'}@{attempt.address.host}' in a terminal shows its fingerprint:"
        f" {support(attempt)} whether it is right before you say yes.",
    )


def _open_key(attempt: ServerAttempt, text: str) -> SesyncError:
    found = re.search(r"Permissions \d+ for '(.+)' are too open|Load key \"(.+)\": bad permissions", text)
    path = next(filter(None, found.groups()), "") if found else ""
    key = path or "~/.ssh/id_ed25519"
    return Refused(
        f"others can read your ssh key {path}".rstrip() + ", so ssh does not use it",
        hint=f"'chmod 600 {key}' closes it; then try again.",
    )


def _refused_key(attempt: ServerAttempt, text: str) -> SesyncError:
    message, hint = refusal(
        attempt.where, ssh_key_command(attempt.address, attempt.site), keys_page(attempt), attempt.home
    )
    return Refused(message, hint=hint)


def without_ssh(attempt: ServerAttempt, instead: str) -> str:
    """What can be done where there is no ssh: https, if the server is reached that way, or else this."""
    said = _or(attempt, "https", "use '--https', or ") + instead
    return f"{said[:1].upper()}{said[1:]}."


def _or(attempt: ServerAttempt, way: str, words: str) -> str:
    """These words about the other way to a server; none where the site's own GitLab is not reached by it."""
    site = attempt.site
    known = site.has("gitlab_ssh") if way == "ssh" else site.has("gitlab_https")
    return words if known or not attempt.is_at_site else ""


def _missing(attempt: ServerAttempt, text: str) -> SesyncError:
    host, label = attempt.address.host or "the server", attempt.address.label
    page = repository_page(attempt) or "its page"
    return NotFound(
        f"{host} has no repository {label}, or you may not see it: the answer is the same for both",
        hint=f"Check the spelling at {page}, or ask the owner to make you a member.",
    )


def _wrong_password(attempt: ServerAttempt, text: str) -> SesyncError:
    page = f" at {attempt.site.gitlab_url}/-/user_settings/personal_access_tokens" if attempt.is_at_site else ""
    return Refused(
        f"{attempt.where} does not accept this name and password",
        hint="Try again; with two-factor login, a password does not do: make an access token with the scope"
        f" write_repository{page}, and give it as the password." + _or(attempt, "ssh", " Or use '--ssh'."),
    )


def _no_password(attempt: ServerAttempt, text: str) -> SesyncError:
    return Unanswered(
        f"{attempt.where} asks for a name and a password, and there is no terminal to type them in",
        hint=f"""Run it in a terminal{_or(attempt, "ssh", ", or use '--ssh'")}.""",
    )


def _certificate(attempt: ServerAttempt, text: str) -> SesyncError:
    return Refused(
        f"the certificate of {attempt.where} is not trusted: somebody may pretend to be it",
        hint=f"Type no password there, and {support(attempt)}. If the server has a certificate of its own,"
        " 'git config --global http.sslCAInfo FILE' makes it known.",
    )


def _no_https(attempt: ServerAttempt, text: str) -> SesyncError:
    return NoAnswer(f"{attempt.where} answers, but not in https", hint="Check the port in the address.")


def _broke_off(attempt: ServerAttempt, text: str) -> SesyncError:
    return NoAnswer(
        f"the connection to {attempt.where} broke off", hint=f"Try again; if it stays so, {support(attempt)}."
    )


def led_elsewhere(attempt: ServerAttempt, text: str = "") -> SesyncError:
    """The error for an address that leads to where sesync does not go."""
    return Refused(
        f"your git settings, or the server, lead {attempt.address.label} to a kind of address that sesync does not use",
        hint="'git config --get-regexp insteadof' shows your settings.",
    )


def _owned_by_other(attempt: ServerAttempt, text: str) -> SesyncError:
    # git says so of the folder here, and of a server's, on this machine or at another
    found = re.search("ownership in repository at '(.+)'", text)
    path = Path(found[1]) if found else attempt.folder
    if attempt.address.host and not path.is_relative_to(attempt.folder):
        return Refused(
            f"at {attempt.where}, {path} belongs to another account than the one that you go there with, so git does"
            " not work in it",
            hint=facts(attempt)["Ask"] + ".",
        )
    trust = by_hand("git", "config", "--global", "--add", "safe.directory", path)
    instead = "Clone it into your own home; only" if path == attempt.folder else "Only"
    return Refused(
        f"{path} belongs to somebody else, so git does not work in it: what is set up there would run as you",
        hint=f"{instead} if you trust whoever can write there: '{trust}'.",
    )


def _strange_path(attempt: ServerAttempt, text: str) -> SesyncError:
    found = re.search("invalid path '(.+)'", text)
    return Refused(
        f"{attempt.address.label} has a file that git refuses to write: {found[1] if found else 'its name is unsafe'}",
        hint="It may be meant to do harm. Ask whoever runs the repository; nothing of it was kept.",
    )


def _no_ref(attempt: ServerAttempt, text: str) -> SesyncError:
    found = re.search("couldn't find remote ref (?:refs/heads/)?(.+)", text)
    return NotFound(
        f"{attempt.address.label} has no remote ref {found[1] if found else 'of this name'} any more",
        hint=f"Somebody has removed or renamed it: ask whoever runs {attempt.address.label}.",
    )


def _no_branch(attempt: ServerAttempt, text: str) -> SesyncError:
    found = re.search("Remote branch (.+) not found", text)
    listing = by_hand("git", "ls-remote", "--heads", attempt.address.shown)
    return NotFound(
        f"{attempt.address.label} has no branch {found[1] if found else 'of this name'}",
        hint=f"'{listing}' lists them.",
    )


def _no_ssh(attempt: ServerAttempt, text: str) -> SesyncError:
    return NotReady("the program ssh is not on this machine", hint=without_ssh(attempt, support(attempt)))


_TABLE: tuple[tuple[str, Callable[[ServerAttempt, str], SesyncError]], ...] = (
    ("HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY|Host key for .* has changed", _changed_key),
    ("UNPROTECTED PRIVATE KEY|bad permissions", _open_key),
    ("Host key verification failed", _unknown_key),
    (r"Permission denied \(|Too many authentication failures", _refused_key),
    ("cannot run ssh|ssh: not found|ssh: command not found", _no_ssh),
    (r"could not read (Username|Password)|terminal prompts disabled", _no_password),
    ("Authentication failed|HTTP Basic: Access denied|returned error: 401", _wrong_password),
    ("(?i)certificate verif|certificate problem|self[- ]signed certificate", _certificate),
    ("unexpected TLS packet|wrong version number|unknown protocol", _no_https),
    ("transport '.*' not allowed", led_elsewhere),
    ("dubious ownership", _owned_by_other),
    ("invalid path '", _strange_path),
    ("Remote branch .* not found", _no_branch),
    ("couldn't find remote ref", _no_ref),
    ("Could not resolve|Connection refused|[Cc]onnection timed out|Failed to connect|Couldn't connect", unreachable),
    ("No route to host|Network is unreachable|name resolution", unreachable),
    ("does not appear to be a git repo|repository '.*' (not found|does not exist)|[Rr]epository not found", _missing),
    (r"could not be found or you don't have permission|DENIED by", _missing),
)
_VAGUE: tuple[tuple[str, Callable[[ServerAttempt, str], SesyncError]], ...] = (  # where the server itself said nothing
    (r"error: 40[34]", _missing),
    ("early EOF|Connection (reset|closed)|hung up unexpectedly|unexpected disconnect|Broken pipe", _broke_off),
    ("Operation too slow|Timeout, server|kex_exchange_identification", _broke_off),
)
