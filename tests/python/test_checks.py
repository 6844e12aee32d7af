"""Whether the Python that new kernels get is on this machine."""

from pathlib import Path

import pytest

from sesync_cli.python.checks import checks
from tests.kernel import ground


@pytest.fixture(autouse=True)
def pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyenv's Pythons are found as its user's own are."""
    ground.python("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))


def test_a_default_python_that_is_here_is_well(site, home: Path, findings):
    assert findings(checks) == []


def test_a_default_python_that_is_not_here_is_told_with_those_that_are(site, home, findings):
    site(python={"default": "3.99"})
    (one,) = findings(checks)
    assert one.message == "the site's default, Python 3.99, is not on this machine"
    assert one.hint.startswith("'--python' names another: ") and "3.11" in one.hint


def test_a_default_that_is_only_built_in_is_no_fault_of_another_machine(home, findings, monkeypatch, tmp_path):
    monkeypatch.delenv("SESYNC_SITE", raising=False)
    for name in ("PATH", "PYENV_ROOT"):
        monkeypatch.setenv(name, str(tmp_path))
    assert findings(checks) == []
