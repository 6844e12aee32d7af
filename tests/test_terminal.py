"""Who may be asked at a terminal."""

import pytest

from sesync_cli.caller import Caller
from sesync_cli.session import Session
from sesync_cli.terminal import Terminal


@pytest.mark.parametrize(
    ("interactive", "dry_run", "yes", "may"),
    [(True, False, False, True), (True, True, False, False), (True, False, True, False), (False, False, False, False)],
)
def test_somebody_may_be_asked_who_is_there_and_has_not_decided_beforehand(interactive, dry_run, yes, may):
    session = Session(Caller({}, interactive=interactive))
    here = Terminal(session, dry_run=dry_run, yes=yes)
    assert (here.interactive, here.may_ask) == (interactive, may)
