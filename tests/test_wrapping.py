"""Text on a screen: ~ for home, and lines that end between words."""

import shlex
import subprocess
from pathlib import Path

import pytest

from sesync_cli.wrapping import cells, folded, printable, shown, typed, wrapped


@pytest.fixture
def ann(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/home/ann", "~"),
        ("Cloned it to /home/ann/heat.", "Cloned it to ~/heat."),
        ("it is in /home/ann.", "it is in ~."),
        ("/home/ann/heat: no such file (in /home/ann/heat)", "~/heat: no such file (in ~/heat)"),
        ("'/home/ann/heat' is there", "'~/heat' is there"),
        ("'ls -l /home/ann/heat' shows it", "'ls -l ~/heat' shows it"),
        ("mv '/home/ann/my heat' /home/ann/old", "mv ~/'my heat' ~/old"),
        ("mv '/home/ann/it'\"'\"'s' x", "mv ~/'it'\"'\"'s' x"),
        ("two\n/home/ann/heat", "two\n~/heat"),
        ("is /home/ann there?", "is ~ there?"),
        ("/home/ann+old /home/ann@x /home/ann~", "/home/ann+old /home/ann@x /home/ann~"),
        # what is not home, and where no shell would take ~ for it
        (
            "/home/anna /home/ann-old /home/ann.bak /nfs/home/ann",
            "/home/anna /home/ann-old /home/ann.bak /nfs/home/ann",
        ),
        ("--prefix=/home/ann/x PATH=a:/home/ann/x", "--prefix=/home/ann/x PATH=a:/home/ann/x"),
        ('echo "/home/ann/x" file:///home/ann/x', 'echo "/home/ann/x" file:///home/ann/x'),
    ],
)
def test_home_is_shown_as_people_say_it(ann: None, text: str, seen: str):
    assert shown(text) == seen


@pytest.mark.parametrize("name", ["heat", "my heat", "it's", 'a"b', "$x", "-x", "ä b", "a(1)", "[x] y"])
def test_a_command_that_is_shown_does_the_same(home: Path, name: str):
    words = ["ls", str(home / name), str(home), f"--color={home / name}"]
    seen = typed(shlex.join(words))
    said = subprocess.run(["bash", "-c", f"printf '%s\\n' {seen}"], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == words and "~/" in seen


def test_home_within_the_quotes_of_a_command_stays_whole(ann: None):
    command = """printf '%s' '{"F": "-I /home/ann/inc", "G": "/home/ann"}' > /home/ann/x  # in /home/ann"""
    shortened = """printf '%s' '{"F": "-I /home/ann/inc", "G": "/home/ann"}' > ~/x  # in ~"""
    assert typed(command) == shortened
    assert typed("'/home/ann/a b' --x='/home/ann/a b'") == "~/'a b' --x='/home/ann/a b'"


def test_a_home_with_a_quote_in_its_name(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    odd = tmp_path / "J. O'Smith [bold] 100%"
    odd.mkdir()
    monkeypatch.setenv("HOME", str(odd))
    assert shown(f"It is in {odd}/heat.") == "It is in ~/heat."
    for name in ("heat", "my heat", "it's"):
        seen = typed(shlex.join(["ls", str(odd / name)]))
        said = subprocess.run(["bash", "-c", f"printf '%s\\n' {seen}"], capture_output=True, text=True, check=True)
        assert said.stdout.splitlines() == ["ls", str(odd / name)] and " ~/" in seen


@pytest.mark.parametrize("folder", ["/", "//", "relative", ""])
def test_a_home_that_is_nobodys_own_is_no_home(monkeypatch: pytest.MonkeyPatch, folder: str):
    monkeypatch.setenv("HOME", folder)
    assert shown("rm -r /tmp/x relative/y //z") == "rm -r /tmp/x relative/y //z"


def test_home_is_known_by_the_folder_that_it_leads_to(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "moved").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "moved"))
    assert shown(f"{home}/a {tmp_path}/moved/a") == "~/a ~/a"


def test_what_could_command_a_terminal_is_made_visible():
    assert printable("a\x1b[31mb\nc\udcff") == "a\\x1b[31mb\nc\\udcff"


@pytest.mark.parametrize("width", [40, 80])
def test_words_and_commands_stay_whole(width: int):
    text = (
        "There is no link to a data directory of this name in your home: 'sesync link cooltrees --as trees' makes one,"
        " and 'sesync link' lists all that there are.\n  - a part that stands further in than the others,"
        " and so its second line does too"
    )
    lines = list(wrapped(text, width))
    assert all(len(line) <= width for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert any("'sesync link cooltrees --as trees'" in line for line in lines)
    inside = lines[next(number for number, line in enumerate(lines) if line.startswith("  -")) :]
    assert len(inside) > 1 and all(line.startswith("  ") for line in inside)


def test_what_follows_a_label_goes_on_below_it():
    text = "To begin:\n  data    link the data of a project to the folder\n  (a) word and more words that go on below"
    assert list(wrapped(text, 30)) == [
        *("To begin:", "  data    link the data of a", "          project to the", "          folder"),
        *("  (a) word and more words that", "  go on below"),
    ]


def test_a_word_that_no_line_has_room_for_stays_whole():
    path = "/nfs/" + "x" * 90
    assert list(wrapped(f"look at {path} and there", 40)) == ["look at", path, "and there"]


def test_two_blanks_at_the_end_of_a_line_are_none():
    assert list(wrapped("12.0 MB  repo/averyverylongname.bin: other", 20)) == [
        "12.0 MB",
        "repo/averyverylongname.bin:",
        "other",
    ]


def test_wide_letters_count_double():
    assert cells("地図") == 4
    assert list(wrapped("地図 地図 地図 地図", 12)) == ["地図 地図", "地図 地図"]


@pytest.mark.parametrize("width", [20, 40, 60])
@pytest.mark.parametrize(
    "command",
    [
        "printf '%s\\n' one two three four five six seven 'eight is two words' nine ten eleven twelve",
        "printf '%s\\n' 'a  b' \"c  d\" e\\ \\ f && printf '%s\\n' one two three  # a word for the reader, and more",
        "printf '%s\\n' one 'two\nlines' three four five six seven eight nine ten eleven twelve thirteen fourteen",
        "# a comment that says in many words what is done here, and does not fit into a line",
        "(cd / && printf '%s\\n' one two three four five) | sort -r | head -n 3 > /dev/stdout",
        "printf '%s\\n' 'unbalanced",
    ],
)
def test_a_command_in_several_lines_can_be_typed(command: str, width: int):
    def said(text: str) -> str:
        return subprocess.run(["bash", "-c", text], capture_output=True, text=True).stdout

    lines = list(folded(command, width))
    assert said("\n".join(lines)) == said(command)
    assert len(lines) > 1 or "unbalanced" in command
