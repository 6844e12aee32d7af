"""sesync report"""

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json, plans_or_answers
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.report.draft import Draft, ways
from sesync_cli.report.gathering import draft_of
from sesync_cli.report.plans import plan_report
from sesync_cli.report.request import ReportRequest
from sesync_cli.session import Session
from sesync_cli.view import Letter, View


def _mail(draft: Draft) -> View:
    link = click.get_current_context().params["link"]
    return Letter(draft.mailto if link else draft.text.rstrip("\n"))


@click.command(cls=WithExamples)
@click.argument("what", nargs=-1, help="A path, a kernel, a package, a log, or words of your own.")
@click.option("--last", "latest", is_flag=True, help="The last command that failed, as without WHAT.")
@click.option("-o", "--output", "file", metavar="FILE", default="", help="Save the mail in this file.")
@click.option("--link", is_flag=True, help="Print a mailto: link, which opens a mail program.")
@click.option("--send", is_flag=True, help="Send it, where the site has a mailer.")
@plans_or_answers(_mail)
@click.pass_obj
def report(session: Session, what: tuple[str, ...], latest: bool, file: str, link: bool, send: bool) -> Plan | Draft:
    """Draft a mail to support.

    It says what was tried, why it failed, the lines of the log that matter, whether it worked before, rights, versions
    and settings. Passwords, tokens and other people's addresses are struck out. You see it first; nothing leaves this
    machine unless you send it.
    """
    request = ReportRequest(what, latest, file, send)
    if file or send:
        return plan_report(request, session.caller, session.site, screen.doing)
    draft = draft_of(request, session.caller, session.site, screen.doing)
    if isinstance(draft, Draft) and not asked_for_json() and not link:
        screen.note(f"This is a draft. {ways(session.site)}\n")
    return draft
