"""What is wrong with links."""

from sesync_cli.link.checks import checks


def test_links_that_lead_somewhere_are_well_and_others_are_told(site, home, nfs, findings, sesync):
    assert findings(checks) == []
    assert sesync("link", "cooltrees").code == 0
    (home / "elsewhere").symlink_to("/nowhere at all")
    assert findings(checks) == []
    (home / "-odd name").symlink_to(nfs / "gone-data")
    (nfs / "file-data").write_text("")
    (home / "file").symlink_to(nfs / "file-data")
    gone, file = findings(checks)
    assert (gone.kind, gone.message) == (
        "missing",
        f"the link {home}/-odd name leads to {nfs}/gone-data, which is not there",
    )
    assert gone.command == "sesync unlink -- '-odd name'"
    assert gone.hint == "'sesync unlink -- '-odd name'' removes it; what it led to stays where it is."
    assert (file.kind, file.message) == (
        "not a directory",
        f"the link {home}/file leads nowhere now: {nfs}/file-data is not a folder",
    )


def test_links_in_folders_of_home_are_looked_at_too(site, home, nfs, findings):
    (home / "maps").mkdir()
    (home / "maps/old").symlink_to(nfs / "gone-data")
    (one,) = findings(checks)
    assert (one.kind, one.command) == ("missing", f"sesync unlink --in {home}/maps old")


def test_a_site_without_data_directories_has_no_links_to_look_at(tmp_path, home, findings, monkeypatch):
    (tmp_path / "bare.toml").write_text('[site]\nname = "Bare"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "bare.toml"))
    assert findings(checks) == []
