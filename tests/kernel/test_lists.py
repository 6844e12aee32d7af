"""Lists of packages in the forms that people have: each is read, and what it asks for is resolved."""

import os
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sesync_cli.caller import whoever_runs_this
from sesync_cli.kernel.environment import MakeEnvironment
from sesync_cli.kernel.packages import ResolvePackages
from sesync_cli.kernel.plans import plan_create
from sesync_cli.kernel.request import CreateRequest
from sesync_cli.leftovers import partial
from sesync_cli.plan import unwatched
from sesync_cli.python.distributions import canonical
from sesync_cli.site.reading import load_site
from tests.conftest import HANG
from tests.kernel import ground

LISTS = Path(__file__).with_name("lists")
ALL: dict[str, dict[str, Any]] = tomllib.loads((LISTS / "lists.toml").read_text(encoding="utf-8"))
MADE = ("crops", "credit", "docking", "forecasts", "gcam", "groundwater", "peatland", "scenarios", "textgen", "wages")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", sorted(set(ALL) - set(MADE)))
def test_a_list_is_resolved(home: Path, name: str) -> None:
    asked = ALL[name]
    file = copied(home, name)
    request = CreateRequest(name, source=str(file), python=str(ground.python(asked["python"])))
    plan = plan_create(request, whoever_runs_this(), load_site(os.environ).site, unwatched)
    said = " ".join([*plan.warnings, plan.note, *(question.text for question in plan.questions)]).lower()
    assert [word for word in asked.get("says", ()) if word.lower() not in said] == []
    make, resolve = plan.steps[:2]
    assert isinstance(make, MakeEnvironment) and isinstance(resolve, ResolvePackages)
    for step in (make, resolve):
        step.do(lambda fraction, detail: None)
    right(tomllib.loads((partial(make.path, owner=make.owner) / "pylock.toml").read_text(encoding="utf-8")), asked)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", MADE)
def test_a_list_makes_a_kernel(sesync, home: Path, name: str) -> None:
    asked = ALL[name]
    python = ground.python(asked["python"])
    result = sesync("kernel", "create", name, "--from", copied(home, name), "--python", python, "-y", timeout=3 * HANG)
    assert result.code == 0, result.err
    said = " ".join(result.err.split()).lower()
    assert [word for word in asked.get("says", ()) if word.lower() not in said] == []
    right(tomllib.loads((ground.environments(home) / name / "pylock.toml").read_text(encoding="utf-8")), asked)


def copied(home: Path, name: str) -> Path:
    shutil.copytree(LISTS / name, home / name)
    return home / name / str(ALL[name]["file"])


def right(lock: dict[str, Any], asked: dict[str, Any]) -> None:
    """What is wanted is in the lock, in the version that the list says, and what no index has is not."""
    versions = {package["name"]: package.get("version", "") for package in lock["packages"]}
    wanted = [word.partition("==") for word in asked["wants"]]
    assert {name: versions.get(canonical(name)) for name, _, said in wanted if said} == {
        name: said for name, _, said in wanted if said
    }
    assert {canonical(name) for name, _, said in wanted if not said} <= versions.keys()
    assert [name for name in asked["without"] if canonical(name) in versions] == []
