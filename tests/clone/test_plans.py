"""A clone's plan without a command line: made from a request, and joined with others."""

import os

import pytest

from sesync_cli.clone.plans import plan_clone
from sesync_cli.clone.request import CloneRequest
from sesync_cli.errors import NotFound
from sesync_cli.link.plans import plan_link
from sesync_cli.link.request import LinkRequest
from sesync_cli.plan import Plan, join, unwatched
from sesync_cli.session import Session
from sesync_cli.sync.plans import plan_sync
from sesync_cli.sync.request import SyncRequest
from sesync_cli.terminal import Terminal
from tests.clone.conftest import git


def joined(repo: str) -> Plan:
    """A project's link and one of its repositories."""
    session = Session()
    caller, site = session.caller, session.site
    nobody = Terminal(session, dry_run=False, yes=True)
    return join(
        {
            "link": plan_link(LinkRequest("cooltrees"), caller, site, unwatched),
            "clone": plan_clone(CloneRequest((repo,)), caller, site, unwatched, nobody),
        }
    )


def test_a_link_and_a_clone_are_one_plan(friend, home, nfs):
    (home / ".gitconfig").write_text("[user]\n\tname = J. Smith\n\temail = jsmith@example.org\n")
    plan = joined("cooltrees/analysis")
    assert [str(step).split()[0] for step in plan.steps] == ["ln", "git"]
    assert plan.done.startswith(f"Linked {home}/cooltrees-data to {nfs}/cooltrees-data.\nCloned ")
    assert not os.path.lexists(home / "cooltrees-data")
    plan.carry_out(unwatched)
    assert (home / "cooltrees-data").is_dir()
    assert git("log", "--oneline", cwd=home / "analysis")
    assert plan.learnt().result["clone"]["path"] == home / "analysis"


def test_a_clone_that_fails_takes_the_link_back(friend, home):
    plan = joined("cooltrees/no-such")
    with pytest.raises(NotFound):
        plan.carry_out(unwatched)
    assert not os.path.lexists(home / "cooltrees-data")
    assert not (home / "no-such").exists()


def test_what_was_cloned_is_exchanged_by_a_request_too(friend, home):
    joined("cooltrees/analysis").carry_out(unwatched)
    session = Session()
    nobody = Terminal(session, dry_run=False, yes=False)
    plan = plan_sync(SyncRequest("analysis"), session.caller, session.site, unwatched, nobody)
    assert not plan.steps
    assert plan.done == f"{home}/analysis and the server have the same (branch main)."
