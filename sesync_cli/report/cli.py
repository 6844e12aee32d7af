"""sesync report"""

import os
import time
from functools import partial
from pathlib import Path

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json, plans_or_answers
from sesync_cli.directory import need_folder
from sesync_cli.errors import NotFound, NotReady, SesyncError
from sesync_cli.failure import Failure, last
from sesync_cli.kernel.context import folders, interpreter
from sesync_cli.kernel.survey import find_kernels
from sesync_cli.plan import Plan, Step, asking
from sesync_cli.report.draft import Draft, drafted
from sesync_cli.report.machine import machine, wanted_python
from sesync_cli.report.mailing import SaveMail, SendMail, taken
from sesync_cli.report.rights import rights
from sesync_cli.report.subjects import Subject, logs_about, of_failure, of_kernel, of_log, of_path, of_words, paths_in
from sesync_cli.session import Session
from sesync_cli.view import View
from sesync_cli.workers import ask

_GIVE = "give it to whoever runs this server"


def _mail(draft: Draft) -> View:
    link = click.get_current_context().params["link"]
    return draft.mailto if link else draft.text.rstrip("\n")


@click.command()
@click.argument("what", nargs=-1, help="A path, a kernel, a package, a log, or words of your own.")
@click.option("--last", "latest", is_flag=True, help="The last command that failed, as without WHAT.")
@click.option("-o", "--output", "file", metavar="FILE", default="", help="Save the mail in this file.")
@click.option("--link", is_flag=True, help="Print a mailto: link, which opens a mail program.")
@click.option("--send", is_flag=True, help="Send it, where the site has a mailer.")
@plans_or_answers(_mail)
@click.pass_obj
def report(session: Session, what: tuple[str, ...], latest: bool, file: str, link: bool, send: bool) -> Plan | Draft:
    """Draft a mail to support.

    It says what was tried, why it failed, the lines of the log that matter, versions, and rights. Passwords, tokens and
    other people's addresses are struck out. You see it first; nothing leaves this machine unless you send it.
    """
    failure = last(session.caller.state) if latest or not what else None
    if failure is None and (latest or not what):
        hint = "Say what it is about: 'sesync report PATH', a kernel, a package, a log, or words of your own."
        raise NotFound("no command of yours has failed here lately", hint=hint)
    with screen.doing("Gathering what support needs to know"):
        draft = _draft(session, what, failure)
    if not file and not send:
        if not asked_for_json() and not link:
            screen.note(f"This is a draft. {_ways(session)}\n")
        return draft
    return _plan(session, draft, session.caller.cwd / Path(file).expanduser() if file else None, send)


def _draft(session: Session, what: tuple[str, ...], failure: Failure | None) -> Draft:
    subjects = [of_failure(failure), *(_path(session, path) for path in paths_in(failure))] if failure else []
    subjects += _named(session, what)
    sections = [section for subject in subjects for section in subject.sections]
    site = session.site
    python = _python(session, failure.command if failure else "")
    to = site.support_email if site.has("support_email") else ""
    return drafted(to, subjects[0].title, [*sections, machine(session.caller.home, site, python)])


def _named(session: Session, what: tuple[str, ...]) -> list[Subject]:
    """What each word names; those that name nothing are the person's own, and stand first."""
    found = [(word, _subject(session, word)) for word in what]
    own = [word for word, subject in found if subject is None]
    return [*([of_words(own)] if own else []), *(subject for _, subject in found if subject)]


def _subject(session: Session, word: str) -> Subject | None:
    path, logs = session.caller.cwd / os.path.expanduser(word), session.caller.state / "logs"
    if os.sep not in word and not word.startswith((".", "~")):
        kernels = find_kernels(folders(session.caller, session.site))
        kernel = next((one for one in kernels if one.name.lower() == word.lower()), None)
        if kernel:
            return of_kernel(kernel, logs_about(kernel.name, logs))
        if found := logs_about(word, logs):
            return of_log(found[-1])
        if not os.path.lexists(path):
            return None
    elif _may_be_words(word) and not _is_there(session, path):
        return None
    if path.suffix == ".log" and path.is_file():
        return of_log(path)
    return _path(session, path)


def _may_be_words(word: str) -> bool:
    """Whether this is rather a sentence or an address than a path: as a path it would lose its `//`."""
    return "://" in word or any(map(str.isspace, word))


def _is_there(session: Session, path: Path) -> bool:
    until = time.monotonic() + session.site.data_patience_seconds
    return ask({path: partial(os.path.lexists, str(path))}, until, screen.doing)[path] is not False


def _path(session: Session, path: Path) -> Subject:
    return of_path(rights(path, session.site.data_patience_seconds, screen.doing))


def _python(session: Session, command: str) -> Path | None:
    try:
        return interpreter(session.caller, session.site, wanted_python(command))[0].executable
    except (SesyncError, OSError):
        return None


def _plan(session: Session, draft: Draft, file: Path | None, send: bool) -> Plan:
    steps: list[Step] = []
    done = []
    if file:
        if os.path.lexists(file):
            raise taken(file)
        need_folder(file.parent, session.site, screen.doing)
        draft = draft.saved_in(str(file))
        steps.append(SaveMail(draft, file))
        done.append(f"Saved the mail in {file}: {f'send what is in it to {draft.to}' if draft.to else _GIVE}.")
    if send:
        steps.append(SendMail(draft, _mailer(session)))
        done = [f"Sent the mail to {draft.to}.", *([f"It is also in {file}."] if file else [])]
    ask = " and ".join([*([f"save it in {file}"] if file else []), *([f"send it to {draft.to}"] if send else [])])
    seen = f"{draft.text}\n" if session.caller.interactive else ""
    return Plan(
        tuple(steps),
        " ".join(done),
        {
            "to": draft.to,
            "subject": draft.subject,
            "body": draft.body,
            "mailto": draft.mailto,
            "file": file,
            "sent": send,
        },
        questions=asking(f"{seen}{ask[:1].upper()}{ask[1:]}?"),
    )


def _mailer(session: Session) -> str:
    if not session.site.support_mailer:
        raise NotReady(
            "this site does not send mails", hint="'-o FILE' saves it, '--link' prints a link for a mail program."
        )
    if not session.site.has("support_email"):
        raise session.site.off("support_email", "'-o FILE' saves the mail.")
    return session.site.support_mailer


def _ways(session: Session) -> str:
    sends = ", '--send' sends it" if session.site.support_mailer else ""
    whom = "" if session.site.has("support_email") else f"This site names no address of support: {_GIVE}. "
    return (
        f"{whom}Copy it into a mail, or: '-o FILE' saves it, '--link' prints a link that opens a mail program{sends}."
    )
