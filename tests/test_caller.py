"""Who is calling: what the environment says, and what is found out where it says nothing."""

import os
import pwd
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady


def test_home_is_what_the_environment_says_or_else_the_system(home: Path):
    assert Caller({"HOME": str(home)}).home == home
    for env in ({}, {"HOME": ""}):
        assert str(Caller(env).home) == pwd.getpwuid(os.getuid()).pw_dir


def test_a_home_that_is_not_there_is_told_when_it_is_asked_for(tmp_path: Path):
    caller = Caller({"HOME": f"{tmp_path}/gone", "XDG_CACHE_HOME": "/caches"})
    assert str(caller.cache) == "/caches"
    with pytest.raises(NotReady, match=f"your home folder {tmp_path}/gone is not there"):
        _ = caller.home
    with pytest.raises(NotReady):
        _ = caller.state


def test_the_current_folder_is_named_by_the_way_that_led_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path / "link")
    assert Caller({"PWD": f"{tmp_path}/link"}).cwd == tmp_path / "link"
    for said in ({}, {"PWD": ""}, {"PWD": str(tmp_path)}):
        assert Caller(said).cwd == (tmp_path / "real").resolve()


def test_only_who_asks_for_a_current_folder_that_is_gone_is_told(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    caller = Caller({"HOME": str(home), "PWD": f"{tmp_path}/gone"})
    assert caller.home == home
    with pytest.raises(NotReady, match="the folder that you are in is gone"):
        _ = caller.cwd


def test_what_was_found_out_stays_so(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(home)
    caller = Caller({"HOME": str(home)})
    before = caller.cwd
    monkeypatch.chdir(tmp_path)
    assert caller.cwd == before


def test_folders_of_a_person_are_where_xdg_says(home: Path):
    caller = Caller({"HOME": str(home)})
    usual = (home / ".local/share", home / ".local/state/sesync", home / ".cache")
    assert (caller.data, caller.state, caller.cache) == usual
    env = {"HOME": str(home), "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c"}
    caller = Caller(env)
    assert (caller.data, caller.state, caller.cache) == (Path("/d"), Path("/s/sesync"), Path("/c"))


def test_a_user_without_a_name_is_named_as_in_a_manual():
    assert Caller({"USER": "jsmith"}).user == "jsmith"
    assert Caller({}).user == Caller({"USER": ""}).user == "USER"


def test_the_environment_is_not_shown_since_it_may_hold_secrets():
    caller = Caller({"GITLAB_TOKEN": "glpat-1"}, interactive=True)
    assert repr(caller) == "Caller(interactive=True)"


def test_it_is_itself_and_no_other_so_that_it_can_be_a_key():
    env = {"HOME": "/tmp"}
    assert len({Caller(env), Caller(env)}) == 2
