"""Tables and facts as lines."""

import re
import subprocess
from itertools import pairwise

import pytest

from sesync_cli.drawing import drawn
from sesync_cli.view import Command, Facts, Notice, Signpost, Table, Tone, Toned, Url, bad

TABLE = Table(
    ("NAME", "TO", "STATE", "WHAT IT IS"),
    [
        ("cooltrees-data", "/nfs/cooltrees-data", Toned("ok", Tone.GOOD), "trees and the heat of the city, since 2019"),
        ("oaks", "/nfs/oaks-data", Toned("not mounted", Tone.BAD), ""),
    ],
)


def text(view: Table | Facts | Notice | Signpost, width: int) -> list[str]:
    return ["".join(span.text for span in line) for line in drawn(view, width)]


def words(lines: list[str]) -> list[str]:
    return sorted(word for line in lines for word in line.split())


def test_a_table_that_fits_has_a_line_for_each_row():
    assert text(TABLE, 200) == [
        "NAME            TO                   STATE        WHAT IT IS",
        "cooltrees-data  /nfs/cooltrees-data  ok           trees and the heat of the city, since 2019",
        "oaks            /nfs/oaks-data       not mounted",
    ]


def test_a_table_that_does_not_fit_goes_on_below_in_its_columns():
    lines = text(TABLE, 80)
    assert max(map(len, lines)) <= 80 and len(lines) > 3
    assert words(lines) == words(text(TABLE, 200))
    column = lines[0].index("WHAT")
    assert all(not line[column - 1 : column].strip() for line in lines)


def test_a_table_that_would_break_words_is_a_list():
    lines = text(TABLE, 40)
    assert max(map(len, lines)) <= 40
    assert lines[0] == "cooltrees-data" and "  to          /nfs/cooltrees-data" in lines
    assert [line for line in lines if line.startswith("oaks")] == ["oaks"]
    assert "trees and the" in " ".join(lines) and "  what it is" not in lines[lines.index("oaks") :]


def test_a_value_that_has_no_room_beside_its_name_stands_below():
    path = "/nfs/cooltrees-data/" + "x" * 40
    assert text(Facts("heat", [("environment", path), ("state", "ok")]), 40) == [
        "heat",
        "  environment",
        f"    {path}",
        "  state        ok",
    ]


@pytest.mark.parametrize("width", [40, 60, 100])
def test_a_command_among_facts_can_be_typed(width: int):
    command = "printf '%s\\n' 'table number 1.bin' 'table number 2.bin' 'table number 3.bin' && printf '%s\\n' and more"
    lines = text(Facts("repo", [("why", "It is large."), ("do", Command(command))]), width)
    typed = "\n".join(re.sub(r"^  do\b", "", line).strip() for line in lines[2:])
    said = [subprocess.run(["bash", "-ec", one], capture_output=True, text=True).stdout for one in (typed, command)]
    assert said[0] == said[1] != ""


def test_a_notice_hangs_behind_its_mark_and_its_command_can_be_typed():
    view = Notice(bad("✗"), "The kernel heat does not work.", "It does not start.", "sesync kernel repair heat")
    assert text(view, 80) == [
        "✗ The kernel heat does not work.",
        "  It does not start.",
        "  sesync kernel repair heat",
    ]
    assert text(view, 22) == [
        "✗ The kernel heat does",
        "  not work.",
        "  It does not start.",
        "  sesync kernel \\",
        "      repair heat",
    ]
    assert [span.style for line in drawn(view, 80) for span in line if span.style] == ["red"]


def test_below_a_signpost_each_line_is_whole_and_a_page_is_a_link():
    """What is broken by us cannot be clicked, nor typed in another computer's shell."""
    page, line = "https://files.example.org/?in=cooltrees-data", "sftp jsmith@ssh.example.org:'/nfs/cool trees-data'"
    view = Signpost("Upload files with a browser, or by SFTP:", [Url(page), Command(line)])
    for width in (80, 20):
        *says, shown, typed = text(view, width)
        assert " ".join(says) == view.says and (shown, typed) == (f"  {page}", f"  {line}")
        assert [span.style for row in drawn(view, width) for span in row if span.style] == [f"underline link {page}"]


def test_states_have_their_colours_and_nothing_else_has():
    styles = {span.text.strip(): span.style for line in drawn(TABLE, 200) for span in line}
    assert styles["ok"] == "green" and styles["not mounted"] == "red" and styles["NAME"] == "bold"
    assert styles["oaks"] == styles["/nfs/oaks-data"] == ""
    facts = {
        span.text.strip(): span.style
        for line in drawn(Facts("x", [("s", Toned("odd", Tone.ODD))]), 80)
        for span in line
    }
    assert facts["odd"] == "yellow"


@pytest.mark.parametrize("width", [33, 40, 60, 80, 99])
def test_no_line_ends_in_blanks_or_is_wider_than_it_has_to(width: int):
    lines = text(TABLE, width)
    longest = max(map(len, words(lines)))
    assert all(line == line.rstrip() for line in lines)
    assert all(len(line) <= max(width, longest + 4) for line in lines)


def test_columns_of_short_words_are_straight():
    words = "abcdef ghijk abcdef ghijk"  # two are a column wider than there is room for
    lines = text(Table(("NAME", "IN JUPYTER", "STATE"), [("heat-of-the-city", words, "ok"), ("x", "y", "z")]), 36)
    assert {line.index("STATE") for line in lines[:1]} == {line.rindex("ok") for line in lines if line.endswith("ok")}


def test_wider_is_never_longer():
    counts = [len(text(TABLE, width)) for width in range(75, 120)]
    assert all(one >= other for one, other in pairwise(counts))
