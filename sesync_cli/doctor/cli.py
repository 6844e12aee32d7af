"""sesync doctor"""

import grp
import os

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json, plans_or_answers
from sesync_cli.doctor.examination import Examination, all_checks, examine
from sesync_cli.doctor.plans import plan_mending
from sesync_cli.doctor.request import DoctorRequest
from sesync_cli.doctor.view import examined
from sesync_cli.errors import Exit, SesyncError
from sesync_cli.help import WithExamples
from sesync_cli.plan import Plan
from sesync_cli.session import Session
from sesync_cli.site.reading import bare_site

_ADMINISTRATORS = ("sudo", "wheel")


def _offered(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers: the names of checks."""
    session = _session(Session())
    try:
        names = [check.name for check in all_checks(session.caller, session.site, screen.doing)]
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)]


@click.command(cls=WithExamples)
@click.argument("what", nargs=-1, shell_complete=_offered, help="As 'kernels' or 'ssh-key'; else everything.")
@click.option("--fix", "mends", is_flag=True, help="Mend what can be mended without a loss.")
@plans_or_answers(examined, failed=lambda answer: not answer.works, code=Exit.NOT_READY)
@click.pass_obj
def doctor(session: Session, what: tuple[str, ...], mends: bool) -> Plan | Examination:
    """Find what is wrong, and how to mend it.

    It looks at your home, your shell, Pythons, kernels, links, keys, clones and more, and changes nothing. What you
    never set up is no fault. It exits with 3 if something does not work.
    """
    session, request = _session(session), DoctorRequest(what)
    if mends:
        return plan_mending(request, session.caller, session.site, screen.doing)
    answer = examine(request, session.caller, session.site, screen.doing)
    if _is_administrator() and not (what or asked_for_json()):
        screen.note("For administrators: 'sesync doctor server' looks at what concerns all users.\n")
    return answer


def _session(session: Session) -> Session:
    """The same session, which goes on without a site if its file cannot be read: that is told among the findings."""
    try:
        session.site  # noqa: B018
    except SesyncError:
        session.site = bare_site(session.caller.env)
    return session


def _is_administrator() -> bool:
    return os.getuid() == 0 or any(_name(gid) in _ADMINISTRATORS for gid in os.getgroups())


def _name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return ""
