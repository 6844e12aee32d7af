"""The plan of ssh-key without a command line."""

import pytest

from sesync_cli.errors import Refused
from sesync_cli.plan import unwatched
from sesync_cli.session import Session
from sesync_cli.sshkey.plans import plan_key
from sesync_cli.sshkey.request import KeyRequest
from sesync_cli.terminal import Terminal
from tests.sshkey.conftest import accepted_key


def test_where_nobody_is_there_a_key_is_made_and_the_rest_is_told(server, home):
    session = Session()
    plan = plan_key(KeyRequest(), session.caller, session.site, unwatched, Terminal(session, dry_run=False, yes=True))
    assert [str(step).split()[0] for step in plan.steps][-1] == "cat"
    assert not (home / ".ssh/id_ed25519").exists()
    with pytest.raises(Refused, match="does not know your key yet"):
        plan.carry_out(unwatched)
    assert (home / ".ssh/id_ed25519").exists()


def test_a_key_that_the_server_knows_needs_no_steps(server, home):
    accepted_key(server, home)
    session = Session()
    (home / ".ssh/known_hosts").write_text(f"{server.name} {server.host_key}\n")
    plan = plan_key(KeyRequest(), session.caller, session.site, unwatched, Terminal(session, dry_run=False, yes=True))
    assert not plan.steps
    assert plan.result["key"] == home / ".ssh/id_ed25519"
