"""The plan that keeps a mail in a file, or sends it."""

import os
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.directory import need_folder
from sesync_cli.errors import NotReady
from sesync_cli.plan import Plan, Question, Step, Watch
from sesync_cli.report.draft import GIVE
from sesync_cli.report.gathering import draft_of
from sesync_cli.report.mailing import SaveMail, SendMail, taken
from sesync_cli.report.request import ReportRequest
from sesync_cli.site.settings import Site


def plan_report(request: ReportRequest, caller: Caller, site: Site, watch: Watch) -> Plan:
    """How the mail that is asked for comes into a file, to support, or both, once it has been seen."""
    draft = draft_of(request, caller, site, watch)
    if isinstance(draft, Plan):
        return draft
    file = caller.cwd / Path(request.file).expanduser() if request.file else None
    steps: list[Step] = []
    done, asked = [], []
    if file:
        if os.path.lexists(file):
            raise taken(file)
        need_folder(file.parent, site, watch)
        draft = draft.saved_in(str(file))
        steps.append(SaveMail(draft, file))
        asked.append(f"save it in {file}")
        done.append(f"Saved the mail in {file}: {f'send what is in it to {draft.to}' if draft.to else GIVE}.")
    if request.send:
        steps.append(SendMail(draft, _mailer(site)))
        asked.append(f"send it to {draft.to}")
        done = [f"Sent the mail to {draft.to}.", *([f"It is also in {file}."] if file else [])]
    ask = " and ".join(asked)
    return Plan(
        tuple(steps),
        " ".join(done),
        {
            "to": draft.to,
            "subject": draft.subject,
            "body": draft.body,
            "mailto": draft.mailto,
            "file": file,
            "sent": request.send,
        },
        questions=(Question(f"{ask[:1].upper()}{ask[1:]}?", letter=draft.text),) if ask else (),
    )


def _mailer(site: Site) -> str:
    if not site.support_mailer:
        raise NotReady(
            "this site does not send mails", hint="'-o FILE' saves it, '--link' prints a link for a mail program."
        )
    if not site.has("support_email"):
        raise site.off("support_email", "'-o FILE' saves the mail.")
    return site.support_mailer
