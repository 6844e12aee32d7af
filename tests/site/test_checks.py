"""What is wrong with the site's file: the same as `site check` warns of."""

from sesync_cli.site.checks import checks


def test_what_the_command_warns_of_is_what_is_found(site, sesync, findings, tmp_path):
    assert findings(checks) == []
    path = site(data={"path": "/no/such/{project}-data"}, support={"email": "help@example.org"})
    (one,) = findings(checks)
    assert (one.kind, one.hint) == ("data.path", "Tell help@example.org.")
    warning = sesync("site", "check", "--json").json["warnings"][0]
    assert one.message == f"the site file {path} does not fit this machine: {warning}"
    assert warning == "data.path: there is no folder /no/such on this machine"


def test_without_a_file_there_is_nothing_to_be_wrong(home, findings, monkeypatch, tmp_path):
    monkeypatch.delenv("SESYNC_SITE", raising=False)
    monkeypatch.setattr("sesync_cli.site.reading.SYSTEM", tmp_path / "none.toml")
    assert findings(checks) == []
