"""The plans of links without a command line."""

import os

from sesync_cli.link.plans import plan_link, plan_unlink
from sesync_cli.link.request import LinkRequest, UnlinkRequest
from sesync_cli.plan import unwatched
from sesync_cli.session import Session


def test_a_request_becomes_a_plan_and_the_plan_a_link(site, home, nfs):
    (home / "paper").mkdir()
    session = Session()
    request = LinkRequest("cooltrees", name="data", folder="paper")
    plan = plan_link(request, session.caller, session.site, unwatched)
    assert list(map(str, plan.steps)) == [f"ln -s {nfs}/cooltrees-data {home}/paper/data"]
    plan.carry_out(unwatched)
    assert os.readlink(home / "paper/data") == f"{nfs}/cooltrees-data"
    assert not plan_link(request, session.caller, session.site, unwatched).steps
    plan_unlink(UnlinkRequest("data", "paper"), session.caller, session.site, unwatched).carry_out(unwatched)
    assert not os.path.lexists(home / "paper/data")
