"""Where the rules say that a file should be, asked directly: by what it is, and where it is."""

from pathlib import Path

import pytest

from sesync_cli.files.inspection import FileFacts
from sesync_cli.files.kinds import Kind
from sesync_cli.git.tracked import Git
from sesync_cli.session import Session
from sesync_cli.where.locations import Location, Place, WhereContext
from sesync_cli.where.rules import judged

SMALL, BIG, ROWS = 1_000, 6_000_000, 100_000_000
HOME, GIT, DATA, SCRATCH, NODE = Place.HOME, Place.GIT, Place.DATA, Place.SCRATCH, Place.NODE


def said(found: FileFacts, place: Place, git: Git | None = None) -> tuple[Place | None, str]:
    """Where it should be, and its commands as far as they are known before the path."""
    session = Session()
    tree = str(session.caller.home / "analysis") if git else ""
    verdict = judged(found, Location(place, git, tree, "cooltrees"), WhereContext(session.caller, session.site))
    return verdict.should, " && ".join(" ".join(deed.before) for deed in verdict.deeds)


@pytest.mark.parametrize(
    ("kind", "size", "place", "git", "should", "commands"),
    [
        (Kind.TABLE, SMALL, HOME, None, None, ""),
        (Kind.TABLE, SMALL, GIT, Git.NEW, None, "git add"),
        (Kind.TABLE, SMALL, GIT, Git.TRACKED, None, ""),
        (Kind.TABLE, SMALL, DATA, None, None, ""),
        (Kind.TABLE, SMALL, NODE, None, HOME, "mv -n"),
        (Kind.TABLE, BIG, HOME, None, DATA, "sesync put --move"),
        (Kind.TABLE, BIG, GIT, Git.NEW, DATA, "sesync put --move"),
        (Kind.TABLE, BIG, GIT, Git.TRACKED, DATA, "git rm -r --cached && sesync put --move"),
        (Kind.TABLE, BIG, DATA, None, None, ""),
        (Kind.TABLE, BIG, SCRATCH, None, None, ""),
        (Kind.TABLE, BIG, Place.ELSEWHERE, None, None, ""),
        (Kind.SOURCE, SMALL, HOME, None, None, ""),
        (Kind.SOURCE, SMALL, GIT, Git.NEW, None, "git add"),
        (Kind.SOURCE, SMALL, DATA, None, GIT, "cp -rn"),
        (Kind.SOURCE, SMALL, SCRATCH, None, GIT, "cp -rn"),
        (Kind.SOURCE, BIG, HOME, None, DATA, "sesync put --move"),
        (Kind.TEMPORARY, SMALL, GIT, Git.TRACKED, None, "git rm -r --cached"),
        (Kind.PROGRAM, BIG, HOME, None, None, ""),
        (Kind.TABLE, 0, NODE, None, None, ""),
    ],
)
def test_what_it_is_and_where_it_is_decide(kind, size, place, git, should, commands, site):
    assert said(FileFacts("a file", kind, size, 0o100600), place, git) == (should, commands)


@pytest.mark.parametrize(
    ("place", "git", "mode", "should", "commands"),
    [
        (HOME, None, 0o600, None, ""),
        (HOME, None, 0o640, None, "chmod 600"),
        (GIT, Git.NEW, 0o600, None, "printf %s\\n"),
        (GIT, Git.IGNORED, 0o600, None, ""),
        (GIT, Git.TRACKED, 0o600, HOME, "git rm -r --cached"),
        (DATA, None, 0o600, HOME, "mv -n"),
        (SCRATCH, None, 0o600, HOME, "mv -n"),
    ],
)
def test_a_secret_is_where_its_owner_alone_reads_it(place, git, mode, should, commands, site):
    assert said(FileFacts(".pgpass", Kind.SECRET, SMALL, 0o100000 | mode), place, git) == (should, commands)


def test_a_table_of_very_many_rows_belongs_in_a_database(site):
    found = FileFacts("trees.csv", Kind.TABLE, BIG, 0o100600, rows=ROWS)
    assert said(found, HOME) == (Place.DATABASE, "sesync put --move")
    assert said(found, DATA) == (Place.DATABASE, "")
    assert said(found._replace(rows=1_000_000), HOME) == (DATA, "sesync put --move")


def test_a_site_without_data_directories_sends_nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "other.toml"
    file.write_text('[site]\nname = "Other"\n')
    monkeypatch.setenv("SESYNC_SITE", str(file))
    assert said(FileFacts("a file", Kind.TABLE, BIG, 0o100600, rows=ROWS), HOME) == (None, "")
    assert said(FileFacts("a file", Kind.TABLE, BIG, 0o100600), GIT, Git.TRACKED) == (HOME, "git rm -r --cached")
