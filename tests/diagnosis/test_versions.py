"""Versions that cannot be had: the least Python that would do, and names that are another language's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import PLACES

Run = Callable[..., Ended]
PASSED = "ERROR: Ignored the following versions that require a different python version: "
NONE = "ERROR: Could not find a version that satisfies the requirement {0} (from versions: 1.0)\n"


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> None:
    site(python={"default": "3.8", "places": PLACES})


def subject(sesync: Run, home: Path, text: str) -> str:
    (home / "20260301-090000-install-x.log").write_text(text)
    said: str = sesync("report", home / "20260301-090000-install-x.log", "--json").json["subject"]
    return said


@pytest.mark.parametrize("words", [("install", "numpy>2"), ("kernel", "create", "heat", "numpy>2")])
def test_the_least_python_that_some_fitting_version_takes_is_told(
    sesync: Run, home: Path, words: tuple[str, ...]
) -> None:
    done = sesync(*words, "--python", "3.8")
    assert (done.code, done.err.startswith("Error: numpy>2 needs Python >=3.9, and this is 3.8")) == (3, True), done.err
    assert "--python 3.9" in done.err


@pytest.mark.parametrize(
    "passed,wanted,needs",
    [
        ("1.9 Requires-Python >=3.7; 2.1 Requires-Python >=3.9; 2.2 Requires-Python >=3.10", "trees>2", ">=3.9"),
        ("2.1 Requires-Python >=3.10; 2.2 Requires-Python >=3.9; 3.0 Requires-Python >=3.12", "trees>=2", ">=3.9"),
        ("2.1 Requires-Python <3.13,>=3.9; 2.2 Requires-Python >=3.10", "trees==2.*", "<3.13,>=3.9"),
        ("2.1 Requires-Python <3.8; 2.2 Requires-Python >=3.10", "trees", ">=3.10"),
        ("2.1 Requires-Python <3.8", "trees==2.1", "<3.8"),
    ],
)
def test_of_what_pip_passes_over_the_easiest_demand_counts(
    sesync: Run, home: Path, passed: str, wanted: str, needs: str
) -> None:
    assert subject(sesync, home, f"{PASSED}{passed}\n{NONE.format(wanted)}").startswith(
        f"{wanted} needs Python {needs}"
    )


UV = """error: No solution found when resolving dependencies
  cause: Because the current Python version (3.8.18) does not satisfy Python>=3.12 and trees>=3 depends on Python>=3.12,
         we can conclude that trees>=3 cannot be used.
         Because the current Python version (3.8.18) does not satisfy Python>=3.9 and all of:
             trees>=2.0,<=2.1
             trees>=2.3,<=2.4
         depend on Python>=3.9, we can conclude that they cannot be used.
         {0}
         And because you require trees>=2, we can conclude that your requirements are unsatisfiable.
"""
MORE = "And because leaf==1.0 depends on Python>=3.10, we can conclude that leaf==1.0 cannot be used."


@pytest.mark.parametrize("more,needs", [("", ">=3.9"), (MORE, ">=3.10")])
def test_of_uvs_story_each_package_gets_the_python_of_some_version(
    sesync: Run, home: Path, more: str, needs: str
) -> None:
    assert f" needs Python {needs}" in subject(sesync, home, UV.format(more))


@pytest.mark.parametrize(
    "word,name",
    [("dplyr", "dplyr"), ("ggplot2", "ggplot2"), ("terra", "terra"), ("r-sf", "sf"), ("lmerTest", "lmerTest")],
)
def test_a_package_for_r_is_told_as_one(sesync: Run, home: Path, word: str, name: str) -> None:
    done = sesync("install", word)
    assert (done.code, done.err.startswith(f"Error: there is no package named {word}")) == (1, True), done.err
    assert f'Hint:  {name} is a package for R: type install.packages("{name}") in R.' in done.err


def test_what_is_nearly_a_package_of_python_is_still_that(sesync: Run, home: Path) -> None:
    assert "Did you mean plotly?" in sesync("install", "plotlyy").err
