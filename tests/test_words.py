"""One thing has one word: in every text of the source, and in what the program says of what goes wrong."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sesync_cli.names import did_you_mean
from tests.conftest import PROJECT
from tests.words import RULES, wrong_words

SOURCES = sorted((PROJECT / "sesync_cli").rglob("*.py"))
NEVER_SEEN = {"Address already in use"}  # what others say


def texts(path: Path) -> Iterator[str]:
    """The texts of a module that somebody may see: all but its docstrings, with a hole for what is put in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | parts:
            yield node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT / "sesync_cli")))
def test_every_text_keeps_to_the_list(path: Path):
    said = [text for text in texts(path) if text not in NEVER_SEEN and " " in text.strip()]
    wrong = [(text, rule.instead) for text in said for rule in RULES if rule.in_source and re.search(rule.wrong, text)]
    assert not wrong
    if path.name != "names.py":
        assert not [text for text in said if "Did you mean" in text], "names.did_you_mean asks that"


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], ""),
        (["oak"], "Did you mean oak?"),
        (["oak", "my heat", "ash"], "Did you mean oak, 'my heat' or ash?"),
    ],
)
def test_what_may_have_been_meant_is_asked_in_one_way(words: list[str], asked: str):
    assert did_you_mean(words) == asked


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ("x is already there\n", ""),
        ("x is there  \n", ""),
        ("", "Error: it fails.\n"),
        ("", "Error: it fails\nHint:  try again\n"),
        ("", "Hint:  Did you mean 'sesync link oaks'?\n"),
        ("Restart it: Kernel ▸ Restart.\n", ""),
    ],
)
def test_wrong_words_are_found(out: str, err: str):
    assert len(list(wrong_words(["link"], out, err))) == 1
    assert not list(wrong_words(["kernel", "run", "x"], out, err)), "other programs say what they like"


def test_right_words_are_right():
    out = "~/x is linked to /nfs/x already.\nThen, in open notebooks: Kernel ▸ Restart.\n"
    err = "Error: there is no kernel oka\nHint:  Did you mean oak? 'sesync kernel list' shows your kernels.\n"
    assert not list(wrong_words(["link"], out, err))
