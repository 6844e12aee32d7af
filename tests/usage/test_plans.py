"""A plan to clean a home, made from a request alone: no command line, no session, no screen."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.plan import join
from sesync_cli.site.reading import load_site
from sesync_cli.usage.breakdown import usage_of
from sesync_cli.usage.plans import plan_clean
from sesync_cli.usage.request import UsageRequest
from sesync_cli.view import size

pytestmark = pytest.mark.usefixtures("site")


def watch(words: str):
    return nullcontext(lambda fraction, detail: None)


def test_two_plans_are_joined_and_carried_out(home: Path):
    caller, site = Caller(dict(os.environ)), load_site(os.environ).site
    gone = [home / ".local/share/Trash/files/old.csv", home / "work/.ipynb_checkpoints/n-checkpoint.ipynb"]
    stays = home / "work/kept.csv"
    for path in (*gone, stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(9_000))
    frees = gone[0].stat().st_blocks * 512
    before = usage_of(UsageRequest(), caller, site, watch)
    plans = {name: plan_clean(UsageRequest(name), caller, site, watch) for name in ("work", ".local/share/Trash")}
    assert [str(step) for plan in plans.values() for step in plan.steps] == [
        f"rm {gone[1]}  # frees {size(frees)}",
        f"rm -r {gone[0]}  # frees {size(frees)}",
    ]
    both = join(plans)
    assert len(both.questions) == 2 and all(path.exists() for path in gone)
    both.carry_out(watch)
    assert [path.exists() for path in (*gone, stays)] == [False, False, True]
    assert both.learnt().result["work"]["freed_bytes"] == frees
    assert usage_of(UsageRequest(), caller, site, watch).bytes <= before.bytes - 2 * frees


def test_folders_are_told_to_the_depth_that_is_asked_for(home: Path):
    caller, site = Caller(dict(os.environ)), load_site(os.environ).site
    (home / "a/b").mkdir(parents=True)
    (home / "a/b/c.csv").write_bytes(bytes(90_000))
    inner = {}
    for depth in (1, 2):
        [rest] = usage_of(UsageRequest(depth=depth), caller, site, watch).parts
        inner[depth] = [part.name for folder in rest.parts for part in folder.parts]
    assert inner == {1: [], 2: ["a/b"]}
