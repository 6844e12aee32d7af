"""Plans of kernels are made from requests, by whoever has a caller and a site: no command line is in it."""

import os
from pathlib import Path

import pytest

from sesync_cli.caller import whoever_runs_this
from sesync_cli.errors import WrongWords
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernel
from sesync_cli.kernel.plans import plan_create, plan_remove
from sesync_cli.kernel.request import CreateRequest, KernelChoice, RemoveRequest
from sesync_cli.plan import Plan, join, unwatched
from sesync_cli.site.reading import load_site


def creating(request: CreateRequest) -> Plan:
    return plan_create(request, whoever_runs_this(), load_site(os.environ).site, unwatched)


def test_a_kernel_is_made_from_a_request_and_removed_by_its_name(home: Path) -> None:
    plan = creating(CreateRequest("heat", env=("YEAR=1",)))
    assert not (home / ".local/share/jupyter").exists()
    plan.carry_out(unwatched)
    caller, site = whoever_runs_this(), load_site(os.environ).site
    one = find_kernel("heat", kernel_folders(caller, site))
    assert (one.state, one.env["YEAR"]) == ("ok", "1")
    assert creating(CreateRequest("heat", env=("YEAR=1",))).steps == ()
    plan_remove(RemoveRequest(KernelChoice(("heat",))), caller, site).carry_out(unwatched)
    assert not one.spec.exists() and one.environment and not one.environment.exists()


def test_two_kernels_are_one_plan(home: Path) -> None:
    (home / "requirements.txt").write_text("six\n")
    both = join({"named": creating(CreateRequest("heat", ("numpy",))), "folder": creating(CreateRequest())})
    text = "\n".join(map(str, both.steps))
    assert [text.count(" -m venv "), text.count("--name heat "), text.count("--name home ")] == [2, 1, 1]
    assert "numpy" in text and f"-r {home / 'requirements.txt'}" in text
    assert both.result["folder"]["display_name"] == "home (Python 3.11)" and len(both.locks) == 2


def test_what_is_wanted_is_checked_below_the_command_line(home: Path) -> None:
    for wrong in (CreateRequest("heat", ("-x",)), CreateRequest("heat", env=("YEAR",)), CreateRequest("a/b")):
        with pytest.raises(WrongWords):
            creating(wrong)
