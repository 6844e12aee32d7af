"""A GitLab's API, and accounts there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sesync_cli.gitlab.api import Account
from sesync_cli.gitlab.tokens import Token
from tests.services.gitlabapi import GitLabApi, gitlab_api
from tests.services.leaks import TOKEN


@pytest.fixture
def api(tmp_path: Path) -> Iterator[GitLabApi]:
    """A GitLab without projects, which knows one token."""
    (tmp_path / "api").mkdir()
    with gitlab_api(tmp_path / "api") as server:
        yield server


@pytest.fixture
def account(api: GitLabApi) -> Callable[..., Account]:
    """An account there: account(token=EXPIRED, source="glab")."""

    def make(
        token: str = TOKEN, source: str = "GITLAB_TOKEN", url: str = "", trusted: str = "", patience: float = 20
    ) -> Account:
        return Account(url or api.url, Token(token, source), "help@example.org", patience, trusted)

    return make
