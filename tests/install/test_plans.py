"""Plans of packages are made from requests, by whoever has a caller and a site: no command line is in it."""

import os
from pathlib import Path

import pytest

from sesync_cli.caller import whoever_runs_this
from sesync_cli.errors import WrongWords
from sesync_cli.install.inventory import list_packages
from sesync_cli.install.plans import plan_install, plan_uninstall
from sesync_cli.install.request import InstallRequest, UninstallRequest
from sesync_cli.plan import Plan, join, unwatched
from sesync_cli.session import Session
from sesync_cli.site.reading import load_site
from sesync_cli.terminal import Terminal
from tests.install.ground import python, wheel


def installing(request: InstallRequest) -> Plan:
    session = Session()
    return plan_install(request, session.caller, session.site, unwatched, Terminal(session, dry_run=False, yes=True))


def test_packages_come_and_go_as_requests_say(home: Path, index: Path) -> None:
    wheel(index, "treetool")
    caller, site = whoever_runs_this(), load_site(os.environ).site
    plan = installing(InstallRequest(("treetool",)))
    assert not (home / ".local/lib").exists()
    plan.carry_out(unwatched)
    assert plan.learnt().result["packages"] == {"treetool": "1.0"}
    assert [one.name for one in list_packages(None, None, caller, site)] == ["treetool"]
    plan_uninstall(UninstallRequest(("treetool",)), caller, site).carry_out(unwatched)
    assert list_packages(None, None, caller, site) == []


def test_packages_for_two_pythons_are_one_plan(home: Path) -> None:
    asked = {version: InstallRequest(("pandas>=1",), python=version) for version in ("3.8", "3.13")}
    both = join({version: installing(request) for version, request in asked.items()})
    for step, version in zip(both.steps, asked, strict=True):
        assert str(step).startswith(str(python(version))) and str(step).endswith("-m pip install --user 'pandas>=1'")
    assert both.done.count("Installed pandas>=1 for Python") == 2


def test_what_is_wanted_is_checked_below_the_command_line() -> None:
    for wrong in (InstallRequest(), InstallRequest(("-x",)), InstallRequest(("six",), python="3.8", kernel="heat")):
        with pytest.raises(WrongWords):
            installing(wrong)
