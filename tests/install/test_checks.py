"""What is wrong with packages of one's own, and with the way to new ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.check import Finding
from sesync_cli.install.checks import checks
from tests.install.ground import placed, user_folder
from tests.services.githttp import GitHttp
from tests.sync.conftest import tls_server  # noqa: F401


def test_packages_of_ones_own_that_no_kernel_sees_are_well(
    site: Callable[..., Path], home: Path, index: Path, findings: Callable[..., list[Finding]]
) -> None:
    assert findings(checks) == []
    placed(user_folder(home, "3.11"), "tornado", version="1.0")
    placed(user_folder(home, "3.11"), "heat", "nothing-that-is-here>=2")
    assert findings(checks) == []


@pytest.mark.parametrize(
    "url,says",
    [
        ("http://127.0.0.1:1/simple", "127.0.0.1"),
        ("https://nobody.invalid/simple", "nobody.invalid"),
    ],
)
def test_an_index_that_cannot_be_read_is_told(
    site: Callable[..., Path],
    home: Path,
    findings: Callable[..., list[Finding]],
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    says: str,
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    (one,) = findings(checks)
    assert one.kind == "index" and says in one.message and one.command.startswith("sesync report ")


@pytest.mark.parametrize("name", ["PIP_NO_INDEX", "UV_OFFLINE"])
def test_who_wants_no_index_is_not_told_of_it(
    site: Callable[..., Path],
    home: Path,
    findings: Callable[..., list[Finding]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv(name, "1")
    assert findings(checks) == []


def test_an_index_with_a_certificate_that_nobody_vouches_for_is_told(
    site: Callable[..., Path],
    home: Path,
    tls_server: GitHttp,  # noqa: F811
    findings: Callable[..., list[Finding]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"{tls_server.url('')}/simple")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_TRUSTED_HOST"):
        monkeypatch.delenv(name, raising=False)
    (one,) = findings(checks)
    assert one.kind == "index" and "certificate" in one.message
