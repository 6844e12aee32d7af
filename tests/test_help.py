"""--help on terminals of several widths."""

import click
import pytest

from sesync_cli.app import sesync as root
from sesync_cli.help import Help
from sesync_cli.lazy import walk

COMMANDS = {" ".join(path): command for path, command in walk(root)}


def page(command: click.Command, width: int, name: str = "sesync") -> str:
    settings = {"terminal_width": width, "help_option_names": ["-h", "--help"]}
    return command.get_help(click.Context(command, info_name=name, **settings))


@pytest.mark.parametrize("width", [38, 48, 78])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_is_broken_and_no_line_too_long(name: str, width: int):
    lines = page(COMMANDS[name], width).splitlines()
    assert sorted(" ".join(lines).split()) == sorted(page(COMMANDS[name], 300).split())
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines), (
        "but for a word that no line has room for"
    )
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("columns", [40, 80])
def test_the_terminal_says_how_wide_it_is(terminal, columns: int):
    seen = terminal("put", "--help", columns=columns, rows=90)
    assert seen.ended() == 0
    assert seen.screen.splitlines() == page(COMMANDS["put"], columns - 2, "sesync put").splitlines()


def test_what_is_meant_stands_below_its_word_where_there_is_no_room_beside_it():
    formatter = Help(width=38)
    formatter.write_dl(
        [("--manifest", "Keep checksums."), ("-n, --dry-run", "Show what would be done, and do nothing.")]
    )
    assert formatter.getvalue().splitlines() == [
        "--manifest",
        "      Keep checksums.",
        "-n, --dry-run",
        "      Show what would be done, and do",
        "      nothing.",
    ]
    formatter = Help(width=38)
    formatter.write_dl([("link", "Link a project's data directory."), ("unlink", "Remove it.")])
    assert formatter.getvalue().splitlines() == [
        "link    Link a project's data",
        "        directory.",
        "unlink  Remove it.",
    ]


def test_lines_that_are_to_stay_as_they_are_stay():
    formatter = Help(width=38)
    formatter.write_text("Some words that go on and on until they need a line.\n\n\b\n  one\n    two")
    assert formatter.getvalue().splitlines() == [
        "Some words that go on and on until",
        "they need a line.",
        "",
        "  one",
        "    two",
    ]
