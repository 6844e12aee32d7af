"""sesync uninstall takes along what came with a package, and what nobody else needs."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, Terminal
from tests.install.ground import own_kernel, placed, python, user_folder, wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]


@pytest.fixture
def forest(home: Path) -> Path:
    """As after installing 'treetool[web]' and moss: treetool needs bark, bark leaf and twig, moss twig."""
    folder = user_folder(home, "3.8")
    placed(folder, "treetool", "bark", "tornado; extra == 'web'", asked_for=True)
    placed(folder, "bark", "leaf", "twig; python_version < '3'")
    placed(folder, "moss", "Twig>=1", asked_for=True)
    for name in ("leaf", "twig", "tornado", "orphan"):
        placed(folder, name)
    return folder


def goes(sesync: Run, *words: str) -> list[str]:
    return sesync("uninstall", *words, "-n").out.split(" -y ")[1].split()


def test_what_nothing_else_needs_goes_too(sesync: Run, forest: Path) -> None:
    # moss needs twig, Jupyter runs on tornado, and orphan came with something else
    assert goes(sesync, "treetool") == ["treetool", "bark", "leaf"]
    assert goes(sesync, "treetool", "moss") == ["treetool", "moss", "bark", "leaf", "twig"]


def test_what_was_asked_for_by_name_stays(sesync: Run, forest: Path) -> None:
    placed(forest, "leaf", asked_for=True)
    assert goes(sesync, "treetool") == ["treetool", "bark"]


def test_what_only_an_extra_mentions_stays(sesync: Run, forest: Path) -> None:
    placed(forest, "moss", "twig", "bark; extra == 'all'", asked_for=True)
    assert goes(sesync, "treetool") == ["treetool"]


def test_dependencies_may_be_kept(sesync: Run, forest: Path) -> None:
    assert goes(sesync, "treetool", "--keep-dependencies") == ["treetool"]


def test_where_nothing_says_what_was_asked_for_all_else_stays(sesync: Run, forest: Path) -> None:
    placed(forest, "treetool", "bark")  # as a pip before 20.1 leaves it
    assert goes(sesync, "treetool") == ["treetool"]


def test_the_question_names_what_goes_along(
    sesync: Run, terminal: Callable[..., Terminal], home: Path, index: Path
) -> None:
    wheel(index, "moss", meta="Requires-Dist: twig\n")
    wheel(index, "twig")
    assert sesync("install", "moss").code == 0
    window = terminal("uninstall", "moss", columns=200)
    window.wait_for("Uninstall moss 1.0 from Python 3.8 (~/.local), and with it twig 1.0, which nothing else needs?")
    window.type("y\n")
    assert window.ended() == 0
    assert "Uninstalled moss 1.0 and twig 1.0 from Python 3.8 (~/.local)." in window.screen
    assert list(user_folder(home, "3.8").glob("*.dist-info")) == []


@pytest.mark.parametrize("said", ["by name", "in a file", "in a lock"])
def test_in_a_kernel_its_recipe_says_what_was_asked_for(sesync: Run, home: Path, index: Path, said: str) -> None:
    (home / "requirements.txt").write_text("moss\nleaf\n")
    recipes = {
        "by name": {"packages": ["Moss>=1"], "added": ["leaf"]},
        "in a file": {"source": str(home / "requirements.txt")},
        "in a lock": {"source": str(home / "pylock.toml")},
    }
    packages = own_kernel(home, "trees", **recipes[said])
    for name, *needs in (
        ("moss", "twig", "leaf", "decorator"),
        ("twig",),
        ("leaf",),
        ("decorator",),
        ("ipykernel", "decorator"),
    ):
        (placed(packages, name, *needs, asked_for=True) / "INSTALLER").write_text("uv\n")  # which marks them all
    shown = sesync("uninstall", "moss", "--kernel", "trees", "-n").out.splitlines()[0]
    assert shown.endswith(" -y moss" if said == "in a lock" else " -y moss twig")
    listed = {one["name"]: one["asked_for"] for one in sesync("install", "--list", "--kernel", "trees", "--json").json}
    assert (listed["moss"], listed["twig"]) == ((None, None) if said == "in a lock" else (True, False))


def test_in_a_kernel_made_by_hand_pips_marks_count(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "moss", meta="Requires-Dist: twig\n")
    wheel(index, "twig")
    packages = environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    words = [python("3.8"), "-m", "pip", "install", "-q", "--target", packages, "moss"]
    subprocess.run(words, check=True)
    placed(packages, "moss", "twig", asked_for=True)
    done = sesync("uninstall", "moss", "--kernel", "trees", "-y")
    assert done.out.startswith("Uninstalled moss 1.0 and twig 1.0 from the kernel trees.")
    assert list(packages.glob("*.py")) == []
