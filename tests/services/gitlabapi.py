"""A server that answers as GitLab's REST API does, over http or https, well or badly.

No GitLab, Gitea or Forgejo can be had from the package registries that the tests use, so this one speaks for it. What
it says is from GitLab's public pages: docs.gitlab.com/api/rest (paging headers, status codes), .../rest/authentication
(headers), .../api/projects, groups, users, user_keys, personal_access_tokens, and the bodies of RFC 6750 for expired
and revoked tokens and missing scopes. Which permission a fine-grained token needs for what is from
docs.gitlab.com/auth/tokens/fine_grained_access_tokens_rest; how a missing one is told, from GitLab's own source,
app/services/authz/tokens/authorize_granular_scopes_service.rb and spec/lib/api/api_guard_spec.rb; and that all others
have `granular` as their only scope, from gitlab.com/gitlab-org/gitlab/-/issues/632314.
"""

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from tests.services.githttp import make_certificate
from tests.services.leaks import EXPIRED, NARROW, REVOKED, TOKEN

_API = ("api", "read_api")
_REAUTHORIZE = {
    "expired": "Token is expired. You can either do re-authorization or token refresh.",
    "revoked": "Token was revoked. You have to re-authorize from the user.",
}


@dataclass
class GitLabApi:
    """The server: what it knows, what it was asked, and, if it is to misbehave, how.

    Tokens of old have `scopes`, fine-grained ones `permissions`, such as `Project: Read`.
    """

    url: str
    folder: Path
    scopes: dict[str, tuple[str, ...]] = field(default_factory=lambda: {TOKEN: ("api",), NARROW: ("read_user",)})
    permissions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    projects: list[dict[str, Any]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    fault: "Callable[[Answer], bool] | None" = None
    counts: bool = True
    token_end: Any = None

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def publish(self, *paths: str, visibility: str = "private", member: bool = True) -> None:
        """Add projects, each less active than the one before."""
        for path in paths:
            number = len(self.projects) + 1
            group, _, name = path.rpartition("/")
            day = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - number * 90_000))
            facts = {"id": number, "name": name, "path": name, "path_with_namespace": path, "web_url": self.url + path}
            facts |= {"name_with_namespace": path.replace("/", " / "), "last_activity_at": day, "archived": False}
            facts |= {"ssh_url_to_repo": f"git@gitlab.example.org:{path}.git", "namespace": {"full_path": group}}
            facts |= {"http_url_to_repo": f"{self.url}{path}.git", "default_branch": "main", "_member": member}
            self.projects.append(facts | {"visibility": visibility})


class Answer(BaseHTTPRequestHandler):
    """One answer. Its server object carries the state."""

    protocol_version = "HTTP/1.1"
    state: GitLabApi

    def log_message(self, *words: Any) -> None:
        with (self.state.folder / "access.log").open("a") as file:
            file.write(f"{self.command} {self.path}\n")

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        state, parts = self.state, urlsplit(self.path)
        state.asked.append(self.path)
        if state.fault and state.fault(self):
            return
        if not parts.path.startswith("/api/v4/"):
            return self.send(200, b"<!DOCTYPE html><title>Sign in</title>", "text/html")
        token = self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization", "").removeprefix("Bearer ")
        path = unquote(parts.path.removeprefix("/api/v4"))
        if self._may(token, path):
            self._say(path, {key: values[0] for key, values in parse_qs(parts.query).items()})

    def _may(self, token: str, path: str) -> bool:
        for value, why in ((EXPIRED, "expired"), (REVOKED, "revoked")):
            if token == value:
                self.json(401, {"error": "invalid_token", "error_description": _REAUTHORIZE[why]})
                return False
        self.token = token
        if token in self.state.permissions:
            return self._is_permitted(*_needed(self.command, path), self.state.permissions[token])
        if token not in self.state.scopes:
            self.json(401, {"message": "401 Unauthorized"})
            return False
        wanted = ("api",) if self.command == "POST" else (*_API, "read_user") if path == "/user" else _API
        if path != "/personal_access_tokens/self" and not set(wanted) & set(self.state.scopes[token]):
            words = "The request requires higher privileges than provided by the access token."
            self.json(403, {"error": "insufficient_scope", "error_description": words, "scope": " ".join(wanted)})
            return False
        return True

    def _is_permitted(self, boundary: str, permission: str, permissions: tuple[str, ...]) -> bool:
        if permission not in permissions:
            words = "Access denied: This operation requires a fine-grained personal access token with the following"
            words += f" {boundary} permissions: [{permission}]."
            self.json(403, {"error": "insufficient_granular_scope", "error_description": words})
        return permission in permissions

    def _say(self, path: str, query: dict[str, str]) -> None:
        state, words = self.state, path.strip("/").split("/")
        visible = [one for one in state.projects if not (one["archived"] and query.get("archived") == "false")]
        if path == "/user":
            names = {"id": 7, "username": "jsmith", "name": "J. Smith", "state": "active"}
            self.json(200, names | {"email": "jsmith@example.org", "commit_email": "j.smith@example.org"})
        elif path == "/personal_access_tokens/self":
            is_granular = self.token in state.permissions
            scopes = ["granular"] if is_granular else list(state.scopes[self.token])
            facts = {"id": 1, "active": True, "granular": is_granular, "scopes": scopes, "expires_at": state.token_end}
            self.json(200, facts)
        elif path == "/user/keys":
            self._add_key() if self.command == "POST" else self.page(state.keys, query)
        elif path == "/projects":
            text = query.get("search", "").lower()
            mine = [one for one in visible if one["_member"]]
            self.page([one for one in mine if text in one["path_with_namespace"].lower()], query)
        elif words[0] == "projects":
            self._one([one for one in visible if one["path_with_namespace"] == "/".join(words[1:])])
        elif words[0] in ("groups", "users") and words[-1] == "projects":
            self._below("/".join(words[1:-1]), visible, query, is_group=words[0] == "groups")
        else:
            self.json(404, {"error": "404 Not Found"})

    def _one(self, found: list[dict[str, Any]]) -> None:
        if not found:
            return self.json(404, {"message": "404 Project Not Found"})
        self.json(200, _shown(found[0], brief=False))

    def _below(self, group: str, visible: list[dict[str, Any]], query: dict[str, str], *, is_group: bool) -> None:
        is_users = group == "jsmith"
        found = [one for one in visible if one["path_with_namespace"].startswith(f"{group}/")]
        if is_users == is_group or not (found or is_users):
            return self.json(404, {"message": "404 Group Not Found" if is_group else "404 User Not Found"})
        self.page(found, query)

    def _add_key(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if any(known["key"].split()[:2] == sent["key"].split()[:2] for known in self.state.keys):
            return self.json(400, {"message": {"fingerprint_sha256": ["has already been taken"]}})
        self.state.keys.append({"id": len(self.state.keys) + 1, "title": sent["title"], "key": sent["key"]})
        self.json(201, self.state.keys[-1])

    def page(self, items: list[dict[str, Any]], query: dict[str, str]) -> None:
        """One page of a list, with GitLab's headers for paging; totals are left out of very long lists."""
        size, number = int(query.get("per_page", 20)), int(query.get("page", 1))
        last = max(1, -(-len(items) // size))
        following = str(number + 1) if number < last else ""
        headers = {"X-Page": str(number), "X-Per-Page": str(size), "X-Next-Page": following}
        headers |= {"X-Prev-Page": str(number - 1) if number > 1 else ""}
        if self.state.counts:
            headers |= {"X-Total": str(len(items)), "X-Total-Pages": str(last)}
        if following:
            link = f"{self.state.url}{urlsplit(self.path).path[1:]}?{urlencode(query | {'page': following})}"
            headers["Link"] = f'<{link}>; rel="next"'
        shown = items[(number - 1) * size : number * size]
        self.json(200, [_shown(one, brief=query.get("simple") == "true") for one in shown], headers)

    def json(self, code: int, document: Any, headers: dict[str, str] | None = None) -> None:
        self.send(code, json.dumps(document).encode(), "application/json", headers)

    def send(self, code: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _needed(verb: str, path: str) -> tuple[str, str]:
    """Where a fine-grained token needs a permission for this, and which."""
    first, *others = path.strip("/").split("/")
    if first == "user":
        return "user", f"SSH Key: {'Create' if verb == 'POST' else 'Read'}" if others else "User: Read"
    if first == "personal_access_tokens":
        return "user", "Personal Access Token: Read"
    return {"projects": "project", "groups": "group"}[first] if others and first != "users" else "user", "Project: Read"


def _shown(facts: dict[str, Any], *, brief: bool) -> dict[str, Any]:
    hidden = {"_member", *(("visibility", "archived") if brief else ())}
    return {name: value for name, value in facts.items() if name not in hidden}


def broken(code: int) -> Callable[[Answer], bool]:
    """A fault of the server's own, told as its web server tells it: in a page."""
    return lambda answer: _told(answer.send(code, b"<html><h1>GitLab is not responding</h1></html>", "text/html"))


def limited(seconds: str) -> Callable[[Answer], bool]:
    """Too many requests, whenever one comes."""
    headers = {"Retry-After": seconds} if seconds else {}
    return lambda answer: _told(answer.send(429, b"Retry later\n", "text/plain", headers))


def closed_for(seconds: int) -> Callable[[Answer], bool]:
    """Too many requests, until so many seconds have passed since the first."""
    until: list[float] = []

    def fault(answer: Answer) -> bool:
        if not until:
            until.append(time.monotonic() + seconds)
        if time.monotonic() >= until[0]:
            return False
        return _told(answer.send(429, b"Retry later\n", "text/plain", {"Retry-After": str(seconds)}))

    return fault


def trickling(answer: Answer) -> bool:
    """An answer that comes byte by byte and never ends."""
    answer.send_response(200)
    answer.send_header("Content-Type", "application/json")
    answer.send_header("Content-Length", "1000000")
    answer.end_headers()
    with contextlib.suppress(OSError):
        while True:
            answer.wfile.write(b" ")
            time.sleep(0.2)
    return True


def silent(answer: Answer) -> bool:
    """No answer at all, for as long as anybody waits."""
    return _told(answer.connection.recv(1))


def cut_off(answer: Answer) -> bool:
    """An answer that stops in the middle."""
    answer.send_response(200)
    answer.send_header("Content-Type", "application/json")
    answer.send_header("Content-Length", "1000")
    answer.end_headers()
    answer.wfile.write(b'{"name": "J. Sm')
    answer.close_connection = True
    return True


def hung_up(answer: Answer) -> bool:
    """A connection that is closed without a word."""
    answer.close_connection = True
    return True


def page(answer: Answer) -> bool:
    """A web page, as a login of the network's shows it."""
    return _told(answer.send(200, b"<!DOCTYPE html><title>Sign in</title>", "text/html"))


def leading_to(url: str) -> Callable[[Answer], bool]:
    """A way to another server."""
    return lambda answer: _told(answer.send(302, b"", "text/html", {"Location": url}))


def saying(code: int, document: Any) -> Callable[[Answer], bool]:
    """These words, whatever was asked."""
    return lambda answer: _told(answer.json(code, document))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *words: Any) -> None:
        """Callers that give up are what some tests are about."""


def _told(done: None) -> bool:
    return True


@contextlib.contextmanager
def gitlab_api(folder: Path, scheme: str = "http") -> Iterator[GitLabApi]:
    """A server whose files are in this folder, stopped with the block."""
    server = _Server(("127.0.0.1", 0), Answer)
    if scheme == "https":
        make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "both.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state = GitLabApi(f"{scheme}://127.0.0.1:{server.server_address[1]}/", folder)
    server.RequestHandlerClass = type("Answer", (Answer,), {"state": state})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
