"""What is wrong with a token for GitLab."""

from datetime import date, timedelta

import pytest

from sesync_cli.gitlab.checks import checks
from tests.gitlab.test_tokens import write
from tests.services.gitlabapi import TOKEN


@pytest.fixture
def at(api, site):
    site(gitlab={"url": api.url.rstrip("/")})
    return api


def keep(home, at, token, mode=0o600):
    text = f"[global]\ndefault = here\n[here]\nurl = {at.url}\nprivate_token = {token}\n"
    write(home / ".python-gitlab.cfg", text, mode)


def test_no_token_is_no_fault_and_a_good_one_is_well(home, at, findings):
    assert findings(checks) == []
    keep(home, at, TOKEN)
    assert findings(checks) == []


def test_a_token_that_others_can_read_is_told(home, at, findings):
    keep(home, at, TOKEN, 0o644)
    (one,) = findings(checks)
    assert (one.kind, one.message) == ("open token", f"others can read your token in {home}/.python-gitlab.cfg")
    assert one.hint == f"'chmod 600 {home}/.python-gitlab.cfg' closes the file."


@pytest.mark.parametrize("end", [None, "soon", "", 5, ["2026-12-31"], "2026-12-31T00:00:00Z"])
def test_an_end_that_is_no_day_is_no_fault(home, at, findings, end):
    at.token_end = end
    keep(home, at, TOKEN)
    assert findings(checks) == []


@pytest.mark.parametrize("days,kinds", [(14, ["ends soon"]), (16, [])])
def test_the_last_two_weeks_of_a_token_are_told(home, at, findings, days, kinds):
    at.token_end = (date.today() + timedelta(days)).isoformat()
    keep(home, at, TOKEN)
    assert [one.kind for one in findings(checks)] == kinds


def test_a_token_that_the_server_does_not_take_is_told_and_not_shown(home, at, findings):
    keep(home, at, "glpat-wrong-wrong-wrong")
    (one,) = findings(checks)
    assert one.kind == "refused" and one.hint and "glpat-wrong" not in f"{one}"
