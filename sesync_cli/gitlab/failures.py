"""What goes wrong between us and GitLab's API, as errors that a person can act on."""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sesync_cli.errors import Conflict, NoAnswer, NotFound, Refused, SesyncError
from sesync_cli.gitlab.tokens import ENVIRONMENT, GIT, SCOPES
from sesync_cli.secrets import without_secrets

_LONGEST = 200  # letters of a server's own words that are shown
_BROKEN = r"IncompleteRead|Connection broken|RemoteDisconnected|reset by peer|Connection aborted|EOF occurred"
_REASONS = {
    r"refused": "it refuses connections",
    r"resolve|not known|No address|name resolution|NameResolution": "no server has this name",
    r"No route|unreachable": "there is no way to it from here",
}


class Absent(NotFound):
    """The server knows no such thing, or does not show it to this person."""


@dataclass(frozen=True)
class GitLabServer:
    """A GitLab that was asked: its address, whom to ask about it, its seconds to answer, and whence the token came."""

    url: str
    support: str
    patience: float
    source: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc or self.url

    @property
    def help(self) -> str:
        return f"ask {self.support}" if self.support else f"ask whoever runs {self.host}"

    @property
    def renew(self) -> str:
        """What makes a token that is no good good again."""
        if self.source == "glab":
            return "'glab auth login' renews it."
        forget = "'unset GITLAB_TOKEN', and " if self.source == ENVIRONMENT else ""
        return f"Make a new one at {tokens_page(self.url)}; then {forget}'sesync clone --login' keeps it."


def tokens_page(url: str) -> str:
    """Where people make access tokens."""
    return f"{url}/-/user_settings/personal_access_tokens"


def refused(server: GitLabServer, code: int, body: bytes) -> SesyncError:
    """The error for an answer that is none of success: its code and what it said.

    docs.gitlab.com, "REST API troubleshooting", has the codes; expired and revoked tokens and missing scopes are told
    as RFC 6750 has it, in `error`, `error_description` and `scope`. What a fine-grained token lacks is told in the same
    way, by app/services/authz/tokens/authorize_granular_scopes_service.rb of gitlab-org/gitlab.
    """
    said = _words(body)
    if code == 401:
        return _no_good(server, said)
    if code == 403 and (lacking := _lacking(server, body, said)):
        return lacking
    if code >= 500:
        return NoAnswer(
            f"{server.host} has a fault of its own ({code})",
            hint=f"Try again in a few minutes; if it stays so, {server.help}.",
        )
    if "already been taken" in said:
        return Conflict(f"{server.host} has this already", hint=f"If it is not in your account there: {server.help}.")
    if code == 404:
        return Absent(f"{server.host} has no such thing, or does not show it to you", hint="Check the spelling.")
    return Refused(f"{server.host} refuses this ({code}): {said or 'it does not say why'}", hint=_asked(server))


def _lacking(server: GitLabServer, body: bytes, said: str) -> Refused | None:
    if scopes := _needed_scopes(body):
        return Refused(
            f"your token ({server.source}) lacks the scope for this: {' or '.join(scopes)}",
            hint=f"A token's scopes cannot be changed. {server.renew}",
        )
    if permissions := re.search(r"following (.+) permissions: \[(.+)\]", said):
        return Refused(
            f"your token ({server.source}) lacks these {permissions[1]} permissions: {permissions[2]}",
            hint=f"It takes a fine-grained token that is made with them. {server.renew}",
        )
    return None


def _no_good(server: GitLabServer, said: str) -> Refused:
    if "expired" in said:
        return Refused(f"your token ({server.source}) for {server.host} has expired", hint=server.renew)
    if "revoked" in said:
        return Refused(f"your token ({server.source}) for {server.host} was revoked", hint=server.renew)
    if server.source == GIT:
        return Refused(
            f"what git keeps for {server.host} opens git, but not the list of projects: it is a password, or too old",
            hint=f"Make a token with the scope {SCOPES} at {tokens_page(server.url)}; 'sesync clone --login' keeps it.",
        )
    return Refused(f"{server.host} does not accept your token ({server.source})", hint=server.renew)


def too_many(server: GitLabServer, wait: str) -> NoAnswer:
    """The error for a server that wants to be left alone for longer than we wait."""
    when = f"in {wait} seconds" if wait.isdecimal() else "in a few minutes"
    return NoAnswer(f"{server.host} has been asked too often", hint=f"Try again {when}.")


def slow(server: GitLabServer) -> NoAnswer:
    """The error for an answer that does not come."""
    return NoAnswer(
        f"{server.host} did not answer within {server.patience:g} seconds",
        hint=f"Try again in a few minutes; if it stays so, {server.help}.",
    )


def led_astray(server: GitLabServer, target: str) -> Refused:
    """The error for an answer that sends us elsewhere, where the token must not go."""
    host = urlsplit(target).netloc or server.host
    return Refused(
        f"{server.host} does not answer by itself, but leads to a page at {host}; your token was not sent there",
        hint=f"A network may want a login in the browser first. If not, {server.help}: gitlab.url may be wrong.",
    )


def unheard(server: GitLabServer, error: Exception) -> SesyncError:
    """The error for an answer that did not come whole, or is no answer of GitLab's."""
    kind, text = type(error).__name__, str(error)
    if "SSL" in kind or "SSL" in text or "CERTIFICATE" in text:
        return _insecure(server, text)
    if "Timeout" in kind:
        return slow(server)
    if "JSON" in kind or "Parsing" in kind or "Decod" in kind:
        return no_gitlab(server)
    if kind == "ChunkedEncodingError" or re.search(_BROKEN, text):
        return NoAnswer(f"the connection to {server.host} broke off", hint=_again(server))
    reason = next((words for signs, words in _REASONS.items() if re.search(signs, text)), "no connection was made")
    return NoAnswer(f"{server.host} cannot be reached: {reason}", hint=_again(server))


def no_gitlab(server: GitLabServer) -> Refused:
    """The error for a web page, or anything else, where GitLab's answer should be."""
    return Refused(
        f"{server.host} answers, but not as GitLab does",
        hint=f"A network may want a login in the browser first: look at {server.url}. If not, {server.help}.",
    )


def _insecure(server: GitLabServer, text: str) -> SesyncError:
    if "WRONG_VERSION" in text or "record layer" in text:
        return NoAnswer(f"{server.host} answers, but not in https", hint=_asked(server))
    if "EOF" in text:
        return NoAnswer(f"the connection to {server.host} broke off", hint=_again(server))
    return Refused(
        f"the certificate of {server.host} is not trusted: somebody may pretend to be it",
        hint=f"Your token was not sent. {_asked(server)} If the server has a certificate of its own,"
        " 'git config --global http.sslCAInfo FILE' makes it known.",
    )


def _again(server: GitLabServer) -> str:
    return f"Try again in a minute; if it stays so, {server.help}."


def _asked(server: GitLabServer) -> str:
    return f"{server.help[:1].upper()}{server.help[1:]}."


def _document(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(body: bytes) -> str:
    """What a server says for itself; nothing where it sends a page."""
    document = _document(body)
    said = document.get("error_description") or document.get("message") or document.get("error") or ""
    return without_secrets(" ".join(str(said).split()))[:_LONGEST]


def _needed_scopes(body: bytes) -> list[str]:
    document = _document(body)
    return str(document.get("scope") or "more").split() if document.get("error") == "insufficient_scope" else []
