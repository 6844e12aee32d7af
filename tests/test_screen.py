"""What a person sees on a terminal of 80 and of 40 columns."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Ended

pytestmark = pytest.mark.usefixtures("site")

WIDTHS = pytest.mark.parametrize("columns", [40, 80])
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def plain(raw: str) -> list[str]:
    """The lines that were printed, without colours."""
    return _COLOURS.sub("", raw).replace("\r\n", "\n").splitlines()


def fill_trash(home: Path, name: str = "x") -> None:
    (home / ".local/share/Trash/files").mkdir(parents=True, exist_ok=True)
    (home / ".local/share/Trash/files" / name).write_bytes(bytes(300_000))


@WIDTHS
def test_an_error_breaks_no_word_and_is_not_padded(terminal, sesync, site, home: Path, columns: int):
    (home / "trees").symlink_to(home.parent / "nfs" / "cooltrees2-data")
    site(data={"path": f"{home.parent}/nfs/{{project}}-data"})
    seen = terminal("link", "cooltree", columns=columns)
    assert seen.ended() == 1
    lines = plain(seen.raw)
    assert " ".join(" ".join(lines).split()) == " ".join(sesync("link", "cooltree").err.split())
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= columns or len(line.split()) <= 2 for line in lines), "a path may be longer"
    assert lines[0].startswith("Error: ") and any(line.startswith("Hint:  Did you mean") for line in lines)
    assert "\x1b[1;31mError: " in seen.raw


@WIDTHS
def test_a_sentence_goes_on_in_the_next_line(terminal, home: Path, columns: int):
    seen = terminal("kernel", "list", columns=columns)
    assert seen.ended() == 0
    lines = plain(seen.raw)
    assert all(len(line) <= columns for line in lines)
    assert "'sesync kernel create NAME'" in "\n".join(lines)


@WIDTHS
def test_a_dry_run_that_goes_on_in_the_next_line_can_be_typed(terminal, site, home: Path, nfs: Path, columns: int):
    folder = home / "work of the whole year" / "trees and heat"
    folder.mkdir(parents=True)
    seen = terminal("link", "cooltrees", "--in", folder, "--as", "the-data-of-the-project", "-n", columns=columns)
    assert seen.ended() == 0
    assert seen.raw.count("\\\r\n") >= 1 and "~/'work of the whole year" in seen.raw
    subprocess.run(["bash", "-ec", "\n".join(plain(seen.raw))], check=True)
    assert os.readlink(folder / "the-data-of-the-project") == f"{nfs}/cooltrees-data"


def test_a_no_is_calm(terminal, home: Path):
    fill_trash(home)
    seen = terminal("usage", "--clean")
    seen.wait_for("[y/N]:")
    seen.type("n\n")
    assert seen.ended() == 1
    assert seen.screen.endswith("\nAs you wish: nothing was done.")
    assert "Error" not in seen.raw and "\x1b[1;31m" not in seen.raw
    assert not (home / ".local/state/sesync").exists(), "it is no failure that a report would tell of"


def test_a_no_is_a_document_too(terminal, home: Path):
    fill_trash(home)
    seen = terminal("usage", "--clean", "--json")
    seen.wait_for("[y/N]:")
    seen.type("n\n")
    assert seen.ended() == 1
    assert '"kind": "declined"' in seen.screen and '"message": "as you wish: nothing was done"' in seen.screen


@WIDTHS
def test_a_question_breaks_no_word(terminal, home: Path, columns: int):
    for number in range(3):
        fill_trash(home, f"x{number}")
    seen = terminal("usage", "--clean", columns=columns)
    seen.wait_for("[y/N]:")
    seen.type("n\n")
    assert seen.ended() == 1
    lines = plain(seen.raw)
    assert all(len(line) <= columns for line in lines)
    assert "Empty JupyterLab's trash, 3 things? That frees" in " ".join(" ".join(lines).split())


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_who_stops_before_anything_was_begun_is_not_told_of_undoing(terminal, home: Path, key: str):
    fill_trash(home)
    seen = terminal("usage", "--clean")
    seen.wait_for("[y/N]:")
    seen.type(key)
    assert seen.ended() == 130
    assert seen.screen.endswith("\nStopped.") and "Error" not in seen.raw


def test_what_needs_an_answer_and_gets_none_is_told_apart(sesync, home: Path):
    fill_trash(home)
    said: Ended = sesync("usage", "--clean", "--json")
    assert (said.code, said.json["error"]["kind"]) == (2, "unanswered")


def test_states_have_colours_on_a_terminal_alone(terminal, sesync, site, home: Path, nfs: Path):
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    (home / "oaks-data").symlink_to(nfs / "oaks-data")
    seen = terminal("link", columns=300)
    assert seen.ended() == 0
    assert re.search(r"\x1b\[32mok\s*\x1b\[0m", seen.raw) and re.search(r"\x1b\[31mmissing\s*\x1b\[0m", seen.raw)
    assert "\x1b" not in sesync("link").out


def test_colours_can_be_switched_off(terminal, site, home: Path, nfs: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    seen = terminal("link", columns=300)
    assert seen.ended() == 0
    assert "\x1b[32m" not in seen.raw and " ok" in seen.screen
