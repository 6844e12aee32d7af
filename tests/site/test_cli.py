"""sesync site: what is in force, and what is wrong with a site file."""

import pytest


def test_every_setting_is_shown_with_its_origin(sesync, site, monkeypatch):
    monkeypatch.delenv("COLUMNS")
    path = site(support={"email": "help@example.org"})
    settings = {one["name"]: one for one in sesync("site", "show", "--json").json}
    assert settings["support.email"] == {"name": "support.email", "value": "help@example.org", "source": str(path)}
    assert settings["home.quota_gb"] == {"name": "home.quota_gb", "value": 20, "source": "built in"}
    assert len(settings) == len(sesync("site", "show").out.splitlines()) - 1


def test_without_a_site_file_sesync_is_the_site(sesync):
    lines = sesync("site", "show").out.splitlines()
    assert any(line.split() == ["data.path", "/nfs/{project}-data", "built", "in"] for line in lines)
    assert sesync("site", "check").out == "There is no site file: the built-in site serves, which is whole.\n"


def test_a_good_file_is_called_good(sesync, site):
    path = site()
    good = f"{path} is a good site file. It changes the built-in site: data.path,"
    assert sesync("site", "check", path).out.startswith(good)
    assert sesync("site", "check", "--json").json["file"] == str(path)


@pytest.mark.parametrize(
    "text,says,hint",
    [
        ('[data]\npaht = "/x/{project}"\n', "unknown setting: data.paht", "Did you mean data.path?"),
        ('[dta]\npath = "/x/{project}"\n', "unknown setting: dta.path", "Did you mean data.path?"),
        ("[zebra]\nstripes = 1\n", "unknown setting: zebra.stripes", "docs/site.md lists the settings."),
        ('email = "x"\n', "unknown setting: email", "Did you mean support.email?"),
        ('[home]\nquota_gb = "20"\n', "gives home.quota_gb a text; it must be a whole number", ""),
        ("[home]\nquota_gb = true\n", "gives home.quota_gb true or false; it must be a whole number", ""),
        ('[python]\nplaces = [1, "a"]\n', "gives python.places a list of other things", ""),
        ('[data]\npath = "/nfs/data"\n', "data.path must contain {project}", ""),
        ('[gitlab]\nssh = "git@x:{group}.git"\n', "gitlab.ssh must contain {repo}", ""),
        ('[gitlab]\nprefer = "http"\n', "gitlab.prefer must be 'ssh' or 'https'", ""),
        ('[data]\npath = "/x/{project}/data"\n', "must be an absolute path with {project} once, in its last part", ""),
        ('[data]\npath = "x/{project}"\n', "must be an absolute path", ""),
        ("[data]\npatience_seconds = -1\n", "data.patience_seconds must be above 0", ""),
        ("[data]\npatience_seconds = inf\n", "data.patience_seconds must be above 0", ""),
        ('[python]\ndefault = "banana"\n', "python.default must be a version such as 3.8", ""),
        ("[data\n", "is not TOML", ""),
    ],
)
def test_each_mistake_is_named(sesync, home, text, says, hint):
    path = home / "site.toml"
    path.write_text(text)
    ended = sesync("site", "check", path)
    assert (ended.code, ended.out) == (3, "")
    assert says in ended.err and hint in ended.err


def test_a_file_that_is_not_there_or_not_text(sesync, home):
    assert "cannot be read: No such file or directory" in sesync("site", "check", home / "none.toml").err
    (home / "raw.toml").write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in sesync("site", "check", home / "raw.toml").err


def test_a_broken_site_file_stops_commands_with_code_3(sesync, site):
    site(home={"quota": 1})
    ended = sesync("link")
    assert ended.code == 3
    assert "Did you mean home.quota_gb?" in ended.err


def test_checking_changes_nothing(sesync, site, home):
    sesync("site", "check")
    sesync("site", "show")
    assert list(home.iterdir()) == []


def test_on_a_narrow_terminal_each_setting_is_whole(terminal, site):
    seen = terminal("site", "show", columns=40, rows=400)
    assert seen.ended() == 0
    assert "data.path" in seen.screen and "{project}-data" in seen.screen.replace("\n", "").replace(" ", "")
