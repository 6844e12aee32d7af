"""What people told of failed installs in public, and what installers print of the same kinds: the cause of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from sesync_cli.diagnosis.diagnose import LogContext, diagnose
from sesync_cli.diagnosis.table import causes

HERE = Path(__file__).parent
TOLD = [one for name in ("told", "told_more") for one in json.loads((HERE / f"{name}.json").read_text())]
NOT_RECOGNISED: set[str] = set()  # the names of those that the table cannot know


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told["name"])
def test_the_cause_of_what_people_told(told: dict[str, Any]) -> None:
    """None where the cause is in no table: a wrong one would be worse."""
    found = diagnose(told["text"], LogContext(tuple(told["packages"]), told["python"]))
    if told["name"] in NOT_RECOGNISED or not told["right"]:
        assert found is None
    else:
        assert found and found.cause in told["right"]
        assert not {"{", "}"} & {*found.message, *found.alone}


def test_each_is_told_once_and_by_a_cause_that_there_is() -> None:
    names = [one["name"] for one in TOLD]
    assert len(names) == len(set(names))
    known = {cause.name for cause in causes().ordered}
    assert {right for one in TOLD for right in one["right"]} <= known
