"""sesync sync"""

from dataclasses import replace

import click

from sesync_cli import screen
from sesync_cli.answer import plans
from sesync_cli.caller import Caller
from sesync_cli.errors import NotReady, SesyncError, WrongWords
from sesync_cli.git import identity
from sesync_cli.git.exposed import exposed
from sesync_cli.git.identity import Introduce
from sesync_cli.gitlab.account import my_identity
from sesync_cli.lock import alone
from sesync_cli.plan import Plan, by_hand
from sesync_cli.run import need
from sesync_cli.session import Session
from sesync_cli.sync.chosen import Chosen, chosen, relative
from sesync_cli.sync.exchange import Exchange, compared
from sesync_cli.sync.obstacles import need_calm
from sesync_cli.sync.plans import SyncRequest, plan_sync
from sesync_cli.sync.recovery import plan_recovery, recover
from sesync_cli.sync.sending import Commit
from sesync_cli.sync.server import Server, fetch, server
from sesync_cli.sync.status import Status, status
from sesync_cli.sync.steps import Merge
from sesync_cli.sync.tracking import fetched, tracking
from sesync_cli.sync.words import few, plain
from sesync_cli.sync.working_copy import WorkingCopy, clones, is_named, named


def _offered(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What TAB offers: the working copies in home."""
    try:
        names = clones(Session().caller.home)
    except (SesyncError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


@click.command()
@click.argument(
    "repo", required=False, shell_complete=_offered, help="A clone's folder, or its name in your home; else this one."
)
@click.argument("file", nargs=-1, help="With --message: what to commit, files or folders.")
@click.option("-m", "--message", metavar="TEXT", help="Commit FILE... with these words, which say what you did.")
@click.option("--merge", is_flag=True, help="If you and others have new commits, join the two.")
@plans
@click.pass_obj
def sync(session: Session, repo: str | None, file: tuple[str, ...], message: str | None, merge: bool) -> Plan:
    """Exchange work with a repository's server.

    It gets what is new there and sends what you have committed. Only what you name is committed; nothing of yours is
    overwritten, and where others and you have changed the same, it stops and says whom to ask.
    """
    need("git", hint=f"Ask {session.site.support} to install it.")
    repo, files = _sorted(repo, file, message, session.caller)
    copy = named(repo, session.caller)
    with alone(copy.place, screen.doing("Waiting for another sesync")):
        if left := recover(copy):
            return plan_recovery(copy, left)
        stands = status(copy)
        need_calm(copy, stands)
        picked = None if message is None else _chosen(session, copy, stands, message, files)
        request = SyncRequest(picked, merge, session.caller, session.site)
        plan = plan_sync(*_looked_up(session, copy, stands), request)
        if any(isinstance(step, (Commit, Merge)) for step in plan.steps):
            plan = replace(plan, steps=(*_introduction(session, copy), *plan.steps))
        return plan.warned(exposed(copy.top, copy.shown, session.site))


def _sorted(
    repo: str | None, files: tuple[str, ...], message: str | None, caller: Caller
) -> tuple[str | None, tuple[str, ...]]:
    """Which of the words is the working copy and which are files: the first may be either."""
    if message is None and files:
        raise _no_message(*files)
    if message is None and repo and (caller.cwd / repo).is_file():
        raise _no_message(repo)
    if message is not None and not message.strip():
        raise WrongWords("the message is empty", hint="Say what you did, as in '-m \"Take the mean\"'.")
    if repo is None or message is None or is_named(repo, caller, alone=not files):
        return repo, files
    return None, (repo, *files)


def _no_message(*files: str) -> WrongWords:
    hint = f"'{by_hand('sesync', 'sync', '-m', 'TEXT', *files)}' commits what is named."
    return WrongWords("files are named, and no message says what you did to them", hint=hint)


def _looked_up(session: Session, copy: WorkingCopy, stands: Status) -> tuple[Exchange, Server]:
    """What is here and there; the server is asked once for what is new, though a plan is made twice."""
    tracks = tracking(copy, stands.branch, session.site)

    def ask() -> Server:
        asked = server(copy, tracks, session.site, session.caller)
        fetch(copy, tracks, asked, screen.doing)
        return asked

    there = session.once("server", ask)
    return compared(Exchange(copy, stands, there.fetched, fetched(copy, tracks))), there


def _chosen(session: Session, copy: WorkingCopy, stands: Status, message: str, files: tuple[str, ...]) -> Chosen:
    """What is to be committed; asked for, once, where nothing is named and a person is there."""
    names = [relative(name, copy, session.caller.cwd) for name in files]
    picked = chosen(copy, stands, session.site, message, names)
    if names or picked.files or not stands.changes:
        return picked
    listed = [change.path for change in stands.changes]
    shown = few([plain(path) for path in listed])
    if not session.caller.interactive:
        raise WrongWords(f"which files? Changed here: {shown}", hint="Name those to commit, or '.' for all of them.")
    named_now = session.once("files", lambda: _ask_which(listed))
    return chosen(copy, stands, session.site, message, named_now)


def _introduction(session: Session, copy: WorkingCopy) -> tuple[Introduce, ...]:
    """What git has to be told before it can commit, if it does not know whose commits these are."""
    if identity.is_known(copy.top):
        return ()
    offer = answer = session.once("offer", lambda: my_identity(session.site, session.caller))
    if session.caller.interactive and not click.get_current_context().params["dry_run"]:
        answer = session.once("identity", lambda: identity.asked(offer, _ask_for))
    if answer.is_whole:
        return (Introduce(answer),)
    raise NotReady(
        "git does not know your name and e-mail address yet, which every commit carries",
        hint=f"{identity.how_to(offer)} set them.",
    )


def _ask_for(words: str, default: str) -> str:
    return str(click.prompt(words, default=default, show_default=bool(default), err=True))


def _ask_which(listed: list[str]) -> list[str]:
    for number, path in enumerate(listed, 1):
        screen.note(f"{number:>4}  {plain(path)}")
    words = click.prompt("Which of them? Numbers, or 'all'", default="", show_default=False, err=True)
    if words.strip() == "all":
        return listed
    numbers = words.replace(",", " ").split()
    if not numbers or not all(word.isdigit() and 0 < int(word) <= len(listed) for word in numbers):
        raise WrongWords("no such numbers; nothing was done", hint="Type them as in '1 3', or name the files.")
    return [listed[int(word) - 1].rstrip("/") for word in numbers]
