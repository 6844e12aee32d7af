"""The one door to git: what it is asked, what it is given to do, and what it said."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesync_cli.errors import NotReady
from sesync_cli.git.gitpython import Progress, refuse_programs, remotes
from sesync_cli.git.lfs import unfiltered
from sesync_cli.git.work_tree import is_top
from sesync_cli.plan import Report
from sesync_cli.run import STDOUT, ProgramFailed, end, need, run, started

if TYPE_CHECKING:
    from subprocess import Popen

_LOCAL = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "safe.bareRepository=explicit"),  # what looks like a repository inside of one is not taken for it
)
# what a repository brings along is not run while it is cloned, and no other repository is got unasked
UNHOOKED = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "submodule.recurse=false")
_ENGLISH = {"LANGUAGE": "C", "LC_ALL": "C"}  # what git says is known in English
_FATAL = 128  # git's exit code where it gives up
_running: "dict[Popen[Any], bool]" = {}  # the gits that are at work; whether each has a process group of its own
_SOME = 500  # paths on one command line
_NOWHERE = Path("/")  # git started here finds no repository whose settings it could take for the person's own


class GitFailed(Exception):
    """Git ended with an error, or was `ended` by a signal; its text is what it said."""

    def __init__(self, said: str, *, ended: bool = False) -> None:
        super().__init__(said)
        self.ended = ended


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


ALONE = Connection({}, False)
"""For work that takes no server: nothing is asked of anybody."""


def talk(words: Sequence[str], connection: Connection, report: Report, folder: Path = _NOWHERE) -> str:
    """Run git to its end with its progress reported; what else it said, or GitFailed if it fails.

    No address among the words may be one that git runs as a program.
    """
    _need_git()  # which GitPython starts when it is loaded
    for word in words:
        refuse_programs(word)
    return work(words, connection, report, folder)


def work(words: Sequence[str], connection: Connection, report: Report, folder: Path = _NOWHERE) -> str:
    """Like `talk`, for words that are no addresses: a message, names of files. Git ends with us, and its ssh with git.

    Git shares the terminal when a person can be asked, and so hears Ctrl-C itself; else it has none to hang at.
    """
    progress, asks = Progress(report), connection.interactive
    env = {**os.environ, **_ENGLISH, **connection.env}
    with _starting(env), started(["git", *words], env=env, cwd=folder, stderr=STDOUT, asks=asks) as process:
        _running[process] = not asks
        try:
            for line in process.stdout or ():  # hooks say why they refuse in either stream
                progress.hear(line)
            code = process.wait()
        finally:
            del _running[process]
    if code:
        raise GitFailed(progress.said, ended=code < 0)
    return progress.said


def end_all() -> None:
    """End every git that is at work, in whichever thread; there, it has failed."""
    for process, has_group in list(_running.items()):
        end(process, group=has_group)


def ask_git(
    words: Sequence[str],
    folder: Path = _NOWHERE,
    *,
    literal: bool = True,
    seconds: float | None = None,
    env: Mapping[str, str] | None = None,
    said: str | None = None,
    writes: bool = False,
) -> Said:
    """What git answers there, whatever its exit code; names of files keep their bytes. It writes nothing unasked.

    What is a command rather than a question, or has a filter of somebody's run, `writes`: it ends with us, whatever
    ends us. Names among the words are just
    that; without `literal`, they may be patterns. It works in this program's environment, or in `env`; what is `said`
    comes to it on standard input. `NotReady` where git does not start, `NoAnswer` where it takes longer than so many
    seconds.
    """
    names = ("--literal-pathspecs",) if literal else ()
    # by the variable, the gits that this one starts know it too; else 'git status' writes, and killed it leaves a lock
    told = {**(os.environ if env is None else env), **_ENGLISH, "GIT_OPTIONAL_LOCKS": "0"}
    argv = ["git", *names, *_LOCAL, *unfiltered(), *words]
    try:
        with _starting(told):
            done = run(argv, env=told, cwd=folder, seconds=seconds, said=said, exact=True, reads=not writes)
    except ProgramFailed as failed:
        done = failed.output
        if done.code == _FATAL:
            _need_git()
    return Said(done.code, done.out, done.err)


@contextlib.contextmanager
def _starting(env: Mapping[str, str]) -> Iterator[None]:
    """Around what starts git: an error that says so where it is not there."""
    try:
        yield
    except OSError:
        need("git", hint="Ask support to install it.", path=env.get("PATH"))
        raise  # it is the folder that is gone


@cache
def _need_git() -> None:
    """Fail with git's own words where it does not even tell its version, as with a mistake in its settings."""
    env = {**os.environ, **_ENGLISH}
    try:
        with _starting(env):
            run(["git", "version"], env=env, cwd=_NOWHERE)
    except ProgramFailed as failed:
        said = failed.output.err.strip() or "it does not say why"
        reason = said.splitlines()[0].removeprefix("fatal: ")
        hint = "'git --version' shows it too; mend that first."
        raise NotReady(f"git does not start: {reason}", hint=hint) from None


def pieces(paths: Sequence[str]) -> list[Sequence[str]]:
    """Paths in as many pieces as fit on command lines."""
    return [paths[start : start + _SOME] for start in range(0, len(paths), _SOME)]


@cache
def setting(name: str, folder: Path = _NOWHERE, *, url: str = "") -> str:
    """A setting of git's as it is in force there (for this URL); empty if it is not set."""
    return _said(["config", "--get-urlmatch", name, url] if url else ["config", "--get", name], folder)


@cache
def rewritten_address(url: str, folder: Path = _NOWHERE) -> str:
    """The address that git would really use, after the user's own `insteadOf` settings."""
    return _said(["ls-remote", "--get-url", "--", url], folder) or url


def origin(folder: Path) -> str | None:
    """The address that a folder was cloned from; None if it is no repository, or has no server."""
    if not is_top(folder):
        return None
    return _remotes(folder).get(remote(folder))


def remote(folder: Path) -> str:
    """What a folder calls the server that it was cloned from."""
    urls = _remotes(folder)
    return "origin" if "origin" in urls else next(iter(urls), "")


def _remotes(folder: Path) -> dict[str, str]:
    _need_git()  # which GitPython starts when it is loaded
    return remotes(folder)


def commit(folder: Path) -> str:
    """The commit that is checked out in a folder; empty if there is none."""
    return _said(["rev-parse", "--verify", "--quiet", "HEAD"], folder)


def server_branches(folder: Path) -> list[str]:
    """The server's branches, as the folder knows them."""
    names = _said(["for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes"], folder).split()
    return [name for name in names if name != "HEAD" and not name.startswith("-")]


def _said(words: list[str], folder: Path) -> str:
    return ask_git(words, folder).out.strip()
