"""What a kernel was asked to be, and what folders ask for."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from sesync_cli.errors import WrongWords
from sesync_cli.kernel.recipe import Recipe, changed_files, digests, name_of
from sesync_cli.plan import Report


def silently(doing: str) -> nullcontext[Report]:
    return nullcontext(lambda fraction, words: None)


def test_recipes_ask_for_the_same_whatever_the_order_and_the_patch(tmp_path: Path):
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("six\n")
    second.write_text("six\n")

    def recipe(python: str, packages: tuple[str, ...], file: Path) -> Recipe:
        return Recipe(python, packages, files=digests([file]))

    one = recipe("3.8.17", ("pandas", "numpy"), first)
    assert one.same_as(recipe("3.8.18", ("numpy", "pandas"), second))
    assert not one.same_as(recipe("3.9.18", ("numpy", "pandas"), second))
    assert not one.same_as(recipe("3.8.17", ("numpy",), first))
    second.write_text("six==1\n")
    assert not one.same_as(recipe("3.8.17", ("numpy", "pandas"), second))
    assert changed_files(one, 5, silently) == ([], [], [])
    first.write_text("six==1\n")
    assert changed_files(one, 5, silently) == ([str(first)], [], [])


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"python": "3.8"}, {"python": 3, "packages": 1, "requirements": 2}]
)
def test_what_is_no_recipe(data: object):
    assert Recipe.read(data) is None


def test_a_requirement_file_must_be_one(tmp_path: Path):
    with pytest.raises(WrongWords):
        digests([Path("/dev/null")])


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("cooltrees", "cooltrees"),
        ("Cool Trees (2018)", "Cool-Trees-2018"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("Forêt", "Foret"),
        ("a\nb", "a-b"),
    ],
)
def test_a_folder_gives_its_kernel_a_name(tmp_path: Path, folder: str, name: str):
    assert name_of(tmp_path / folder) == name


def test_a_repository_is_called_as_the_way_there_calls_it(tmp_path: Path):
    (tmp_path / "cooltrees/.git").mkdir(parents=True)
    (tmp_path / "cooltrees/deep").mkdir()
    (tmp_path / "heat").symlink_to("cooltrees")
    (tmp_path / "deep").symlink_to("cooltrees/deep")
    assert [name_of(tmp_path / way) for way in ("heat/deep", "cooltrees/deep", "deep")] == ["heat", *["cooltrees"] * 2]


@pytest.mark.parametrize("dotfiles", [".", ".."], ids=["the home", "above the home"])
def test_a_home_that_is_kept_in_git_is_no_project(sesync, home: Path, dotfiles: str):
    (home / dotfiles / ".git").mkdir()
    (home / "requirements.txt").write_text("six\n")
    for name in ("oaks", "elms"):
        (home / name / "deep").mkdir(parents=True)
        assert name_of(home / name) == name
    (home / "elms/.git").mkdir()
    assert name_of(home / "elms/deep") == "elms"
    result = sesync("kernel", "create", cwd=home / "oaks")
    assert (result.code, f"{home}/oaks has no file that says which packages it needs" in result.err) == (2, True)


def test_a_folder_without_letters_gives_none(tmp_path: Path):
    with pytest.raises(WrongWords, match="has no name for a kernel"):
        name_of(tmp_path / "樹")
