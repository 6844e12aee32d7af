"""The promise of docs/json.md, and what watches over it in every test: `tests/documents.py`."""

from typing import Any

import click
import pytest

from sesync_cli.app import sesync as root
from sesync_cli.lazy import walk
from tests.documents import SHAPES, asks_json, check_document, problems

LINK = {"project": "cooltrees", "link": "/home/ann/cooltrees-data", "target": "/nfs/cooltrees-data", "state": "ok"}
DONE = {"done": True, "steps": [], "message": "Linked.", "warnings": [], "result": LINK}
REASONS = (
    ({"link": "cooltrees-data"}, "'link' is no absolute path: cooltrees-data"),
    ({"state": ""}, "'state' is an empty text, and not null"),
    ({"state": 3}, "the number 'state' is no known count, and its name does not say that it is of bytes"),
    ({"isOpen": True}, "the key 'isOpen' is not in snake_case"),
    ({"colour": None}, "the key 'colour' is not in docs/json.md"),
    ({"since": "yesterday"}, "'since' is no moment with a time zone, or no date: yesterday"),
)


def test_a_good_document_has_no_problem() -> None:
    assert [*problems(DONE, "link")] == []
    assert [*problems(DONE | {"result": LINK | {"target": None}}, "link")] == []


@pytest.mark.parametrize("change, reason", REASONS)
def test_a_document_of_another_style_is_told_apart(change: dict[str, Any], reason: str) -> None:
    assert reason in [*problems(DONE | {"result": LINK | change}, "link")]


def test_a_key_that_is_missing_and_one_of_another_command_are_told() -> None:
    [one] = problems(DONE | {"result": {"project": "cooltrees"}}, "link")
    assert one == "an object of 'link' has the keys project"
    assert [*problems(DONE, "sync")] == ["an object of 'sync' has the keys project, link, target, state"]


def test_what_is_not_done_has_steps() -> None:
    assert [*problems(DONE | {"done": False}, "link")] == ["nothing is done, and there is no step to do it"]


def test_what_is_no_document_fails() -> None:
    with pytest.raises(AssertionError, match="sesync link --json printed no JSON document"):
        check_document(["link", "--json"], "Linked.\n")


def test_only_what_asks_for_json_is_watched() -> None:
    assert asks_json(["kernel", "list", "--json"])
    assert not asks_json(["kernel", "run", "heat", "program", "--json"])
    assert not asks_json(["put", "--", "--json"]) and not asks_json(["link", "--json", "--help"])


def test_the_keys_of_every_command_that_speaks_json_are_known() -> None:
    def speaks(command: click.Command) -> bool:
        return any("--json" in parameter.opts for parameter in command.params)

    assert {" ".join(path) for path, command in walk(root) if speaks(command)} | {"version"} == {*SHAPES}
