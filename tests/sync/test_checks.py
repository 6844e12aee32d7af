"""What is wrong with clones in home."""

import json
import os

from sesync_cli.sync.checks import checks
from tests.clone.conftest import git
from tests.sync.conftest import write


def test_clones_that_are_well_and_folders_that_are_none_are_passed_over(site, shared, home, findings):
    (home / "notes").mkdir()
    assert findings(checks) == []


def test_a_secret_in_an_address_is_told_with_what_takes_it_out(site, shared, home, findings):
    git("remote", "set-url", "origin", "https://me:open-sesame@git.example.org/a/b.git", cwd=shared.here)
    (one,) = findings(checks)
    assert one.kind == "exposed secret" and "open-sesame" not in f"{one}"
    assert one.message.startswith(f"a password or a token stands in the address of {home}/analysis, where")
    assert one.hint == f"'git -C {shared.here} remote set-url origin https://git.example.org/a/b.git' takes it out."


def test_what_a_killed_run_left_half_done_is_told_with_the_command_that_goes_on(site, shared, home, findings, sesync):
    head = git("rev-parse", "HEAD", cwd=shared.here).strip()
    entry = {"head": head, "to": head, "paths": [], "new": [], "host": os.uname().nodename, "process": 0}
    write(shared.here / ".git/.sesync-journal", json.dumps(entry))
    (one,) = findings(checks)
    assert (one.kind, one.message) == (
        "half done",
        f"a sesync that was killed has left something half done in {home}/analysis",
    )
    assert one.hint == f"'sesync sync {home}/analysis' takes it back, and goes on."
    assert sesync("sync", "analysis").code == 0 and findings(checks) == []


def test_a_clone_that_git_does_not_open_keeps_nobody_from_the_others(site, shared, home, findings):
    (home / "a-broken/.git").mkdir(parents=True)
    git("remote", "set-url", "origin", "https://me:open-sesame@git.example.org/a/b.git", cwd=shared.here)
    assert [one.kind for one in findings(checks)] == ["unreadable", "exposed secret"]
