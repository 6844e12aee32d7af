"""What is wrong between somebody's ssh and the site's GitLab: the same as `ssh-key --check` says."""

from contextlib import nullcontext

from sesync_cli.git import known_hosts
from sesync_cli.sshkey.checks import checks
from tests.clone.conftest import git
from tests.services.sshd import make_key
from tests.sshkey.conftest import accepted_key, know


def test_who_never_went_there_by_ssh_need_not_be_able_to(server, home, findings):
    assert findings(checks) == []
    make_key(home / ".ssh/id_ed25519")
    (home / ".ssh").chmod(0o700)
    assert findings(checks) == []  # a key for some other server
    know(server, home)
    known_hosts.is_known_host.cache_clear()  # of one run
    assert [one.kind for one in findings(checks)] == ["key refused"]


def test_what_the_command_says_is_what_is_found(sesync, server, home, findings):
    git("init", "--quiet", home / "code/heat")
    git("remote", "add", "origin", server.url("cooltrees/heat"), cwd=home / "code/heat")
    found = findings(checks)
    assert [one.kind for one in found] == ["host unknown", "no key"]
    said = sesync("ssh-key", "--check", "--json").json["findings"]
    assert said == [{"kind": one.kind, "message": one.message, "hint": one.hint} for one in found]


def test_what_others_can_read_is_closed_by_the_plan_that_mends_it(server, home, findings):
    key = accepted_key(server, home)
    know(server, home)
    assert findings(checks) == []
    key.chmod(0o644)
    (one,) = findings(checks)
    assert (one.kind, [str(step) for step in one.mend.steps]) == ("open rights", [f"chmod 600 {key}"])
    one.mend.carry_out(lambda words: nullcontext(lambda fraction, detail: None))
    assert findings(checks) == []


def test_a_site_whose_gitlab_takes_no_ssh_has_nothing_to_look_at(tmp_path, home, findings, monkeypatch):
    (tmp_path / "bare.toml").write_text('[site]\nname = "Bare"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "bare.toml"))
    assert findings(checks) == []
