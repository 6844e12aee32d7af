"""--help on terminals of several widths."""

import shlex
import tomllib

import click
import pytest

from sesync_cli.app import sesync as root
from sesync_cli.commands import TASKS
from sesync_cli.help import EXAMPLES, Help, examples_of
from sesync_cli.lazy import walk

COMMANDS = {" ".join(path): command for path, command in walk(root)}


def page(command: click.Command, width: int, name: str = "sesync") -> str:
    settings = {"terminal_width": width, "help_option_names": ["-h", "--help"]}
    return command.get_help(click.Context(command, info_name=name, **settings))


@pytest.mark.parametrize("width", [38, 48, 78])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_is_broken_and_no_line_too_long(name: str, width: int):
    lines = page(COMMANDS[name], width, f"sesync {name}".strip()).splitlines()
    words = " ".join(lines).replace(" \\ ", " ").split()  # where a command goes on in the next line
    assert sorted(words) == sorted(page(COMMANDS[name], 300, f"sesync {name}".strip()).split())
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines), (
        "but for a word that no line has room for"
    )
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("columns", [40, 80])
def test_the_terminal_says_how_wide_it_is(terminal, columns: int):
    seen = terminal("put", "--help", columns=columns, rows=90)
    assert seen.ended() == 0
    shown, documentation = seen.screen.split("\n\nDocumentation:")
    assert shown.splitlines() == page(COMMANDS["put"], columns - 2, "sesync put").splitlines()
    assert documentation.split() == ["https://cyberhelp.sesync.org"]
    assert max(map(len, seen.screen.splitlines())) <= columns


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


@pytest.mark.parametrize("name", [name for name in COMMANDS if name])
def test_every_command_has_two_examples_that_it_understands(name: str):
    examples = examples_of(name.split())
    assert len(examples) == 2 and all(meaning.endswith(".") for meaning in examples.values())
    for example in examples:
        words, command = shlex.split(example)[1:], root
        path = name.split() if not isinstance(COMMANDS[name], click.Group) else words[:2]
        assert words[: len(path)] == path, f"{example} is no example of {name}"
        command = COMMANDS[" ".join(path)]
        with click.Context(root, info_name="sesync", help_option_names=["-h", "--help"]) as above:
            command.make_context(path[-1], words[len(path) :], parent=above)


def test_no_example_is_of_a_command_that_is_gone():
    def paths(table: dict, path: tuple[str, ...] = ()):
        yield " ".join(path)
        for word, inner in table.items():
            if isinstance(inner, dict):
                yield from paths(inner, (*path, word))

    assert {*paths(tomllib.loads(EXAMPLES.read_text()))} == {*COMMANDS}


def test_the_examples_stand_below_a_commands_words(sesync, site):
    shown = sesync("kernel", "run", "--help").out
    assert shown.endswith("""
Examples:
  sesync kernel run heat python plot.py
      Run a script with the kernel's Python and packages.
  sesync kernel run heat pip list
      What its own pip says.

Documentation: https://cyberhelp.sesync.org
""")


def test_a_site_without_documentation_names_none(sesync, tmp_path, monkeypatch):
    (tmp_path / "own.toml").write_text('[site]\nname = "The Tree Centre"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    assert "Documentation" not in sesync("link", "--help").out
    (tmp_path / "own.toml").write_text("[site\n")
    assert sesync("link", "--help").out.endswith("data can be reached.\n")


def test_commands_are_listed_by_what_they_are_for(sesync):
    shown = sesync("--help").out
    places = [shown.index(f"\n{task}:\n") for task in TASKS]
    assert places == sorted(places)
    for task, commands in TASKS.items():
        part = shown.split(f"\n{task}:\n")[1].split("\n\n")[0]
        assert [line.split()[0] for line in part.splitlines()] == [*commands]
