"""GitPython's only door: talking to git, and reading what it keeps."""

import contextlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sesync_cli.errors import NotReady
from sesync_cli.interrupts import calm
from sesync_cli.plan import Report
from sesync_cli.run import dies_with_parent, end

_FILES = re.compile(r"Updating files:\s+(\d+)% ")
_LOCAL = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "safe.bareRepository=explicit"),  # what looks like a repository inside of one is not taken for it
)
# what a repository brings along is not run while it is cloned, and no other repository is got unasked
UNHOOKED = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "submodule.recurse=false")
_running: dict[Any, bool] = {}  # the gits that are at work; whether each has a process group of its own
_SOME = 500  # paths on one command line
_NOWHERE = Path("/")  # git started here finds no repository whose settings it could take for the person's own


class GitFailed(Exception):
    """Git ended with an error; its text is what it said."""


@dataclass(frozen=True)
class Said:
    """How git answered: its exit code and both streams."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Connection:
    """How git may talk to a server: its settings for the way there, and whether a person can be asked."""

    env: Mapping[str, str]
    interactive: bool


def talk(words: Sequence[str], connection: Connection, report: Report, folder: Path = _NOWHERE) -> str:
    """Run git to its end with its progress reported; what else it said, or GitFailed if it fails.

    No address among the words may be one that git runs as a program.
    """
    for word in words:
        _library().Git.check_unsafe_protocols(word)
    return work(words, connection, report, folder)


def work(words: Sequence[str], connection: Connection, report: Report, folder: Path = _NOWHERE) -> str:
    """Like `talk`, for words that are no addresses: a message, names of files. Git and ssh end with us.

    Git shares the terminal when a person can be asked, and so hears Ctrl-C itself; else it has none to hang at.
    """
    git = _library()
    progress, process = _progress(report), None
    try:
        with calm():
            running = git.Git(folder).execute(
                ["git", *words],
                env=dict(connection.env),
                as_process=True,
                with_stdout=False,
                universal_newlines=True,
                errors="replace",
                start_new_session=not connection.interactive,
                preexec_fn=dies_with_parent(),
            )
            process = running.proc
            _running[process] = not connection.interactive
        git.cmd.handle_process_output(running, None, progress.new_message_handler(), decode_streams=False)
        code = process.wait()
    except BaseException:
        if process:
            end(process, group=not connection.interactive)
        raise
    finally:
        _running.pop(process, None)
    said = "\n".join(progress.other_lines + progress.error_lines)
    if code:
        raise GitFailed(said)
    return said


def end_all() -> None:
    """End every git that is at work, in whichever thread; there, it has failed."""
    for process, has_group in list(_running.items()):
        end(process, group=has_group)


def ask(words: Sequence[str], folder: Path, *, literal: bool = True) -> Said:
    """What git answers there, whatever its exit code; names of files keep their bytes. It writes nothing unasked.

    Names among the words are just that; without `literal`, they may be patterns.
    """
    names = ("--literal-pathspecs",) if literal else ()
    with calm():
        code, out, err = (
            _library()
            .Git(folder)
            .execute(
                ["git", *names, *_LOCAL, *words],
                with_extended_output=True,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                with_exceptions=False,
                env={"GIT_OPTIONAL_LOCKS": "0"},  # else 'git status' writes, and killed it leaves a lock
            )
        )
    return Said(code, os.fsdecode(out), err)


def pieces(paths: Sequence[str]) -> list[Sequence[str]]:
    """Paths in as many pieces as fit on command lines."""
    return [paths[start : start + _SOME] for start in range(0, len(paths), _SOME)]


@cache
def setting(name: str, folder: Path = _NOWHERE, *, url: str = "") -> str:
    """A setting of git's as it is in force there (for this URL); empty if it is not set."""
    return _said(["config", "--get-urlmatch", name, url] if url else ["config", "--get", name], folder)


@cache
def rewritten(url: str, folder: Path = _NOWHERE) -> str:
    """The address that git would really use, after the user's own `insteadOf` settings."""
    return _said(["ls-remote", "--get-url", "--", url], folder) or url


def origin(folder: Path) -> str | None:
    """The address that a folder was cloned from; None if it is no repository, or has no server."""
    if not (folder / ".git").exists():
        return None
    return _remotes(folder).get(remote(folder))


def remote(folder: Path) -> str:
    """What a folder calls the server that it was cloned from."""
    urls = _remotes(folder)
    return "origin" if "origin" in urls else next(iter(urls), "")


def _remotes(folder: Path) -> dict[str, str]:
    git = _library()
    with contextlib.suppress(git.GitError, ValueError, OSError):
        return {remote.name: remote.url for remote in git.Repo(folder, expand_vars=False).remotes}
    return {}


def commit(folder: Path) -> str:
    """The commit that is checked out in a folder; empty if there is none."""
    return _said(["rev-parse", "--verify", "--quiet", "HEAD"], folder)


def branches(folder: Path) -> list[str]:
    """The server's branches, as the folder knows them."""
    names = _said(["for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes"], folder).split()
    return [name for name in names if name != "HEAD" and not name.startswith("-")]


def _said(words: list[str], folder: Path) -> str:
    with calm():
        return str(_library().Git(folder).execute(["git", *words], with_exceptions=False)).strip()


def _library() -> Any:
    try:
        import git
    except ImportError as error:  # GitPython starts git once when it is imported
        said = re.search(r"stderr: '(.*)'", str(error))
        reason = said[1].removeprefix("fatal: ") if said else str(error).splitlines()[0]
        raise NotReady(f"git does not start: {reason}", hint="'git --version' shows it too; mend that first.") from None
    return git


def _progress(report: Report) -> Any:
    """Git's own stages as one fraction of the whole, in plain words."""
    kinds = _library().RemoteProgress
    stages = {
        kinds.COUNTING: (0.00, 0.02, "the server looks up what there is"),
        kinds.COMPRESSING: (0.02, 0.08, "the server packs"),
        kinds.RECEIVING: (0.08, 0.80, "receiving"),
        kinds.RESOLVING: (0.80, 0.93, "unpacking"),
        kinds.CHECKING_OUT: (0.93, 1.00, "writing files"),
    }

    def tell(operation: int, share: float, message: str = "") -> None:
        if stage := stages.get(operation):
            begin, finish, words = stage
            report(begin + (finish - begin) * share, f"{words} {message}".strip())

    return _stages(tell)


def _stages(tell: Callable[..., None]) -> Any:
    class Stages(_library().RemoteProgress):  # type: ignore[misc]
        def update(self, op_code, cur_count, max_count=None, message=""):  # type: ignore[no-untyped-def]
            tell(op_code & self.OP_MASK, (cur_count or 0) / max_count if max_count else 0.0, message)

        def line_dropped(self, line: str) -> None:
            if files := _FILES.match(line):  # newer words of git's than GitPython knows
                tell(self.CHECKING_OUT, int(files[1]) / 100)

    return Stages()
