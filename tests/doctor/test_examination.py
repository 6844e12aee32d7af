"""The checks, made side by side."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sesync_cli.check import Check, Finding
from sesync_cli.doctor import examination
from sesync_cli.doctor.request import DoctorRequest
from sesync_cli.plan import Plan, unwatched
from sesync_cli.session import Session
from tests.conftest import HANG


def test_what_a_check_found_before_it_hung_is_told_and_not_mended(
    site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs() -> Iterator[Finding]:
        yield Finding("open home", "others can write", "", Plan((), "Closed."))
        time.sleep(HANG)

    def ends() -> Iterator[Finding]:
        yield Finding("open key", "others can read", "", Plan((), "Closed."))

    checks = Check("slow", 4.0, hangs), Check("quick", HANG, ends)
    monkeypatch.setattr(examination, "all_checks", lambda caller, site, watch: checks)
    session = Session()
    found = examination.examine(DoctorRequest(), session.caller, session.site, unwatched)
    assert [(one.check, one.kind, one.fixable) for one in found.findings if one.check == "quick"] == [
        ("quick", "open key", True)
    ]
    slow = [(one.kind, one.fixable) for one in found.findings if one.check == "slow"]
    assert slow == [("open home", False), ("no answer", False)]
