"""A plan to clean a home, made from a request alone: no command line, no session, no screen."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.plan import join, unwatched
from sesync_cli.site.reading import load_site
from sesync_cli.usage.breakdown import Part, usage_of
from sesync_cli.usage.plans import plan_clean
from sesync_cli.usage.request import UsageRequest
from sesync_cli.view import size

pytestmark = pytest.mark.usefixtures("site")


def test_two_plans_are_joined_and_carried_out(home: Path):
    caller, site = Caller(dict(os.environ)), load_site(os.environ).site
    gone = [home / ".local/share/Trash/files/old.csv", home / "work/.ipynb_checkpoints/n-checkpoint.ipynb"]
    stays = home / "work/kept.csv"
    for path in (*gone, stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(9_000))
    frees = gone[0].stat().st_blocks * 512
    before = usage_of(UsageRequest(), caller, site, unwatched)
    plans = {name: plan_clean(UsageRequest(name), caller, site, unwatched) for name in ("work", ".local/share/Trash")}
    assert [str(step) for plan in plans.values() for step in plan.steps] == [
        f"rm {gone[1]}  # frees {size(frees)}",
        f"rm -r {gone[0]}  # frees {size(frees)}",
    ]
    both = join(plans)
    assert len(both.questions) == 2 and all(path.exists() for path in gone)
    both.carry_out(unwatched)
    assert [path.exists() for path in (*gone, stays)] == [False, False, True]
    assert both.learnt().result["work"]["freed_bytes"] == frees
    assert usage_of(UsageRequest(), caller, site, unwatched).bytes <= before.bytes - 2 * frees


def test_folders_are_told_to_the_depth_that_is_asked_for(home: Path):
    caller, site = Caller(dict(os.environ)), load_site(os.environ).site
    (home / "a/b/c").mkdir(parents=True)
    (home / "a/b/c/d.csv").write_bytes(bytes(90_000))
    (home / "a/b/e.csv").write_bytes(bytes(10_000))

    def names(parts: Sequence[Part]) -> list[object]:
        folders = (part for part in parts if part.name)  # the files of home itself have none
        return [[part.name, *names(part.parts)] if part.parts else part.name for part in folders]

    told = [usage_of(UsageRequest(depth=depth), caller, site, unwatched).parts[0].parts for depth in (1, 2, 3)]
    assert [names(parts) for parts in told] == [["a"], [["a", "a/b"]], [["a", ["a/b", "a/b/c"]]]]
    assert len({sum(part.bytes for part in parts) for parts in told}) == 1
