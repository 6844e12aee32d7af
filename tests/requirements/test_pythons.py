"""Which Python a kernel is made for, by what files say of it."""

from pathlib import Path

import pytest

POETRY = """
[tool.poetry]
name = "heat"
version = "0.1.0"
description = ""
authors = ["J. Smith <jsmith@example.org>"]
[tool.poetry.dependencies]
python = "{}"
six = "*"
"""


@pytest.mark.parametrize(
    ("files", "python", "said"),
    [
        ({"requirements.txt": "six\n", ".python-version": "3.8\n"}, "3.8", ""),
        ({"requirements.txt": "six\n", ".python-version": "heat-env\n3.8.18\n"}, "3.8", ""),
        ({"requirements.txt": "six\n", "runtime.txt": "python-3.8.12\n"}, "3.8", ""),
        ({"setup.py": "setup(install_requires=['six'], python_requires='>=3.6.*, <3.9')\n"}, "3.8", ""),
        ({"setup.cfg": "[options]\ninstall_requires =\n  six\npython_requires = <3.9\n"}, "3.8", ""),
        ({"pyproject.toml": POETRY.format("~3.7.99 || ~3.8")}, "3.8", ""),
        ({"pyproject.toml": POETRY.format("~3.8 || ^3.11"), ".python-version": "3.8"}, "3.8", ""),
        ({"pyproject.toml": POETRY.format("~3.8 || ^3.11"), ".python-version": "3.6"}, "3.11", ""),
        ({"environment.yml": "dependencies:\n- python=3.8\n- six\n"}, "3.8", ""),
        ({"requirements.txt": "python==3.8\nsix\n"}, "3.8", "line 1: took python==3.8 for the kernel's Python"),
        ({"Pipfile": "[packages]\nsix = '*'\n[requires]\npython_full_version = '3.8.0'\n"}, "3.8", "Python 3.8.0, and"),
        ({"a.py": "# /// script\n# requires-python = '<3.9'\n# dependencies = ['six']\n# ///\n"}, "3.8", ""),
    ],
)
def test_the_python_that_files_ask_for(sesync, folder: Path, files, python, said):
    for name, text in files.items():
        (folder / name).write_text(text)
    words = ("--from", "a.py") if "a.py" in files else ()
    plan = sesync("kernel", "create", *words, "-n", "--json").json
    assert plan["result"]["python_version"].startswith(f"{python}.")
    assert any(said in warning for warning in plan["warnings"]) or not said


def test_a_file_that_asks_for_no_python_that_is(sesync, folder: Path):
    (folder / "setup.cfg").write_text("[options]\ninstall_requires = six\npython_requires = three\n")
    result = sesync("kernel", "create", "-n")
    assert (result.code, result.err.splitlines()[0]) == (2, "Error: 'three' is no version of Python")
