"""The root command: what there is, and what happens when it goes wrong."""

import contextlib
import errno
import gc
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from sesync_cli import screen
from sesync_cli.answer import asked_for_json, json_option, say_json
from sesync_cli.commands import COMMANDS, TASKS
from sesync_cli.errors import Exit, Remedy, SesyncError, Stopped, WrongWords, leaving, left_by, stopped
from sesync_cli.help import Group, Help
from sesync_cli.interrupts import calm, ignore_interrupts, stop_at_interrupts
from sesync_cli.lazy import Lazy
from sesync_cli.names import did_you_mean
from sesync_cli.plan import by_hand
from sesync_cli.session import Session, forget_repository

HOME = Lazy("home", "sesync_cli.home.cli:home", "Show what you have, how it is, and what to do next.")
VERSION = Lazy("version", "sesync_cli.home.cli:version", "Show the version.")


@click.group(
    cls=Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@json_option
@click.version_option(package_name="sesync-cli", prog_name="sesync")
@click.pass_context
def sesync(ctx: click.Context) -> Exit | None:
    """Data, kernels, packages and code on a shared research server, one command for each.

    Alone, it shows what you have, how it is, and what to do next. 'sesync help COMMAND' explains one.
    """
    ctx.obj = Session()
    if ctx.invoked_subcommand is None:
        shown: Exit = ctx.invoke(HOME.load())
        return shown
    if asked_for_json():
        words = [word for word in sys.argv[1:] if word != "--json"]
        raise WrongWords("'--json' stands behind the command", hint=f"Type '{by_hand('sesync', *words, '--json')}'.")
    return None


click.Context.formatter_class = Help  # for every command: Click asks none but this class for it
for name, (target, summary) in COMMANDS.items():
    sesync.add_command(Lazy(name, target, summary))
sesync.tasks = {task: list(commands) for task, commands in TASKS.items()}
sesync.others = {"home": HOME, "ls": HOME, "list": HOME, "status": HOME, "version": VERSION}


def main() -> NoReturn:
    """The program `sesync`: one command line, every failure of it told once and in one way."""
    _read_names_as_utf8()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        getattr(sys, name).reconfigure(errors="backslashreplace")
    stop_at_interrupts()
    forget_repository()
    gc.freeze()  # no collection need look at what was imported: a fifth of a short command's time
    code = _outcome()
    ignore_interrupts()
    try:
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        if error.errno != errno.EPIPE:  # a reader that left early has what it wanted
            code = _fail(SesyncError(f"the answer could not be written: {error.strerror}"))
    gc.freeze()
    sys.exit(code)


def _read_names_as_utf8() -> None:
    """Begin again where the locale has Python take names and words for something else than UTF-8, which they are."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def _outcome() -> int:
    try:
        return int(sesync.main(prog_name="sesync", standalone_mode=False) or Exit.DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except (Exception, KeyboardInterrupt) as error:
        code: int = Exit.INTERRUPTED
        told: SesyncError | None = None
        with contextlib.suppress(KeyboardInterrupt, BrokenPipeError), calm():
            told = leaving(_explained(error), left_by(error))
            code = _fail(told)
        if told and told.remedies and _may_ask():
            mended = _do_it_now(told.remedies)
            return code if mended is None else mended
        return code


def _may_ask() -> bool:
    """Whether somebody is there who has not said beforehand that nothing is to be done, or asked."""
    said = any(re.fullmatch(r"--dry-run|--yes|-[ny]+", word) for word in sys.argv[1:])
    return not said and not _wants_json(sys.argv) and Session().caller.interactive and sys.stderr.isatty()


def _explained(error: BaseException) -> SesyncError:
    """What a failure means for a person."""
    if isinstance(error, Stopped | KeyboardInterrupt | click.Abort):
        return stopped(error)
    if isinstance(error, SesyncError):
        return error
    if isinstance(error, click.UsageError):
        return _wrong_words(error)
    if isinstance(error, OSError):
        from sesync_cli.disk import system_failure

        return system_failure(error, Session().caller.home) or _bug()
    return _bug()


def _fail(error: SesyncError) -> int:
    _offer_report(error)
    if _wants_json(sys.argv):
        say_json({"error": error.as_dict()})
    elif isinstance(error, Stopped):
        screen.end(str(error), error.hint)
    else:
        screen.fail(str(error), error.hint, error.lines, error.remedies)
    if not _wants_json(sys.argv):
        for one in left_by(error):
            screen.warn(f"this could not be undone: {one}")
    return error.exit_code


def _do_it_now(remedies: Sequence[Remedy]) -> int | None:
    """Carry out the commands of the first as if they were typed, if the person wants it; the exit code of the last."""
    from sesync_cli.run import attended

    try:
        if not click.confirm("Do it now?" if len(remedies) == 1 else "Do the first now?", err=True):
            return None
    except click.Abort:
        return None
    for command in remedies[0].commands:
        at = command.index("sesync")
        argv = [*command[:at], sys.executable, "-P", "-m", "sesync_cli", *command[at + 1 :]]
        with calm():  # an interrupt is the command's
            code = attended(argv, env=os.environ, cwd=Session().caller.cwd, catch=False, asks=True).code
        if code:
            return code
    return Exit.DONE


def _offer_report(error: SesyncError) -> None:
    """Keep what a report needs to know of a failure, and say in its hint what drafts one, if the hint sends to support.

    Nothing is kept of wrong words, a no, and interrupts. A home that is full stays as it is: the record goes elsewhere.
    """
    if isinstance(error, WrongWords | Stopped) or sys.argv[1:2] == ["report"]:
        return
    from sesync_cli.failure import kept, offering

    session = Session()
    with contextlib.suppress(SesyncError, OSError):
        kept(error, sys.argv[1:], session.caller.state)
        error.hint = offering(error.hint, session.site.support)


def _wrong_words(error: click.UsageError) -> WrongWords:
    where = error.ctx.command_path if error.ctx else _command_path()
    meant = did_you_mean(getattr(error, "possibilities", None) or ())
    if isinstance(error, click.exceptions.NoSuchCommand):
        meant = _meant(error) or meant
    is_unknown = isinstance(error, click.NoSuchOption | click.exceptions.NoSuchCommand)
    message = (error.message if is_unknown else error.format_message()).rstrip(".")
    hint = meant if meant.endswith(".") else f"{meant} '{where} --help' shows the words.".lstrip()
    return WrongWords(message[:1].lower() + message[1:], hint=hint)


def _meant(error: click.exceptions.NoSuchCommand) -> str:
    """What somebody means by a word that is none of the commands, in a sentence; empty if nobody knows."""
    if error.ctx is None or error.ctx.command is not sesync:
        return ""
    from sesync_cli.home.instead import instead

    session, typed = Session(), sys.argv[1:]
    words = typed[typed.index(error.command_name) :] if error.command_name in typed else [error.command_name]
    loaded = {name: one.load() for name, one in sesync.commands.items() if isinstance(one, Lazy)}
    groups = {name: list(one.commands) for name, one in loaded.items() if isinstance(one, click.Group)}
    with contextlib.suppress(SesyncError, OSError):
        return instead(words, groups, session.caller, session.site)
    return ""


def _command_path() -> str:
    """The command that was typed, as far as there is one; click does not tell where an option lacks its value."""
    path: list[str] = []
    command: click.Command | None = sesync
    for word in sys.argv[1:]:
        command = command.commands.get(word) if isinstance(command, click.Group) else None
        if command is None:
            break
        path.append(word)
        command = command.load() if isinstance(command, Lazy) else command
    return " ".join(["sesync", *path])


class _Bug(SesyncError):
    kind = "bug"
    exit_code = Exit.BUG


def _bug() -> _Bug:
    """A failure that nobody foresaw, with its traceback kept where support can read it."""
    import time
    import traceback

    story = traceback.format_exc()
    if os.environ.get("SESYNC_DEBUG"):
        screen.note(story)
    kept = Session().caller.state / time.strftime("bug-%Y%m%d-%H%M%S.txt")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(
            os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(story)
    except OSError:
        return _Bug("this is a mistake in sesync itself", hint="SESYNC_DEBUG=1 shows the details for support.")
    bug = _Bug("this is a mistake in sesync itself", hint=f"Please send {kept} to support.")
    bug.log = kept
    return bug


def _wants_json(argv: Sequence[str]) -> bool:
    own = argv[: argv.index("--")] if "--" in argv else argv
    # what stands behind `kernel run` is another program's
    return "--json" in own and list(argv[1:3]) != ["kernel", "run"]
