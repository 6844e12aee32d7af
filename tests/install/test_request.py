"""Words that people type for packages."""

import pytest

from sesync_cli.errors import SesyncError
from sesync_cli.install.request import checked_name, checked_requirement, jupyters_own, package_name, quoted

GOOD = {
    "pandas": "pandas",
    "Scikit_Learn>=1,<2": "scikit-learn",
    "numpy==1.19.*": "numpy",
    "pkg.name[extra]~=1.0; python_version<'4'": "pkg-name",
    "name @ https://example.org/x.whl": "name",
    "name@git+ssh://git@example.org/x.git": "name",
    "https://example.org/name-1.0.tar.gz": "",
    ".": "",
    "./here.whl": "",
    "here.whl": "",
    "./here.whl[extra]": "",
}
BAD = [
    "",
    " ",
    "-e",
    "--user",
    "a b",
    "a\tb",
    "a\x1b[1m",
    "pandas=1",
    "./nowhere.whl",
    "/no/where",
    "$(id)",
    "a;b",
    "a|b",
    "é",
]


@pytest.fixture(autouse=True)
def a_wheel_here(home):  # type: ignore[no-untyped-def]
    (home / "here.whl").touch()


@pytest.mark.parametrize("word", GOOD)
def test_a_package(word: str) -> None:
    assert (checked_requirement(word), package_name(word)) == (word, GOOD[word])


@pytest.mark.parametrize("word", BAD)
def test_no_package(word: str) -> None:
    with pytest.raises(SesyncError):
        checked_requirement(word)


@pytest.mark.parametrize("word", ["pandas>=1", "-y", "", "a/b", "a b", "x\n"])
def test_no_name(word: str) -> None:
    with pytest.raises(SesyncError):
        checked_name(word)


def test_what_jupyter_runs_on() -> None:
    assert jupyters_own(["numpy", "tornado", "jupyterlab", "jedi"]) == ["tornado", "jupyterlab", "jedi"]


def test_words_in_a_hint_can_be_typed() -> None:
    assert quoted(("numpy", "pandas>=2")) == 'numpy "pandas>=2"'
