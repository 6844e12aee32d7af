"""A plan to save and send a mail, made from a request alone: no command line, no session, no screen."""

import os
from pathlib import Path

import pytest

from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady
from sesync_cli.plan import join, unwatched
from sesync_cli.report.gathering import draft_of
from sesync_cli.report.plans import plan_report
from sesync_cli.report.request import ReportRequest
from sesync_cli.site.reading import load_site


def test_two_plans_are_joined_and_carried_out(site, home: Path, tmp_path: Path):
    mailer = tmp_path / "mailer"
    mailer.write_text(f'#!/bin/sh\ncat > "{tmp_path}/sent"\n')
    mailer.chmod(0o755)
    site(support={"email": "help@example.org", "mailer": str(mailer)})
    caller, ours = Caller(dict(os.environ)), load_site(os.environ).site
    saved = plan_report(ReportRequest(("the disk is slow",), file="mail.txt"), caller, ours, unwatched)
    sent = plan_report(ReportRequest(("and loud",), send=True), caller, ours, unwatched)
    both = join({"saved": saved, "sent": sent})
    assert list(map(str, both.steps)) == [f"sesync report > {home}/mail.txt", f"sesync report | {mailer}"]
    assert not (home / "mail.txt").exists()
    both.carry_out(unwatched)
    draft = draft_of(ReportRequest(("the disk is slow",)), caller, ours, unwatched)
    assert (home / "mail.txt").read_text().splitlines()[:2] == draft.text.splitlines()[:2]
    assert "Subject: and loud" in (tmp_path / "sent").read_text()


def test_a_site_without_a_mailer_has_no_plan_to_send(site, home: Path):
    with pytest.raises(NotReady, match="does not send mails"):
        plan_report(
            ReportRequest(("word",), send=True), Caller(dict(os.environ)), load_site(os.environ).site, unwatched
        )
