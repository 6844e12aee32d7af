"""What support needs to know, gathered for a draft: what each word means, what there is to it, the machine."""

import os
import time
from functools import partial
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.doctor.examination import examine
from sesync_cli.doctor.request import DoctorRequest
from sesync_cli.errors import NotFound
from sesync_cli.failure import Failure, last
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.names import one_line
from sesync_cli.plan import Plan, Watch, by_hand
from sesync_cli.report.draft import Draft, Section, drafted
from sesync_cli.report.history import before
from sesync_cli.report.machine import asked, machine, python_of, wanted
from sesync_cli.report.programs import with_tilde
from sesync_cli.report.request import ReportRequest
from sesync_cli.report.rights import rights
from sesync_cli.report.settings import settings
from sesync_cli.report.subjects import Subject, logs_about, of_failure, of_kernel, of_log, of_path, of_words, paths_in
from sesync_cli.site.settings import Site
from sesync_cli.workers import ask


def draft_of(request: ReportRequest, caller: Caller, site: Site, watch: Watch) -> Draft | Plan:
    """The mail, ready to be read; nothing is saved or sent. A plan without steps says so where nothing is wrong."""
    failure = last(caller.state) if request.latest or not request.what else None
    if failure is None and (request.latest or not request.what):
        hint = "Say what it is about: 'sesync report PATH', a kernel, a package, a log, or words of your own."
        raise NotFound("no command of yours has failed here lately", hint=hint)
    with watch("Gathering what support needs to know"):
        subjects = [*_failed(failure, site, watch), *_named(request.what, caller, site, watch)]
        if all(one.fine for one in subjects):
            return _nothing_wrong(request.what, subjects)
        command = failure.command if failure else ""
        answers = asked(caller, site, command, watch)
        where, version = python_of(answers)
        sections = [section for subject in subjects for section in subject.sections]
        sections += [_history(one.log, command, version, caller, site, watch) for one in subjects if one.log]
        to = site.support_email if site.has("support_email") else None
        facts = (_doctors_word(caller, site, watch), machine(caller, site, answers), settings(caller, where))
        return drafted(to, subjects[0].title, [*sections, *facts])


def _doctors_word(caller: Caller, site: Site, watch: Watch) -> Section:
    """What else is wrong, as `sesync doctor` finds it, and what one should know of."""
    found = examine(DoctorRequest(), caller, site, watch).findings
    return Section("What sesync doctor finds", [with_tilde(f"- {one_line(one.message)}", caller.home) for one in found])


def _nothing_wrong(what: tuple[str, ...], subjects: list[Subject]) -> Plan:
    says = [f"{one.fine}: there is nothing to report." for one in subjects]
    says.append(f'If something else is wrong there: {by_hand("sesync", "report", *what)} "what is wrong"')
    nothing = dict.fromkeys(("to", "subject", "body", "mailto", "file"))
    return Plan((), "\n".join(says), {**nothing, "sent": False})


def _failed(failure: Failure | None, site: Site, watch: Watch) -> list[Subject]:
    """The command that failed, and the paths that it named."""
    return [of_failure(failure), *(_path(path, site, watch) for path in paths_in(failure))] if failure else []


def _named(what: tuple[str, ...], caller: Caller, site: Site, watch: Watch) -> list[Subject]:
    """What each word names; those that name nothing are the person's own, and stand first."""
    found = [(word, _subject(word, caller, site, watch)) for word in what]
    own = [word for word, subject in found if subject is None]
    return [*([of_words(own)] if own else []), *(subject for _, subject in found if subject)]


def _subject(word: str, caller: Caller, site: Site, watch: Watch) -> Subject | None:
    path, logs = caller.cwd / os.path.expanduser(word), caller.state / "logs"
    if os.sep not in word and not word.startswith((".", "~")):
        kernels = find_kernels(kernel_folders(caller, site))
        kernel = next((one for one in kernels if one.name.lower() == word.lower()), None)
        if kernel:
            return of_kernel(kernel, logs_about(kernel.name, logs))
        if found := logs_about(word, logs):
            return of_log(found[-1])
        if not os.path.lexists(path):
            return None
    elif _may_be_words(word) and not _is_there(path, site, watch):
        return None
    if path.suffix == ".log" and path.is_file():
        return of_log(path)
    return _path(path, site, watch)


def _may_be_words(word: str) -> bool:
    """Whether this is rather a sentence or an address than a path: as a path it would lose its `//`."""
    return "://" in word or any(map(str.isspace, word))


def _is_there(path: Path, site: Site, watch: Watch) -> bool:
    until = time.monotonic() + site.data_patience_seconds
    return ask({path: partial(os.path.lexists, str(path))}, until, watch)[path] is not False


def _path(path: Path, site: Site, watch: Watch) -> Subject:
    return of_path(rights(path, site.data_patience_seconds, watch))


def _history(log: Path, command: str, version: str, caller: Caller, site: Site, watch: Watch) -> Section:
    """Whether such an install has worked before, and what is new since; `version` is that of the usual Python."""
    words = command.split()
    kernel = wanted(command, "--kernel") or (words[3] if words[1:3] == ["kernel", "create"] and words[3:] else "")
    python = ".".join(version.split(".")[:2]) if words[1:2] == ["install"] and not kernel else ""
    until = time.monotonic() + site.data_patience_seconds
    found = ask({log: partial(before, log, kernel, python)}, until, watch)[log]
    return Section("Whether it worked before", [with_tilde(line, caller.home) for line in found or ()])
