"""Where a clone goes, and where it should not."""

import os

import pytest

from tests.clone.conftest import contents, leftovers

REASON = "is a research data directory: several people would edit one working copy there"


def test_a_research_data_directory_is_refused_with_the_reason(sesync, friend, nfs):
    data = nfs / "cooltrees-data"
    for words in ((data,), (data / "code/deep",), (f"{data}/../cooltrees-data/x",)):
        done = sesync("clone", "a/b/deep", *words)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"Error: {data} {REASON}\nHint:  Leave out DIR to clone into your home")
    assert list(data.iterdir()) == []
    assert sesync("clone", "a/b/deep", data, "--json").json["error"]["kind"] == "refused"


def test_a_link_into_it_does_not_help(sesync, friend, nfs, home):
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    (home / "roundabout").symlink_to("cooltrees-data/")
    for words in ("cooltrees-data/deep", "roundabout/deep", "./roundabout/x/../deep"):
        done = sesync("clone", "a/b/deep", words)
        assert (done.code, REASON in done.err) == (1, True)
    done = sesync("clone", "a/b/deep", "deep", cwd=home / "cooltrees-data", env=os.environ | {"PWD": ""})
    assert (done.code, REASON in done.err) == (1, True)
    assert list((nfs / "cooltrees-data").iterdir()) == []


def test_anyway_insists(sesync, friend, nfs):
    done = sesync("clone", "a/b/deep", nfs / "cooltrees-data/deep", "--anyway")
    assert (done.code, done.err) == (0, "")
    assert (nfs / "cooltrees-data/deep/deep.txt").exists()


def test_scratch_is_no_data_directory(sesync, friend, nfs, site):
    (nfs / "scratch").mkdir()
    for path in (f"{nfs}/{{project}}-data", f"{nfs}/{{project}}"):
        site(data={"path": path}, scratch={"path": f"{nfs}/scratch"})
        assert sesync("clone", "a/b/deep", nfs / "scratch/deep", "-n").code == 0


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dead link", "empty folder", "broken clone"])
def test_what_is_there_stays_as_it_is(sesync, friend, home, kind):
    at = home / "deep"
    if kind == "file":
        at.write_text("mine")
    elif kind == "broken clone":
        (at / ".git").mkdir(parents=True)
        (at / ".git/config").write_text("[core\n")
    elif "folder" in kind:
        at.mkdir()
        if kind == "folder":
            (at / "mine.txt").write_text("mine")
    else:
        at.symlink_to(home / ".ssh" if kind == "link" else "nowhere")
    before = contents(home)
    done = sesync("clone", "a/b/deep")
    assert done.code == 1
    assert done.err == (
        f"Error: {at} is there already, and is no clone of this repository; it stays as it is\n"
        f"Hint:  Say where else it shall go: 'sesync clone REPO {home}/deep-2'.\n"
    )
    assert sesync("clone", "a/b/deep", "--json").json["error"]["kind"] == "conflict"
    assert contents(home) == before
    assert leftovers(home) == []


def test_a_folder_of_projects_is_offered_as_the_place_for_one_more(sesync, friend, home):
    (home / "projects").mkdir()
    assert f"'sesync clone REPO {home}/projects/deep'" in sesync("clone", "a/b/deep", "projects").err


def test_another_repository_of_the_same_name_stays(sesync, friend, home):
    sesync("clone", "cooltrees/analysis", "deep")
    done = sesync("clone", "a/b/deep")
    assert (done.code, f"{home}/deep is a clone of another repository; it stays" in done.err) == (1, True)
