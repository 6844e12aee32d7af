"""Files with parts that a filter keeps from git, as nbstripout does with the output of notebooks."""

import json
import subprocess

import pytest

from tests.clone.conftest import git
from tests.sync.conftest import write

STRIP = r"sed 's/\"outputs\": \[.*\]/\"outputs\": []/'"


def notebook(code: str, output: str = "") -> str:
    outputs = f'"{output}"' if output else ""
    return f'{{"cells": [\n{{"source": {json.dumps(code)},\n"outputs": [{outputs}]}}\n]}}\n'


@pytest.fixture(params=["attributes", "info"])
def stripped(shared, sesync, request):
    """A notebook whose output a filter takes out, set up in the repository or for this clone alone."""
    rules = "*.ipynb filter=nbstripout\n"
    shared.colleague("A notebook", {"heat.ipynb": notebook("1"), "other.ipynb": notebook("1")})
    if request.param == "attributes":
        shared.colleague("Rules", {".gitattributes": rules})
    else:
        write(shared.here / ".git/info/attributes", rules)
    assert sesync("sync", "analysis").code == 0
    git("config", "filter.nbstripout.clean", STRIP, cwd=shared.here)
    git("config", "filter.nbstripout.smudge", "cat", cwd=shared.here)
    write(shared.here / "heat.ipynb", notebook("1", "three days of computing"))
    git("add", "heat.ipynb", cwd=shared.here)
    assert git("status", "--porcelain", cwd=shared.here) == ""
    return shared


@pytest.mark.parametrize("words", [("sync", "analysis"), ("clone", "cooltrees/analysis", "--update")])
def test_the_output_stays_and_is_named(sesync, stripped, words):
    stripped.colleague("Theirs", {"heat.ipynb": notebook("2"), "trees.csv": "theirs\n"})
    done = sesync(*words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: heat.ipynb: has parts that git does not keep here"), done.err
    assert "was meanwhile changed by Ann Doe; nothing was changed and nothing is lost" in done.err
    assert "three days" in (stripped.here / "heat.ipynb").read_text()
    assert (stripped.here / "trees.csv").read_text() == "a,b\n"


def test_the_command_that_keeps_it_beside_works_as_printed(sesync, stripped, home):
    stripped.colleague("Theirs", {"heat.ipynb": notebook("2")})
    command = sesync("sync", "analysis").err.partition("Hint:  '")[2].partition("' keeps yours beside")[0]
    subprocess.run(["sh", "-c", command], check=True, cwd=home)
    assert sesync("sync", "analysis").code == 0
    assert (stripped.here / "heat.ipynb").read_text() == notebook("2")
    assert "three days" in (stripped.here / "heat-mine.ipynb").read_text()


def test_a_removal_and_a_join_leave_it_alone_too(sesync, stripped):
    write(stripped.here / "mine.py", "mine\n")
    git("add", "mine.py", cwd=stripped.here)
    git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "Mine", cwd=stripped.here)
    stripped.colleague("Theirs", {"heat.ipynb": None})
    assert "heat.ipynb: has parts" in sesync("sync", "analysis", "--merge").err
    assert "three days" in (stripped.here / "heat.ipynb").read_text()


def test_a_notebook_without_output_is_no_obstacle(sesync, stripped):
    stripped.colleague("Theirs", {"other.ipynb": notebook("2")})
    assert sesync("sync", "analysis").code == 0
    assert (stripped.here / "other.ipynb").read_text() == notebook("2")


def test_a_filter_that_takes_nothing_away_is_no_obstacle(sesync, shared):
    write(shared.here / ".git/info/attributes", "*.csv filter=upper\n*.py eol=crlf\n")
    git("config", "filter.upper.clean", "tr A-Z a-z", cwd=shared.here)
    git("config", "filter.upper.smudge", "tr a-z A-Z", cwd=shared.here)
    for name in ("trees.csv", "heat.py"):
        (shared.here / name).unlink()
        git("checkout", "-q", "--", name, cwd=shared.here)
    assert (shared.here / "trees.csv").read_text() == "A,B\n"
    shared.colleague("Theirs", {"trees.csv": "theirs\n", "heat.py": "theirs\n"})
    assert sesync("sync", "analysis").code == 0
    assert (shared.here / "trees.csv").read_text() == "THEIRS\n"


def test_a_filter_that_cannot_be_asked_counts_as_an_obstacle(sesync, stripped):
    stripped.colleague("Theirs", {"other.ipynb": notebook("2")})
    git("config", "filter.nbstripout.smudge", "/nonexistent", cwd=stripped.here)
    git("config", "filter.nbstripout.required", "true", cwd=stripped.here)
    assert "other.ipynb: has parts" in sesync("sync", "analysis").err
