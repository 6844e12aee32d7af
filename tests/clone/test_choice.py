"""sesync clone without the whole name of a repository: listed, chosen, found by a part of its name."""

import shutil

import pytest

from tests.clone.conftest import git, publish
from tests.conftest import tilde
from tests.services import gitlabapi
from tests.services.leaks import EXPIRED, NARROW, REVOKED, TOKEN


@pytest.fixture
def member(friend, api, site, monkeypatch):
    """Somebody whose token the site's GitLab knows, and its ssh server their key."""
    site(gitlab={"url": api.url.rstrip("/")}, support={"email": "help@example.org"})
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    return api


@pytest.fixture
def projects(member):
    """The repositories of the ssh server, between others."""
    member.publish("cooltrees/analysis", "a/b/deep", "cooltrees/data-prep", "cooltrees/empty", "jsmith/analysis")
    return member


def test_elsewhere_than_on_a_terminal_it_is_a_table_by_group(sesync, projects, home):
    done = sesync("clone")
    assert (done.code, done.err) == (0, "")
    heading, *rows = done.out.splitlines()
    assert heading.split() == ["PROJECT", "LAST", "CHANGE", "SEEN", "BY", "HERE"]
    assert [row.split()[0] for row in rows] == [
        "cooltrees/analysis", "cooltrees/data-prep", "cooltrees/empty", "a/b/deep", "jsmith/analysis",
    ]  # fmt: skip
    assert rows[0].split()[1:] == ["a", "day", "ago", "private"]


def test_json_says_which_are_here(sesync, projects, home, friend):
    git("clone", "--quiet", f"{friend.folder}/repos/a/b/deep.git", home / "deep")
    git("remote", "set-url", "origin", friend.url("a/b/deep"), cwd=home / "deep")
    git("init", "--quiet", home / "empty")
    documents = sesync("clone", "--json").json
    assert documents[0].keys() == {"repository", "display_name", "last_activity", "visibility", "url", "path"}
    assert documents[0]["url"] == f"{projects.url}cooltrees/analysis"
    assert {one["repository"]: one["path"] for one in documents if one["path"]} == {"a/b/deep": f"{home}/deep"}


def test_who_is_in_no_project_hears_so(sesync, member):
    done = sesync("clone")
    assert (done.code, done.out, done.err) == (0, "", "You are a member of no project yet.\n")


def test_without_a_token_one_learns_how_to_log_in(sesync, projects, monkeypatch):
    monkeypatch.delenv("GITLAB_TOKEN")
    for words in ((), ("cooltrees/",), ("analysis",)):
        done = sesync("clone", *words)
        assert (done.code, "'sesync clone --login'" in done.err) == (2, True)


@pytest.mark.parametrize(
    "token,words",
    [
        (EXPIRED, "has expired"),
        (REVOKED, "was revoked"),
        (NARROW, "lacks the scope for this: api or read_api"),
        ("wrong-token-1234", "does not accept your token (GITLAB_TOKEN)"),
    ],
)
def test_a_bad_token_says_why_and_where_to_make_another(sesync, projects, monkeypatch, token, words):
    monkeypatch.setenv("GITLAB_TOKEN", token)
    document = sesync("clone", "--json").json["error"]
    assert document["kind"] == "refused" and words in document["message"]
    assert "/-/user_settings/personal_access_tokens" in document["hint"] and "sesync clone --login" in document["hint"]


def test_a_full_name_asks_no_api(sesync, projects, home):
    projects.fault = gitlabapi.broken(500)
    assert sesync("clone", "cooltrees/analysis").code == 0


def test_a_bare_name_is_looked_up(sesync, projects, home):
    assert sesync("clone", "DEEP").out == "Cloned a/b/deep to ~/deep.\n"
    assert sesync("clone", "deep").out.startswith("~/deep is cloned from a/b/deep already")


def test_a_name_of_several_lists_them(sesync, projects):
    done = sesync("clone", "analysis")
    assert done.code == 2
    assert done.err == (
        "Error: 2 of your projects are named analysis\n"
        "Hint:  Say which: 'sesync clone cooltrees/analysis' or 'sesync clone jsmith/analysis'.\n"
    )


def test_near_names_are_suggested(sesync, projects):
    done = sesync("clone", "analisys")
    assert done.code == 1
    assert "Did you mean cooltrees/analysis or jsmith/analysis?" in done.err
    assert "'sesync clone' lists your projects" in sesync("clone", "zzz").err


@pytest.mark.parametrize(
    "name,commands",
    [
        ("cooltrees", ["'sesync clone cooltrees/' clones what is in that group."]),
        ("B", ["'sesync clone a/b/' clones what is in that group."]),
        ("a", ["'sesync clone a/' clones what is in that group."]),
        ("cooltree", ["Did you mean cooltrees/?", "'sesync clone GROUP/' takes all of a group"]),
        ("public", ["'sesync clone public/' clones what is in that group."]),
        ("heat", ["'sesync clone x/heat/' or 'sesync clone y/heat/' clones what is in that group."]),
    ],
)
def test_a_group_that_is_named_like_a_project_is_offered(sesync, projects, home, name, commands):
    projects.publish("x/heat/one", "y/heat/two")
    projects.publish("public/site", member=False)
    done = sesync("clone", name)
    assert (done.code, tilde(f"you are a member of no project named {name}") in done.err) == (1, True)
    assert all(words in done.err for words in commands), done.err


def test_the_command_that_is_offered_for_a_group_works(sesync, projects):
    words = sesync("clone", "b").err.split("'")[1].split()
    assert sesync(*words[1:], "-y").out == "1 repository is in ~: deep.\n"


@pytest.mark.parametrize("name", ["cooltrees", "a/b"])
def test_a_group_s_whole_name_without_its_slash_is_told_apart(sesync, projects, name):
    assert f"'sesync clone {name}/'" in sesync("clone", name).err


@pytest.mark.parametrize("words", [("old",), ("OLD",), ("cooltrees/old",), ("old", "--depth=1")])
def test_an_archived_project_is_found_by_its_name_and_said_to_be_so(sesync, friend, projects, home, words):
    publish(friend.folder / "repos/cooltrees/old.git", {"old.py": "old\n"})
    projects.publish("cooltrees/old")
    projects.projects[-1]["archived"] = True
    done = sesync("clone", *words)
    assert (done.code, (home / "old/old.py").exists()) == (0, True)
    assert done.err == "Warning: cooltrees/old is archived: it can be read, and takes nothing new\n"
    assert "cooltrees/old" not in sesync("clone").out
    shutil.rmtree(friend.folder / "repos/cooltrees/old.git")


def test_of_two_of_one_name_the_one_in_use_is_meant(sesync, projects, home):
    projects.projects[-1]["archived"] = True  # jsmith/analysis
    done = sesync("clone", "analysis")
    assert (done.code, done.err, (home / "analysis/analysis.py").exists()) == (0, "", True)


def test_what_is_known_of_a_project_by_its_name_is_not_asked_again(sesync, projects, home):
    assert sesync("clone", "deep").code == 0
    assert len(projects.asked) == 1


def test_a_hostile_name_from_the_server_is_shown_and_never_obeyed(sesync, projects, home):
    projects.publish("x/--upload-pack=touch pwned", "x/[bold]\x1b[31mred", "../../etc")
    done = sesync("clone")
    assert "[bold]\\x1b[31mred" in done.out
    done = sesync("clone", "x/", "--yes")
    assert (done.code, done.err.count("is not the address of a repository")) == (1, 2)
    assert not (home / "pwned").exists()


def test_on_a_terminal_one_types_a_number(terminal, projects, home):
    choice = terminal("clone")
    choice.wait_for("Numbers, or a part of a name")
    assert choice.screen.splitlines()[:8] == [
        "cooltrees",
        "   1  analysis  a day ago",
        "   2  data-prep  3 days ago",
        "   3  empty  4 days ago",
        "a/b",
        "   4  deep  2 days ago",
        "jsmith",
        "   5  analysis  5 days ago",
    ]
    choice.type("4\r")
    assert choice.ended() == 0
    assert (home / "deep/deep.txt").exists()


def test_letters_look_for_something_else(terminal, projects, home):
    choice = terminal("clone", columns=40)
    choice.wait_for("part of a name")
    choice.type("nothing-like-it\r")
    choice.wait_for("There is no such project.")
    choice.type("deep\r")
    choice.wait_for("1  deep")
    choice.type("7\r")  # no such number, so it is a part of a name
    choice.wait_for("There is no such project.\r\nNumbers")
    choice.type("deep\r")
    choice.type("1\r")
    assert choice.ended() == 0
    assert (home / "deep/deep.txt").exists()


def test_enter_shows_more_and_in_the_end_leaves(terminal, member, home):
    member.publish(*(f"group/project{n}" for n in range(20)))
    choice = terminal("clone")
    choice.wait_for("or Enter for more: ")
    assert "15  project14" in choice.screen and "project15" not in choice.screen
    assert len(member.asked) == 1
    choice.type("\r")
    choice.wait_for("20  project19")
    choice.type("\r")
    assert choice.ended() == 1
    assert "nothing was done" in choice.screen


def test_ctrl_c_leaves(terminal, projects, home):
    choice = terminal("clone")
    choice.wait_for("part of a name")
    choice.type("\x03")
    assert choice.ended() == 130
    assert sorted(path.name for path in home.iterdir()) == [".ssh"]


def test_a_name_of_several_is_asked_about(terminal, projects, home):
    choice = terminal("clone", "analysis")
    choice.wait_for("Which one? Its number")
    choice.type("1\r")
    assert choice.ended() == 0
    assert (home / "analysis/analysis.py").exists()


def test_two_thousand_projects_cost_a_page_where_one_chooses(terminal, member):
    member.publish(*(f"group{n % 40}/project{n}" for n in range(2000)))
    choice = terminal("clone")
    choice.wait_for("Enter for more")
    assert len(member.asked) == 1
    choice.type("project1999\r")
    choice.wait_for("1  project1999")
    assert len(member.asked) == 2
    choice.type("\x03")
    choice.ended()
