"""GitLab's API, by python-gitlab: who somebody is there, their projects, and their ssh keys."""

import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sesync_cli.errors import Refused
from sesync_cli.gitlab import failures
from sesync_cli.gitlab.failures import GitLabServer
from sesync_cli.gitlab.tokens import Token

if TYPE_CHECKING:
    import requests

Heard = tuple[Any, Mapping[str, str]]
"""A document, and the headers that came with it."""

_PAGE = 100  # the most that GitLab gives at once
_AT_ONCE = 4  # pages asked for side by side once more than the first is wanted
_LATEST = {"order_by": "last_activity_at", "sort": "desc"}
_LIVING = {"archived": "false"}


@dataclass(frozen=True)
class User:
    """Somebody, as GitLab knows them; the e-mail address is the one for commits."""

    name: str
    username: str
    email: str


@dataclass(frozen=True)
class RegisteredKey:
    """An ssh key that is registered: `key` is its public line, with or without a comment."""

    title: str
    key: str


@dataclass(frozen=True)
class Project:
    """A repository: `path` is GROUP/NAME; the time is ISO 8601.

    What comes last is what only some answers tell.
    """

    path: str
    name: str
    last_activity: str
    visibility: str
    url: str
    ssh: str
    https: str
    bytes: int | None = None
    archived: bool = False

    @property
    def group(self) -> str:
        """What stands before the name, subgroups included."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Account:
    """Somebody's account at a GitLab, by their token. Every failure is a SesyncError."""

    url: str
    token: Token
    support: str = ""
    patience: float = 10.0
    trusted: str = ""

    def user(self) -> User:
        """Who the token's owner is."""
        with self._understood():
            facts = self._ask("/user")
            return User(facts["name"], facts["username"], facts.get("commit_email") or facts.get("email") or "")

    def scopes(self) -> tuple[str, ...] | None:
        """What the token may be used for (`read_api`, `write_repository`...); None where the server does not tell."""
        with self._understood():
            return None if (scopes := self._of_token("scopes")) is None else tuple(scopes)

    def token_end(self) -> str | None:
        """The day from which the token is accepted no more (2026-12-31); None where it has none, or it is not told."""
        return end if isinstance(end := self._of_token("expires_at"), str) else None

    def _of_token(self, fact: str) -> Any:
        """What the server knows of the token, as docs.gitlab.com/api/personal_access_tokens has it; None if nothing."""
        with contextlib.suppress(Refused, failures.Absent), self._understood():
            return self._ask("/personal_access_tokens/self").get(fact)

    def keys(self) -> list[RegisteredKey]:
        """The ssh keys that are registered."""
        with self._understood():
            return [RegisteredKey(facts["title"], facts["key"]) for page in self._pages("/user/keys") for facts in page]

    def add_key(self, title: str, key: str) -> None:
        """Register a public ssh key; the token needs the scope `api`. `Conflict` if it is registered already."""
        self._ask("/user/keys", sent={"title": title, "key": key})

    def project(self, path: str) -> Project:
        """One project by its GROUP/NAME."""
        with self._understood():
            return _project(self._ask(f"/projects/{quote(path, safe='')}", statistics="true"))

    def projects(self, search: str = "", *, brief: bool = True) -> Iterator[Project]:
        """The projects that the user is a member of, the latest first; asked for page by page, as far as it is taken.

        `search` is looked for in names and groups, by the server. `brief` is faster, and leaves visibility empty.
        """
        words = {"search": search, "search_namespaces": "true"} if search else {}
        yield from self._projects("/projects", membership="true", simple=str(brief).lower(), **_LIVING, **words)

    def projects_like(self, name: str) -> Iterator[Project]:
        """Those of them that have these letters in their name, with all that is known; archived ones too."""
        yield from self._projects("/projects", membership="true", search=name, statistics="true")

    def group_projects(self, group: str, search: str = "") -> Iterator[Project]:
        """The projects of a group and its subgroups, or of a user; the latest first. `NotFound` if it is neither."""
        name, words = quote(group, safe=""), _LIVING | ({"search": search} if search else {})
        try:
            yield from self._projects(f"/groups/{name}/projects", include_subgroups="true", simple="true", **words)
        except failures.Absent:
            yield from self._projects(f"/users/{name}/projects", simple="true", **words)

    @property
    def host(self) -> str:
        """The server, as people say it."""
        return self._server.host

    def _projects(self, path: str, **query: str) -> Iterator[Project]:
        seen: set[int] = set()  # what changes while pages are read moves to another page
        for page in self._pages(path, **_LATEST, **query):
            with self._understood():
                found = {facts["id"]: _project(facts) for facts in page if facts["id"] not in seen}
            seen |= found.keys()
            yield from found.values()

    def _pages(self, path: str, **query: str) -> Iterator[list[dict[str, Any]]]:
        def begin(number: int) -> Callable[[], Heard]:
            return self._begin(path, {**query, "per_page": str(_PAGE), "page": str(number)})

        page, headers = begin(1)()
        yield page
        last, number = int(headers.get("X-Total-Pages") or 0), 1
        pending = deque(begin(ahead) for ahead in range(2, min(last, _AT_ONCE + 1) + 1))
        while pending:
            number += 1
            page, _ = pending.popleft()()
            if (ahead := number + _AT_ONCE) <= last:
                pending.append(begin(ahead))
            yield page
        while not last and (following := headers.get("X-Next-Page")):  # a server does not count very many
            page, headers = begin(int(following))()
            yield page

    @property
    def _server(self) -> GitLabServer:
        return GitLabServer(self.url, self.support, self.patience, self.token.source)

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, AttributeError):
            raise failures.no_gitlab(self._server) from None

    def _ask(self, path: str, *, sent: Mapping[str, str] | None = None, **query: str) -> Any:
        return self._begin(path, query, sent)()[0]

    def _begin(self, path: str, query: Mapping[str, str], sent: Mapping[str, str] | None = None) -> Callable[[], Heard]:
        """Send a question; the function waits for the answer, for as long as patience lasts, and gives it."""
        server, heard = self._server, queue.SimpleQueue[Heard | BaseException]()

        def work() -> None:
            try:
                heard.put(self._talk(server, path, dict(query), sent))
            except BaseException as error:
                heard.put(error)

        import gitlab.v4.objects  # noqa: F401 (what takes its time here is not the server's slowness)

        # names that are not found out and answers that trickle outlast every time-out of the library's
        threading.Thread(target=work, daemon=True).start()

        def wait() -> Heard:
            try:
                answer = heard.get(timeout=self.patience)
            except queue.Empty:
                raise failures.slow(server) from None
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return wait

    def _talk(self, server: GitLabServer, path: str, query: dict[str, str], sent: Mapping[str, str] | None) -> Heard:
        import gitlab
        import requests

        with requests.Session() as session:
            session.hooks["response"].append(lambda response, **_: _look(server, response))
            library = gitlab.Gitlab(
                self.url,
                oauth_token=self.token.value,  # GitLab takes access tokens of every kind this way
                session=session,
                timeout=self.patience,
                ssl_verify=self.trusted or True,
                user_agent="sesync",
            )
            try:
                verb = "post" if sent else "get"
                response = library.http_request(verb, path, query_data=query, post_data=dict(sent) if sent else None)
                return response.json(), response.headers
            except gitlab.GitlabHttpError as error:
                raise failures.refused(server, error.response_code or 0, error.response_body or b"") from None
            except gitlab.GitlabAuthenticationError as error:
                raise failures.refused(server, 401, error.response_body or b"") from None
            except (requests.RequestException, gitlab.GitlabError, ValueError, OSError) as error:
                raise failures.unheard(server, error) from None


def _look(server: GitLabServer, response: "requests.Response") -> None:
    """Stop at an answer that may not be followed or waited for: the token would go astray, or we would sleep long."""
    if response.is_redirect:
        raise failures.led_astray(server, response.headers["Location"])
    wait = response.headers.get("Retry-After", "")
    if response.status_code == 429 and not (wait.isdecimal() and int(wait) < server.patience):
        raise failures.too_many(server, wait)


def _project(facts: Mapping[str, Any]) -> Project:
    return Project(
        path=str(facts["path_with_namespace"]),
        name=str(facts["name"]),
        last_activity=str(facts.get("last_activity_at") or ""),
        visibility=str(facts.get("visibility") or ""),
        url=facts["web_url"],
        ssh=facts["ssh_url_to_repo"],
        https=facts["http_url_to_repo"],
        bytes=(facts.get("statistics") or {}).get("repository_size"),
        archived=bool(facts.get("archived")),
    )
