"""Names that people type or read, and how several are told in a sentence."""

import pytest

from sesync_cli.errors import WrongWords
from sesync_cli.names import checked, few, first, joined, listed, near, one_line, shortened


@pytest.mark.parametrize("name", ["cooltrees", "a", "3d", "v1.2_b-c", "n" * 100])
def test_a_name_that_can_be_a_folders_everywhere(name: str):
    assert checked(name, "project") == name


@pytest.mark.parametrize("name", ["", ".", "..", "-x", ".x", "a/b", "a b", "a\nb", "größe", "[bold]", "a'b", "n" * 101])
def test_a_name_that_cannot(name: str):
    with pytest.raises(WrongWords, match="cannot be the name of a project"):
        checked(name, "project")


def test_near_names_are_found_in_any_case():
    assert near("CoolTree", ["cooltrees", "hottrees", "river"])[0] == "cooltrees"
    assert near("xyz", ["cooltrees"]) == []


@pytest.mark.parametrize(
    ("names", "one", "all_of_them"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a or b", "a and b"),
        (["a", "b", "c"], "a, b or c", "a, b and c"),
    ],
)
def test_names_in_a_sentence(names: list[str], one: str, all_of_them: str):
    assert (listed(iter(names)), joined(iter(names))) == (one, all_of_them)


@pytest.mark.parametrize(
    ("names", "said", "short"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a, b"),
        (list("abcde"), "a, b, c, d and e", "a, b, c and 2 more"),
        (list("abcdefg"), "a, b, c, d, e and 2 more", "a, b, c and 4 more"),
    ],
)
def test_several(names: list[str], said: str, short: str):
    assert (few(names), shortened(names, 3)) == (said, short)


def test_the_first_of_many_lines():
    lines = [str(number) for number in range(1_004)]
    assert first(lines, 2) == ["0", "1", "and 1002 more"]
    assert first(range(1_004), 2, lambda one: f"-{one}", "{:,} are left") == ["-0", "-1", "1,002 are left"]
    assert first(lines[:2], 2) == ["0", "1"]


def test_a_name_in_one_line():
    assert one_line("a\nb") == "a\\nb"
