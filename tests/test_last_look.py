"""Looks that are kept: what was found, and when, or that nothing came."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sesync_cli.last_look import DATA, LastLook, LookKind, is_past, keep_looks, last_looks, seconds_for

THINGS = LookKind("things", {"name": str, "size": int | None, "parts": [str]})
OAK = {"name": "oak", "size": None, "parts": ["leaf"]}


def ago(**age: float) -> str:
    return (datetime.now(UTC) - timedelta(**age)).isoformat()


def test_what_is_kept_is_found_again(tmp_path: Path):
    keep_looks(tmp_path / "state", DATA, {"heat": "ok", "oak": "missing"})
    keep_looks(tmp_path / "state", DATA, {"heat": "missing"})
    found = last_looks(tmp_path / "state", DATA)
    assert {name: one.found for name, one in found.items()} == {"heat": "missing", "oak": "missing"}
    assert all(one.is_of_now and not one.is_older_than(timedelta(minutes=1)) for one in found.values())
    assert last_looks(tmp_path / "state", THINGS) == {}


def test_what_did_not_come_is_as_it_was(tmp_path: Path):
    page = tmp_path / "last-look/data.json"
    keep_looks(tmp_path, DATA, {"heat": "ok"})
    then = ago(hours=2)
    page.write_text(json.dumps({"heat": {"found": "ok", "at": then, "tried": then}}))
    kept = keep_looks(tmp_path, DATA, {}, missed=["heat", "oak"])
    assert (kept["heat"].found, kept["heat"].at, kept["heat"].was_in_vain) == ("ok", then, True)
    assert (kept["oak"].found, kept["oak"].is_of_now, kept["oak"].was_in_vain) == (None, False, True)
    assert kept == last_looks(tmp_path, DATA)


def test_what_has_just_been_waited_for_in_vain_is_not_waited_for_again():
    def look(at: str, tried: str) -> LastLook:
        return LastLook("ok", at, tried)

    now, hours, days = ago(), ago(hours=3), ago(days=3)
    assert seconds_for(None, 10) == seconds_for(look(days, days), 10) == seconds_for(look(days, hours), 10) == 10
    assert seconds_for(look(now, now), 10) == seconds_for(look(hours, hours), 10) == 2.5
    assert seconds_for(look(days, now), 10) == seconds_for(look(hours, now), 10) < 1
    assert seconds_for(look(days, now), 0.1) == 0.1


def test_what_is_not_there_any_more_is_forgotten(tmp_path: Path):
    keep_looks(tmp_path, DATA, {"heat": "ok", "oak": "ok"})
    assert [*keep_looks(tmp_path, DATA, {"elm": "ok"}, only=["oak", "elm"])] == ["oak", "elm"]
    assert [*last_looks(tmp_path, DATA)] == ["oak", "elm"]
    assert keep_looks(tmp_path, DATA, {}, only=[]) == last_looks(tmp_path, DATA) == {}


def test_what_nobody_looked_at_for_a_year_is_forgotten(tmp_path: Path):
    keep_looks(tmp_path, DATA, {"heat": "ok"})
    (tmp_path / "last-look/data.json").write_text(
        json.dumps({"heat": {"found": "ok", "at": ago(days=400), "tried": ago(days=400)}})
    )
    keep_looks(tmp_path, DATA, {"oak": "ok"})
    assert [*last_looks(tmp_path, DATA)] == ["oak"]


def test_others_cannot_read_it_and_nothing_is_left_beside(tmp_path: Path):
    keep_looks(tmp_path / "state", DATA, {"heat": "ok"})
    assert os.listdir(tmp_path / "state/last-look") == ["data.json"]
    assert (tmp_path / "state/last-look").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "found", ["ok", 3, [OAK], {}, {**OAK, "size": "x"}, {**OAK, "parts": [1]}, {**OAK, "more": 1}, {"name": "oak"}]
)
def test_what_has_another_shape_was_kept_by_another_version(tmp_path: Path, found: object):
    keep_looks(tmp_path, THINGS, {"oak": OAK, "elm": {**OAK, "size": 3}})
    page = tmp_path / "last-look/things.json"
    kept = json.loads(page.read_text())
    kept["oak"]["found"] = found
    page.write_text(json.dumps(kept))
    assert [*last_looks(tmp_path, THINGS)] == ["elm"]


@pytest.mark.parametrize("at", ["yesterday", "2026-11-29T10:00:00", 3, None])
def test_a_look_of_no_moment_is_none(tmp_path: Path, at: object):
    keep_looks(tmp_path, DATA, {"heat": "ok"})
    (tmp_path / "last-look/data.json").write_text(json.dumps({"heat": {"found": "ok", "at": at, "tried": ago()}}))
    assert last_looks(tmp_path, DATA) == {}


def test_a_page_that_nobody_can_read_is_none(tmp_path: Path):
    page = tmp_path / "last-look/data.json"
    page.parent.mkdir()
    os.mkfifo(page)  # which whoever opens it would wait for
    assert last_looks(tmp_path, DATA) == {}
    page.unlink()
    for text in ("", "[]", "{", "3", "[" * 100_000, "\udcff"):
        page.write_text(text, errors="surrogatepass")
        assert last_looks(tmp_path, DATA) == {}
    assert keep_looks(tmp_path, DATA, {"heat": "ok"}) == last_looks(tmp_path, DATA)


def test_a_moment_that_is_still_to_come_is_no_look_of_now():
    now = datetime.now(UTC)
    assert is_past((now - timedelta(hours=2)).isoformat(), timedelta(hours=1))
    assert not is_past(now.isoformat(), timedelta(hours=1))
    assert is_past((now + timedelta(days=1)).isoformat(), timedelta(hours=1))
